"""Corrections of grants: a fact known late shows that a month was not due, or too little. Never an edit.

A correction is proposed by one person and approved by another; then it is a transaction of its own in the ledger.
A death is found by itself; for any other change the next month's run stops or changes the allowance, and only
somebody's proposal looks back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.areas import queries as areas
from app.areas.rules import is_within_any, path_of
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.policies.queries import get_policy
from app.tokens import digest, new_id
from subsidies import services as ledger
from subsidies.allowance.errors import CorrectionNotFound, NothingToCorrect, OutsideOwnArea
from subsidies.allowance.models import APPROVED, CLAW_BACK, TOP_UP, GrantCorrection, GrantDecision, GrantRun
from subsidies.allowance.people import read_one
from subsidies.allowance.posting import grant_key
from subsidies.allowance.programmes import list_programmes, list_titles
from subsidies.allowance.queries import about, list_grants
from subsidies.allowance.reading import programme_of
from subsidies.allowance.rules import decide
from subsidies.allowance.terms import last_good_day
from subsidies.models import WALLET, Posting, Txn
from subsidies.queries import find_answer

# Whoever was granted a month though, as was recorded afterwards, no longer at home on its day of issue.
LATE = text(
    """
    SELECT d.senior_id, r.programme, min(r.month) AS since, count(*) AS months,
           CAST(sum(d.amount_fen) AS bigint) AS granted_fen,
           max(t.status) AS status, min(t.from_on) AS from_on, max(d.area_code) AS area_code
      FROM grant_run AS r
      JOIN grant_decision AS d ON d.run_id = r.id AND d.amount_fen > 0 AND d.area_code LIKE ANY (:paths)
      JOIN senior_status AS t ON t.senior_id = d.senior_id AND t.from_on <= r.issue_on
       AND (t.until_on IS NULL OR r.issue_on < t.until_on)
       AND t.status IN ('deceased', 'moved_away', 'in_institution') AND t.recorded_at > r.previewed_at
     WHERE r.state = 'approved' AND r.posted_at IS NOT NULL AND r.month >= :since
       AND NOT EXISTS (SELECT FROM grant_correction AS c WHERE c.senior_id = d.senior_id
                          AND c.programme = r.programme AND c.month = r.month AND c.state <> 'rejected')
     GROUP BY d.senior_id, r.programme ORDER BY d.senior_id, r.programme LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody who was granted months that were not due, as a fact says that came late."""

    senior_id: int
    programme: str
    since: date
    months: int
    granted_fen: int
    status: str
    from_on: date
    area_code: str


def list_late(session: Session, *, area_codes: Collection[str], today: date, limit: int = 50) -> Sequence[Late]:
    """List whose last twelve months look wrong by what was recorded after they were decided."""
    since = date(today.year - 1, today.month, 1)
    paths = [f"{path_of(code)}%" for code in area_codes]
    return [Late(*row) for row in session.execute(LATE, {"paths": paths, "since": since, "limit": limit})]


def propose(
    session: Session, *, senior_id: int, programme: str, since: date, why: str, by: Actor, now: datetime
) -> list[GrantCorrection]:
    """Propose to correct what a person was granted from a month on, by what is known now; handed in at once.

    :raises OutsideOwnArea: if the person's programme is another area's
    :raises NothingToCorrect: if every month was due as it was granted, or lies open as a correction already
    """
    made = []
    for run, granted_fen in list_grants(session, senior_id=senior_id, programme=programme, since=since):
        decision = session.get_one(GrantDecision, (run.id, senior_id))
        if not is_within_any(decision.area_code, by.area_codes):
            raise OutsideOwnArea
        correction = _compare(session, run, decision, _net(session, decision, run, granted_fen))
        if correction:
            correction.why, correction.maker_id, correction.created_at = why, by.account_id, now
            session.add(correction)
            session.flush()
            approvals.submit(correction, by=by.account_id, now=now)
            session.flush()
            _record(session, "correction.proposed", correction, by=by, now=now)
            made.append(correction)
    if not made:
        raise NothingToCorrect
    return made


def approve(session: Session, *, correction_id: int, by: Actor, now: datetime) -> GrantCorrection:
    """Approve a correction and book it.

    :raises CorrectionNotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller proposed it
    """
    correction = _load(session, correction_id, by)
    approvals.approve(correction, state=APPROVED, by=by.account_id, now=now)
    if correction.kind == CLAW_BACK:
        _claw_back(session, correction, by=by, now=now)
    else:
        _top_up(session, correction, by=by, now=now)
    session.flush()
    _record(session, "correction.approved", correction, by=by, now=now)
    return correction


def reject(session: Session, *, correction_id: int, reason: str, by: Actor, now: datetime) -> GrantCorrection:
    """Send a correction back with a reason; what was granted stays.

    :raises CorrectionNotFound: if there is none in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller proposed it
    """
    correction = _load(session, correction_id, by)
    approvals.reject(correction, reason=reason, by=by.account_id, now=now)
    session.flush()
    _record(session, "correction.rejected", correction, by=by, now=now)
    return correction


def list_corrections(
    session: Session, *, area_codes: Collection[str], after: int | None = None, limit: int = 50
) -> tuple[Sequence[GrantCorrection], int | None]:
    """List the corrections of some places, newest first, and the cursor of the next page."""
    query = select(GrantCorrection).where(areas.within(GrantCorrection.area_code, area_codes))
    if after is not None:
        query = query.where(GrantCorrection.id < after)
    rows = session.scalars(query.order_by(GrantCorrection.id.desc()).limit(limit + 1)).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def _compare(session: Session, run: GrantRun, decision: GrantDecision, net_fen: int) -> GrantCorrection | None:
    """Decide a month again by what is known now, and propose the difference."""
    if _lies_open(session, decision, run):
        return None
    row = read_one(session, senior_id=decision.senior_id, on=run.issue_on)
    assert row is not None  # whoever was granted something is known
    facts = row.facts()
    found = decide(facts, list_programmes(session, on=run.issue_on), run.issue_on)
    entitlement = found.find(run.programme)
    due_fen = entitlement.amount_fen if entitlement else 0
    kind = CLAW_BACK if due_fen < net_fen else TOP_UP
    tops_up = decision.document_id is not None and programme_of(get_policy(session, decision.document_id)).late.top_up
    if due_fen == net_fen or (kind == TOP_UP and not tops_up):
        return None
    known = {"status": facts.status, "income": facts.income, "ability": facts.ability, "applied": sorted(facts.applied)}
    places = {"hukou_area": facts.hukou_area, "residence_area": facts.residence_area}
    return GrantCorrection(
        senior_id=decision.senior_id,
        programme=run.programme,
        month=run.month,
        area_code=decision.area_code,
        kind=kind,
        run_id=run.id,
        granted_fen=net_fen,
        due_fen=due_fen,
        reasons=[reason.as_json() for reason in about(found, run.programme)],
        facts={**known, **places, "birth_on": facts.birth_on.isoformat()},
    )


def _net(session: Session, decision: GrantDecision, run: GrantRun, granted_fen: int) -> int:
    """Return what remained of a month's grant after the corrections made before."""
    change = func.sum(GrantCorrection.due_fen - GrantCorrection.granted_fen)
    made = session.scalar(select(change).where(*_same_month(decision, run), GrantCorrection.state == APPROVED))
    return granted_fen + int(made or 0)


