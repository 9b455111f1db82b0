"""What a turn of life does to points, allowances and applications."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.turn_rules import Points, rules_for
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from subsidies.allowance import corrections
from subsidies.allowance.errors import NothingToCorrect, OutsideOwnArea
from subsidies.allowance.models import APPROVED, GrantDecision, GrantRun
from subsidies.allowance.terms import RECEIVING
from subsidies.applications.models import Application
from subsidies.applications.steps import take
from subsidies.leaving import Left, give_again, lapse, list_dead_with_points, list_left, return_to_funders

LAPSED, RETURNED, WAIT, KEPT = "points_lapsed", "points_returned", "points_wait", "points_kept"
STOPPED, CORRECTED, WITHDRAWN = "grants_stopped", "corrections_proposed", "applications_withdrawn"
OPEN = ("submitted", "checked", "appealed")
RECENT = timedelta(days=62)
WORDS: Mapping[str, Any] = {
    LAPSED: _l("Points that lapse"),
    RETURNED: _l("Points that return to who paid for them"),
    WAIT: _l("Points that wait for the days of grace"),
    KEPT: _l("Points that stay until they end"),
    STOPPED: _l("Allowances that are granted no more"),
    CORRECTED: _l("Months granted afterwards: claimed back once a second person approves"),
    WITHDRAWN: _l("Applications that are withdrawn"),
}
WHY = {
    TurnKind.DEATH: "登记去世 / registered as deceased",
    TurnKind.INSTITUTION: "登记入住养老机构 / registered in an institution",
    TurnKind.DISCHARGE: "登记出院回养老机构 / registered as back in an institution",
    TurnKind.MOVE: "登记迁出 / registered as moved away",
}


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say what would become of points, allowances and applications."""
    found = [_points(_fate(session, turn), list_left(session, home=turn.senior_id, on=turn.today))]
    if _stops(turn):
        months = _granted_after(session, turn)
        found.append(_effect(STOPPED, 0 if turn.is_over else len(_programmes(session, turn))))
        found.append(_effect(CORRECTED, len(months), amount_fen=sum(months)))
    if turn.kind is TurnKind.DEATH:
        found.append(_effect(WITHDRAWN, len(_open_applications(session, turn.senior_id, lock=False))))
    return [each for each in found if each.count]


def carry_out(session: Session, turn: Turn) -> Sequence[Effect]:
    """Let points lapse, return or wait, propose what was granted too long, withdraw what waits for a decision."""
    found = [_settle(session, turn, _fate(session, turn))]
    if _stops(turn):
        found.append(_effect(STOPPED, 0 if turn.is_over else len(_programmes(session, turn))))
        found.append(_correct(session, turn))
    if turn.kind is TurnKind.DEATH:
        found.append(_withdraw(session, turn))
    return [each for each in found if each.count]


def settle(session: Session, turn: Turn) -> Sequence[Effect]:
    """Let points go whose days of grace are over, or that came back after the turn."""
    found = _settle(session, turn, _fate(session, turn))
    return [found] if found.count and found.code in (LAPSED, RETURNED) else []


