"""Referring people to help, and following it to its end: a problem is closed when its help has ended."""

from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth.actor import Actor
from app.clock import business_day
from app.people.queries import profile_on
from outreach.access import check_reached, lock_problem, lock_referral
from outreach.errors import HelpUnderWay, NotVisited, ReferralEnded, ReferralOpenAlready
from outreach.models import OutreachProblem, OutreachReferral
from outreach.outcomes import LEADS, OPEN, ReferralState, ReferralStep, may_follow
from outreach.policy import get_rules
from outreach.rules import GONE, add_days
from outreach.terms import Help
from shops.rules import PURPOSES as SHOP_PURPOSES

# What has come by itself: the first points, a meal after it, a bed that serves, a home that is watched over.
SETTLE = text(
    """
    UPDATE outreach_referral AS r SET state = 'done', ended_on = :today
     WHERE r.state IN ('opened', 'accepted') AND CASE r.kind
           WHEN 'allowance' THEN EXISTS (SELECT FROM ledger.txn AS t
                                           JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
                                           JOIN ledger.lot AS l ON l.home = p.home AND l.id = p.lot_id
                                          WHERE t.home = r.senior_id AND t.kind = 'grant' AND t.booked_at > r.opened_at
                                            AND NOT string_to_array(l.purpose, '.') <@ CAST(:shops AS text[]))
           WHEN 'meals' THEN EXISTS (SELECT FROM checkout AS c WHERE c.home = r.senior_id AND c.reversed_at IS NULL
                                        AND c.occurred_at > r.opened_at)
           WHEN 'bed' THEN EXISTS (SELECT FROM care_bed AS b WHERE b.senior_id = r.senior_id AND b.state = 'in_service')
           WHEN 'kit' THEN EXISTS (SELECT FROM safety_home AS h WHERE h.senior_id = r.senior_id AND h.state = 'active')
           ELSE false END
    RETURNING r.id, r.senior_id, r.area_code, r.kind
    """
)


def open_referral(
    session: Session,
    *,
    senior_id: int,
    kind: Help,
    office: str = "",
    words: str = "",
    problem_id: int | None = None,
    is_again_fine: bool = False,
    by: Actor,
    now: datetime,
) -> OutreachReferral:
    """Refer somebody to help.

    :param office: which other office, where the help is none of this product
    :param is_again_fine: return the one that is open already instead of refusing a second; it then belongs to the
        new problem as well if it had none
    :raises NotFound: if there is no such person in the caller's areas
    :raises NotVisited: if the person has died or moved away
    :raises NoOutreachRules: if nothing says how people are referred there
    :raises ReferralOpenAlready: if the same help is under way
    """
    check_reached(session, senior_id=senior_id, actor=by)
    profile = profile_on(session, senior_id=senior_id, day=business_day(now))
    if profile.status in GONE:
        raise NotVisited
    area_code = profile.residence_area
    rules = get_rules(session, area_code=area_code, on=business_day(now))
    under_way = _find_open(session, senior_id=senior_id, kind=kind)
    if under_way is not None:
        if not is_again_fine:
            raise ReferralOpenAlready
        under_way.problem_id = under_way.problem_id or problem_id
        session.flush()
        return under_way
    referral = OutreachReferral(
        senior_id=senior_id,
        area_code=area_code,
        kind=kind,
        office=office,
        words=words,
        problem_id=problem_id,
        opened_at=now,
        opened_by=by.account_id,
        due_on=add_days(business_day(now), rules.referrals[kind].days, rules.calendar),
    )
    try:
        with session.begin_nested():
            session.add(referral)
    except IntegrityError as error:
        raise ReferralOpenAlready from error
    _note(session, referral, "outreach.referred", by=by, now=now)
    return referral


def follow_referral(
    session: Session,
    *,
    referral_id: int,
    step: ReferralStep,
    outcome: str = "",
    ended_on: date | None = None,
    by: Actor,
    now: datetime,
) -> OutreachReferral:
    """Write down that the other office has taken it on, refused it, or that it is done.

    :raises ReferralNotFound: if there is none with this id in the caller's areas
    :raises ReferralEnded: if it does not stand where the step begins
    """
    referral = lock_referral(session, referral_id=referral_id, actor=by)
    if not may_follow(ReferralState(referral.state), step):
        raise ReferralEnded
    today = business_day(now)
    referral.state = LEADS[step]
    if step is ReferralStep.ACCEPT:
        referral.accepted_on = today
    else:
        referral.ended_on, referral.ended_by = min(ended_on or today, today), by.account_id
    referral.outcome = outcome or referral.outcome
    session.flush()
    _note(session, referral, f"outreach.referral_{referral.state}", by=by, now=now)
    return referral


def close_problem(session: Session, *, problem_id: int, words: str, by: Actor, now: datetime) -> OutreachProblem:
    """Close what a visit found, when all help it was referred to has ended.

    :raises ProblemNotFound: if there is none with this id in the caller's areas
    :raises ProblemClosed: if it was closed before
    :raises HelpUnderWay: if a referral of it is open
    """
    problem = lock_problem(session, problem_id=problem_id, actor=by)
    open_help = select(OutreachReferral.id).where(
        OutreachReferral.problem_id == problem_id, OutreachReferral.state.in_(OPEN)
    )
    if session.scalar(open_help.limit(1)) is not None:
        raise HelpUnderWay
    problem.closed_at, problem.closed_by, problem.closing_words = now, by.account_id, words
    session.flush()
    subject, area_code = f"senior:{problem.senior_id}", problem.area_code
    record(
        session, actor=by, action="outreach.problem_closed", subject=subject, area_code=area_code, reason=words, now=now
    )
    return problem


def settle_referrals(session: Session, *, now: datetime) -> int:
    """End the referrals whose help has come, and return how many. Safe to run twice."""
    ended = session.execute(SETTLE, {"today": business_day(now), "shops": list(SHOP_PURPOSES)}).all()
    for row in ended:
        record(
            session,
            actor=None,
            action="outreach.referral_done",
            subject=f"senior:{row.senior_id}",
            area_code=row.area_code,
            new={"referral": row.id, "help": row.kind},
            now=now,
        )
    return len(ended)


def _find_open(session: Session, *, senior_id: int, kind: Help) -> OutreachReferral | None:
    if kind is Help.OTHER:
        return None
    query = select(OutreachReferral).where(
        OutreachReferral.senior_id == senior_id, OutreachReferral.kind == kind, OutreachReferral.state.in_(OPEN)
    )
    return session.scalar(query.with_for_update())


def _note(session: Session, referral: OutreachReferral, action: str, *, by: Actor, now: datetime) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"senior:{referral.senior_id}",
        area_code=referral.area_code,
        new={"referral": referral.id, "help": str(referral.kind)},
        reason=referral.outcome,
        now=now,
    )