def _lies_open(session: Session, decision: GrantDecision, run: GrantRun) -> bool:
    waiting = select(GrantCorrection.id).where(*_same_month(decision, run), GrantCorrection.state == "submitted")
    return session.scalar(waiting) is not None


def _same_month(decision: GrantDecision, run: GrantRun) -> tuple[Any, ...]:
    return (
        GrantCorrection.senior_id == decision.senior_id,
        GrantCorrection.programme == run.programme,
        GrantCorrection.month == run.month,
    )


def _load(session: Session, correction_id: int, by: Actor) -> GrantCorrection:
    found = session.get(GrantCorrection, correction_id, with_for_update=True, populate_existing=True)
    if found is None or not is_within_any(found.area_code, by.area_codes):
        raise CorrectionNotFound
    return found


def _claw_back(session: Session, correction: GrantCorrection, *, by: Actor, now: datetime) -> None:
    granted = find_answer(
        session,
        home=correction.senior_id,
        key=grant_key(correction.programme, correction.month, correction.senior_id),
    )
    if granted is None or granted.txn_id is None:
        raise NothingToCorrect
    key = f"claw_back:{correction.id}:{correction.senior_id}"
    answer = ledger.claw_back(
        session,
        home=correction.senior_id,
        key=key,
        fingerprint=digest(f"{key} {correction.due_fen}"),
        txn_id=new_id(),
        grant=granted.txn_id,
        amount_fen=correction.granted_fen - correction.due_fen,
        cause=_cause(session, correction, now),
        response=None,
        actor=str(by.account_id),
        device=by.device,
        occurred_at=now,
        now=now,
    )
    correction.txn_id = answer.txn_id
    if answer.txn_id:
        _note_amounts(session, correction)