def take_back(session: Session, turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Give points again that went, as far as they would still be good; say what stays as it is."""
    found = _give_again(session, turn, _lots_of(done))
    for effect in done:
        if effect.code == CORRECTED:
            words = _l("Claims that were proposed: the district rejects them")
            found.append(Effect(code="kept_corrections", count=effect.count, words=words))
        elif effect.code == WITHDRAWN:
            words = _l("Applications that were withdrawn: they are made anew")
            found.append(Effect(code="kept_applications", count=effect.count, words=words))
    return [each for each in found if each.count]


def _fate(session: Session, turn: Turn) -> str:
    """Say what becomes of the points that are left, today."""
    rules = rules_for(session, turn)
    if rules.points is Points.KEEP or turn.status is None or turn.is_over:
        return KEPT
    if turn.today < turn.from_on + timedelta(days=rules.grace_days):
        return WAIT
    return LAPSED if rules.points is Points.LAPSE else RETURNED


def _settle(session: Session, turn: Turn, fate: str) -> Effect:
    left = list_left(session, home=turn.senior_id, on=turn.today)
    if fate == LAPSED:
        lapse(session, left, turn=turn)
    elif fate == RETURNED:
        left = return_to_funders(session, left, turn=turn)
    return _points(fate, left)


def _points(fate: str, left: Sequence[Left]) -> Effect:
    detail: dict[str, Any] = {"lots": [each.as_json() for each in left]} if fate in (LAPSED, RETURNED) else {}
    return _effect(fate, len(left), amount_fen=sum(each.amount_fen for each in left), detail=detail)


def _lots_of(done: Sequence[Effect]) -> list[Left]:
    """Return what went of each lot: at once, after the days of grace, and of what had come back meanwhile."""
    found: dict[int, Left] = {}
    for effect in done:
        for each in effect.detail.get("lots", ()) if effect.code in (LAPSED, RETURNED) else ():
            left = Left.from_json(each)
            before = found.get(left.lot)
            found[left.lot] = replace(left, amount_fen=left.amount_fen + before.amount_fen) if before else left
    return list(found.values())


def _give_again(session: Session, turn: Turn, lots: Sequence[Left]) -> list[Effect]:
    good = [each for each in lots if each.expires_on >= turn.today]
    give_again(session, good, turn=turn)
    lost = [each for each in lots if each.expires_on < turn.today]
    return [
        Effect(
            code="points_given_again",
            count=len(good),
            amount_fen=sum(each.amount_fen for each in good),
            words=_l("Points given again"),
        ),
        Effect(
            code="kept_points",
            count=len(lost),
            amount_fen=sum(each.amount_fen for each in lost),
            words=_l("Points that have ended meanwhile"),
        ),
    ]


def _stops(turn: Turn) -> bool:
    """Say whether whoever the turn is about gets no allowance any more."""
    return turn.status is not None and str(turn.status) not in RECEIVING


def _programmes(session: Session, turn: Turn) -> Sequence[str]:
    """Return the programmes of which a person was granted something lately."""
    query = (
        select(GrantRun.programme)
        .join(GrantDecision, GrantDecision.run_id == GrantRun.id)
        .where(
            GrantDecision.senior_id == turn.senior_id,
            GrantDecision.amount_fen > 0,
            GrantRun.state == APPROVED,
            GrantRun.month >= (turn.today - RECENT).replace(day=1),
        )
    )
    return session.scalars(query.distinct().order_by(GrantRun.programme)).all()


def _granted_after(session: Session, turn: Turn) -> Sequence[int]:
    """Return what months issued from the turn's day on were granted with."""
    query = (
        select(GrantDecision.amount_fen)
        .join(GrantRun, GrantRun.id == GrantDecision.run_id)
        .where(
            GrantDecision.senior_id == turn.senior_id,
            GrantDecision.amount_fen > 0,
            GrantRun.state == APPROVED,
            GrantRun.issue_on >= turn.from_on,
        )
    )
    return session.scalars(query).all()


def _correct(session: Session, turn: Turn) -> Effect:
    """Propose to claim back months that were issued from the day on; a second person approves each."""
    since = date(turn.from_on.year, turn.from_on.month, 1)
    query = select(GrantRun.programme).join(GrantDecision, GrantDecision.run_id == GrantRun.id)
    asked = query.where(
        GrantDecision.senior_id == turn.senior_id, GrantDecision.amount_fen > 0, GrantRun.issue_on >= turn.from_on
    )
    made = []
    for programme in session.scalars(asked.distinct().order_by(GrantRun.programme)).all():
        try:
            with session.begin_nested():
                made += corrections.propose(
                    session,
                    senior_id=turn.senior_id,
                    programme=programme,
                    since=since,
                    why=WHY[turn.kind],
                    by=turn.by,
                    now=turn.now,
                )
        except (NothingToCorrect, OutsideOwnArea):
            # Another district's programme, or proposed before: those who look after it see it among what is late.
            continue
    amount_fen = sum(each.granted_fen - each.due_fen for each in made)
    return _effect(CORRECTED, len(made), amount_fen=amount_fen, detail={"corrections": [each.id for each in made]})


def _open_applications(session: Session, senior_id: int, *, lock: bool) -> Sequence[Application]:
    query = select(Application).where(Application.senior_id == senior_id, Application.state.in_(OPEN))
    query = query.order_by(Application.id)
    return session.scalars(query.with_for_update() if lock else query).all()


def _withdraw(session: Session, turn: Turn) -> Effect:
    found = _open_applications(session, turn.senior_id, lock=True)
    for application in found:
        application.state, application.due_on = "withdrawn", turn.today
        take(session, application, "withdrawn", actor=turn.by, now=turn.now, reason=WHY[turn.kind])
    return _effect(WITHDRAWN, len(found), detail={"applications": [each.id for each in found]})


def _effect(code: str, count: int, *, amount_fen: int | None = None, detail: Mapping[str, Any] | None = None) -> Effect:
    return Effect(code=code, count=count, amount_fen=amount_fen, detail=detail or {}, words=WORDS[code])


TURN_EFFECTS = (
    TurnEffect(
        name="subsidies",
        foresee=foresee,
        carry_out=carry_out,
        take_back=take_back,
        settle=settle,
        left_over=list_dead_with_points,
    ),
)
