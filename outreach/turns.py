"""What a turn of life means for visits: none for the dead and those away, a look in soon after the one who is left."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.queries import profile_on
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from outreach.models import OutreachReferral, OutreachTask
from outreach.outcomes import OPEN, ReferralState
from outreach.rules import ACTIVE
from outreach.scoring import drop_tasks, reopen_tasks, score_people
from outreach.terms import Factor

# Spouses who are seniors too, known by the account of the one whose life takes a turn.
SPOUSES = text(
    """
    SELECT DISTINCT r.senior_id FROM relative_link AS o
      JOIN relative_link AS r ON r.account_id = o.account_id AND r.relation = 'spouse' AND r.senior_id IS NOT NULL
     WHERE o.senior_id = :senior_id AND o.relation = 'self' AND r.senior_id <> :senior_id
    """
)
# Nobody calls on a widow whose husband is alive; what else there was to look into stays.
NOT_BEREAVED = text(
    """
    UPDATE outreach_task AS t SET causes = array_remove(t.causes, 'bereaved'),
           state = CASE WHEN t.causes = '{bereaved}' THEN 'dropped' ELSE t.state END,
           closed_at = CASE WHEN t.causes = '{bereaved}' THEN CAST(:now AS timestamptz) END
      FROM outreach_risk AS r
     WHERE r.senior_id = t.senior_id AND t.senior_id = ANY (:ids) AND t.state = 'open' AND 'bereaved' = ANY (t.causes)
       AND NOT r.reasons @> '[{"factor": "bereaved"}]'
    """
)


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say which visits and referrals end, and who would be looked in on."""
    return [*_visits(session, turn, _list_tasks(session, turn)), *_help(_list_referrals(session, turn))]


def carry_out(session: Session, turn: Turn) -> Sequence[Effect]:
    """Score the person anew, end what the dead need no more, and look in on who is left."""
    tasks, referrals = _list_tasks(session, turn), _list_referrals(session, turn, is_locked=True)
    effects = [*_visits(session, turn, tasks), *_help(referrals)]
    if turn.kind is TurnKind.DEATH:
        for each in referrals:
            each.state, each.ended_on = ReferralState.REFUSED, business_day(turn.now)
            each.ended_by, each.outcome = turn.by.account_id, "deceased"
        session.flush()
    spouses = list(session.scalars(SPOUSES, {"senior_id": turn.senior_id}))
    score_people(session, senior_ids=[turn.senior_id, *spouses], now=turn.now)
    if profile_on(session, senior_id=turn.senior_id, day=turn.today).status != ACTIVE:
        drop_tasks(session, senior_id=turn.senior_id, now=turn.now)
    return effects


def take_back(session: Session, turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Let visits be due again as they were, and score the person anew.

    Referrals that ended stay so and can be opened anew.
    """
    reopen_tasks(session, task_ids=[task_id for each in done for task_id in each.detail.get("tasks", ())])
    score_people(session, senior_ids=[turn.senior_id], now=turn.now, known=Factor)
    if turn.kind is TurnKind.DEATH:
        spouses = list(session.scalars(SPOUSES, {"senior_id": turn.senior_id}))
        score_people(session, senior_ids=spouses, now=turn.now)
        session.execute(NOT_BEREAVED, {"ids": spouses, "now": turn.now})
    ended = [each for each in done if each.code == "outreach_referrals"]
    words = _l("Referrals that have ended stay so; open them anew.")
    kept = [Effect(code="kept_outreach_referrals", count=each.count, words=words) for each in ended]
    return [Effect(code="outreach_visits", count=1, words=_l("Visits are due again.")), *kept]


def _is_away(turn: Turn) -> bool:
    """Say whether nobody is to be visited today because of the turn."""
    has_begun = turn.from_on <= turn.today and (turn.until_on is None or turn.today < turn.until_on)
    return has_begun and turn.status not in (None, ACTIVE)


def _list_tasks(session: Session, turn: Turn) -> Sequence[int]:
    if not _is_away(turn):
        return ()
    query = select(OutreachTask.id).where(OutreachTask.senior_id == turn.senior_id, OutreachTask.state == "open")
    return session.scalars(query).all()


def _list_referrals(session: Session, turn: Turn, *, is_locked: bool = False) -> Sequence[OutreachReferral]:
    """List the referrals that a turn ends; what is only foreseen is read where nothing may be written."""
    if turn.kind is not TurnKind.DEATH:
        return ()
    query = select(OutreachReferral).where(
        OutreachReferral.senior_id == turn.senior_id, OutreachReferral.state.in_(OPEN)
    )
    ordered = query.order_by(OutreachReferral.id)
    return session.scalars(ordered.with_for_update() if is_locked else ordered).all()


def _visits(session: Session, turn: Turn, tasks: Sequence[int]) -> list[Effect]:
    found = []
    if tasks:
        words = _l("Visits that were due are not made any more.")
        found.append(Effect(code="outreach_tasks", count=len(tasks), words=words, detail={"tasks": list(tasks)}))
    if turn.kind is TurnKind.DEATH:
        spouses = len(list(session.scalars(SPOUSES, {"senior_id": turn.senior_id})))
        if spouses:
            words = _l("Somebody looks in on the spouse who is left.")
            found.append(Effect(code="outreach_bereaved", count=spouses, words=words))
    if turn.kind is TurnKind.DISCHARGE and turn.comes_home:
        words = _l("Somebody looks in after the stay in hospital.")
        found.append(Effect(code="outreach_discharged", count=1, words=words))
    return found


def _help(referrals: Sequence[OutreachReferral]) -> list[Effect]:
    if not referrals:
        return []
    return [
        Effect(code="outreach_referrals", count=len(referrals), words=_l("Referrals that were under way are ended."))
    ]


TURN_EFFECT = TurnEffect(name="outreach", foresee=foresee, carry_out=carry_out, take_back=take_back)