def _note_amounts(session: Session, correction: GrantCorrection) -> None:
    """Note how much came from the lot and how much is owed."""
    lines = select(Posting.debit, Posting.amount_fen).where(
        Posting.home == correction.senior_id, Posting.txn_id == correction.txn_id
    )
    for debit, amount_fen in session.execute(lines):
        if debit == WALLET:
            correction.from_lot_fen += amount_fen
        else:
            correction.receivable_fen += amount_fen


def _top_up(session: Session, correction: GrantCorrection, *, by: Actor, now: datetime) -> None:
    decision = session.get_one(GrantDecision, (correction.run_id, correction.senior_id))
    assert decision.document_id is not None  # what is topped up was granted by a document
    programme = programme_of(get_policy(session, decision.document_id))
    key = f"top_up:{correction.id}:{correction.senior_id}"
    granted = ledger.grant_points(
        session,
        grants=[
            ledger.Grant(
                home=correction.senior_id,
                key=key,
                funder_account=_funder_of(session, correction),
                programme=correction.programme,
                purpose=programme.purpose,
                amount_fen=correction.due_fen - correction.granted_fen,
                expires_on=last_good_day(programme.expiry, business_day(now)),
                cause=_cause(session, correction, now),
            )
        ],
        actor=str(by.account_id),
        device=by.device,
        occurred_at=now,
        now=now,
    )
    correction.txn_id = granted.txn_ids[key]


def _funder_of(session: Session, correction: GrantCorrection) -> int:
    """Return whose purse paid the month's grant."""
    answer = find_answer(
        session,
        home=correction.senior_id,
        key=grant_key(correction.programme, correction.month, correction.senior_id),
    )
    assert answer is not None  # what is topped up was granted
    paid = select(Posting.debit).join(Txn, (Txn.home == Posting.home) & (Txn.id == Posting.txn_id))
    query = paid.where(Posting.home == correction.senior_id, Posting.txn_id == answer.txn_id, Posting.n == 1)
    return int(session.execute(query).scalar_one())


def _cause(session: Session, correction: GrantCorrection, now: datetime) -> dict[str, Any]:
    titles = list_titles(session, on=business_day(now), near=[correction.area_code])
    return {
        "what": "allowance_correction",
        "correction": correction.id,
        "run": correction.run_id,
        "programme": correction.programme,
        "month": f"{correction.month:%Y-%m}",
        "granted_fen": correction.granted_fen,
        "due_fen": correction.due_fen,
        "title": dict(titles.get(correction.programme, {})),
        "policies": sorted({each["document"] for each in correction.reasons if "document" in each}),
        "reasons": correction.reasons,
    }


def _record(session: Session, action: str, correction: GrantCorrection, *, by: Actor, now: datetime) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"senior:{correction.senior_id}",
        area_code=correction.area_code,
        old={"granted_fen": correction.granted_fen},
        new={
            "correction": correction.id,
            "programme": correction.programme,
            "month": f"{correction.month:%Y-%m}",
            "due_fen": correction.due_fen,
            "state": correction.state,
        },
        now=now,
        reason=correction.reason or correction.why,
    )
