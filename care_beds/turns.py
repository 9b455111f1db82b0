"""What a turn of life does to a care bed and to visits: closed, resting, going on, called off, looked at afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, func, select, text, true
from sqlalchemy.orm import Session

from app.people.queries import profile_on
from app.people.turn_rules import Beds, rules_for
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from care_beds.beds.agreeing import end_agreements
from care_beds.beds.applying import has_devices
from care_beds.beds.ending import close_bed
from care_beds.beds.models import BedSuspension, CareBed
from care_beds.beds.reach import lock_bed
from care_beds.beds.rules import LIVE, PREPARING, SERVING, CloseReason, PauseReason, State, Step, first_long_day
from care_beds.beds.serving import resume_bed, suspend_bed
from care_beds.beds.taking import settle_proposal, take, terms_for
from care_beds.checks.people import find_away
from care_beds.money.errors import AlreadyUndone
from care_beds.money.services import reverse_visit
from care_beds.visits.models import CareVisit
from care_beds.visits.planning import call_off_visits
from care_beds.visits.plans import plan_ahead
from subsidies.findings.checks import Window
from subsidies.findings.turned import keep_at_once

CLOSED, RESTS, GOES_ON, WITHDRAWN, WAITS = "bed_closed", "bed_rests", "bed_goes_on", "bed_withdrawn", "bed_waits"
CANCELLED, VISITED, BACK = "visits_cancelled", "visits_after", "visits_given_back"
WORDS: Mapping[str, Any] = {
    CLOSED: _l("Care bed closed; its devices are to be fetched"),
    RESTS: _l("Care bed that rests, because the stay is long"),
    GOES_ON: _l("Care bed that serves again"),
    WITHDRAWN: _l("Application for a care bed withdrawn"),
    WAITS: _l("Care bed that the street office looks at: devices stand there, or it moves along"),
    CANCELLED: _l("Visits that are called off"),
    VISITED: _l("Visits after the day: a finding, and claimed back once a second person approves"),
    BACK: _l("Visits whose payment goes back"),
}
STAYS: Mapping[str, tuple[str, Any]] = {
    CLOSED: ("kept_bed", _l("Care bed that was closed: it is applied for anew")),
    WITHDRAWN: ("kept_bed", _l("Care bed that was closed: it is applied for anew")),
    GOES_ON: ("kept_bed_goes_on", _l("Care bed that serves again: let it rest there")),
    VISITED: ("kept_visit_findings", _l("Findings about visits: the auditor dismisses them")),
}
REASONS = {
    TurnKind.DEATH: CloseReason.DEATH,
    TurnKind.INSTITUTION: CloseReason.INSTITUTION,
    TurnKind.MOVE: CloseReason.MOVED,
}
LOOKED_AT = frozenset({TurnKind.DEATH, TurnKind.INSTITUTION, TurnKind.HOSPITAL})
CHECK = "B12"
# Days on which a carer may still have come do not count: of a death the day itself, of a stay its first.
VISITS = text(
    """
    SELECT v.id, m.visit_id IS NOT NULL AND m.reversed_at IS NULL AS is_paid,
           CASE WHEN m.reversed_at IS NULL THEN coalesce(m.price_fen, 0) ELSE 0 END AS paid_fen
      FROM care_visit AS v LEFT JOIN visit_payment AS m ON m.visit_id = v.id
     WHERE v.senior_id = :senior AND v.state <> 'cancelled' AND v.started_at IS NOT NULL AND v.visit_on > :after
       AND (CAST(:until AS date) IS NULL OR v.visit_on < :until) ORDER BY v.id
    """
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a bed, and from which day on."""

    code: str
    on: date


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say what would become of the bed and of visits to come, and who was visited after the day."""
    bed = _find_bed(session, turn.senior_id)
    found = []
    if bed is not None:
        fate = _fate(session, bed, turn)
        if fate is not None:
            found.append(_effect(fate.code, 1))
        found.append(_effect(CANCELLED, _count_called_off(session, bed, turn)))
    found.append(_visited(_list_visited(session, turn)))
    return [each for each in found if each.count]


def carry_out(session: Session, turn: Turn) -> Sequence[Effect]:
    """Close a bed, let it rest or go on, call visits off, and put to a finding who was visited after the day."""
    bed = _find_bed(session, turn.senior_id)
    found: list[Effect] = []
    if bed is not None:
        bed = lock_bed(session, bed_id=bed.id, within=true())
        cancelled = _count_called_off(session, bed, turn)
        fate = _fate(session, bed, turn)
        if fate is not None:
            _follow(session, bed, fate, turn)
            found.append(_effect(fate.code, 1, detail={"bed": bed.id, "on": fate.on.isoformat()}))
        call_off_visits(session, bed_id=bed.id, now=turn.now)
        found.append(_effect(CANCELLED, cancelled, detail={"bed": bed.id}))
        if turn.kind in (TurnKind.DISCHARGE, TurnKind.RETURN):
            _plan(session, bed, turn)
    return [each for each in (*found, *find_after(session, turn)) if each.count]


def find_after(session: Session, turn: Turn) -> Sequence[Effect]:
    """Put to a finding who was visited after the day; what was paid for it can be claimed back."""
    rows = _list_visited(session, turn)
    if rows:
        place = profile_on(session, senior_id=turn.senior_id, day=turn.today).residence_area
        window = Window(since=turn.from_on, until=turn.today + timedelta(days=1), area_code=f"{place[:4]}00")
        keep_at_once(
            session,
            code=CHECK,
            area_code=place,
            find=lambda limits: find_away(session, window, limits, senior_id=turn.senior_id),
            now=turn.now,
        )
    found = _visited(rows)
    return [found] if found.count else []


def claim(session: Session, turn: Turn, refs: Sequence[str]) -> Sequence[Effect]:
    """Give back what was paid for visits; a visit that nobody paid has nothing to give back."""
    back = []
    for ref in refs:
        try:
            payment = reverse_visit(session, visit_id=int(ref), reason=turn.reason, by=turn.by, now=turn.now)
        except AlreadyUndone:
            continue
        if payment is not None:
            back.append(payment)
    return [_effect(BACK, len(back), amount_fen=sum(each.price_fen for each in back))] if back else []


def take_back(session: Session, turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Let a bed serve again that rested, and plan its visits anew; what was closed is applied for anew."""
    found: list[Effect] = []
    for effect in done:
        if effect.code == RESTS:
            bed = lock_bed(session, bed_id=effect.detail["bed"], within=true())
            if bed.state == State.SUSPENDED:
                on = max(turn.today, _first_of_rest(session, bed) + timedelta(days=1))
                resume_bed(session, bed, on=on, actor=turn.by, now=turn.now)
                found.append(_effect(GOES_ON, 1))
        elif effect.code == CANCELLED:
            bed = lock_bed(session, bed_id=effect.detail["bed"], within=true())
            _plan(session, bed, turn)
            if bed.state not in SERVING:
                words = _l("Visits that stay called off")
                found.append(Effect(code="kept_visits", count=effect.count, words=words))
        elif effect.code in STAYS:
            code, words = STAYS[effect.code]
            found.append(Effect(code=code, count=effect.count, words=words))
    return found


def _find_bed(session: Session, senior_id: int) -> CareBed | None:
    return session.scalar(select(CareBed).where(CareBed.senior_id == senior_id, CareBed.state.in_(LIVE)))


def _fate(session: Session, bed: CareBed, turn: Turn) -> Fate | None:
    """Say what becomes of a bed, by its state and the rules; nothing where it stays as it is."""
    rules, state = rules_for(session, turn), State(bed.state)
    if turn.status is None:
        return Fate(WAITS, turn.from_on)
    if turn.kind in (TurnKind.DISCHARGE, TurnKind.RETURN):
        return _going_on(session, bed, turn) if turn.comes_home and state is State.SUSPENDED else None
    if rules.bed is Beds.CLOSE and turn.kind in REASONS and not turn.is_over:
        if state in PREPARING:
            return Fate(WAITS if has_devices(session, bed.id) else WITHDRAWN, turn.today)
        assert bed.active_during is not None
        return Fate(CLOSED, max(turn.from_on, bed.active_during.lower or turn.from_on))
    if rules.bed is Beds.SUSPEND and state is State.IN_SERVICE:
        return _resting(session, bed, turn)
    return None


def _resting(session: Session, bed: CareBed, turn: Turn) -> Fate | None:
    """Say whether a stay is so long already that the bed rests, and from which day on."""
    assert bed.active_during is not None
    long_from = first_long_day(turn.from_on, terms_for(session, bed, on=turn.today).hospital_days)
    first = max(long_from, bed.active_during.lower or long_from)
    last = min(turn.today, turn.until_on - timedelta(days=1)) if turn.until_on else turn.today
    return Fate(RESTS, first) if first <= last else None


def _going_on(session: Session, bed: CareBed, turn: Turn) -> Fate | None:
    on = max(turn.from_on, _first_of_rest(session, bed) + timedelta(days=1))
    return Fate(GOES_ON, on) if on <= turn.today else None


def _first_of_rest(session: Session, bed: CareBed) -> date:
    query = select(func.lower(BedSuspension.during)).where(
        BedSuspension.bed_id == bed.id, func.upper_inf(BedSuspension.during)
    )
    first: date = session.scalars(query).one()
    return first


def _follow(session: Session, bed: CareBed, fate: Fate, turn: Turn) -> None:
    by: dict[str, Any] = {"actor": turn.by, "now": turn.now}
    if fate.code == CLOSED:
        close_bed(session, bed, reason=REASONS[turn.kind], on=fate.on, words=turn.reason, **by)
    elif fate.code == RESTS:
        suspend_bed(session, bed, reason=PauseReason.HOSPITAL, from_on=fate.on, words=turn.reason, **by)
    elif fate.code == GOES_ON:
        resume_bed(session, bed, on=fate.on, words=turn.reason, **by)
    elif fate.code == WITHDRAWN:
        end_agreements(session, bed.id, on=turn.today)
        settle_proposal(bed, "withdraw")
        take(session, bed, Step.WITHDRAW, by=turn.by, now=turn.now, words=turn.reason)


def _plan(session: Session, bed: CareBed, turn: Turn) -> None:
    if bed.state == State.IN_SERVICE and bed.provider_id is not None:
        plan_ahead(session, provider_id=bed.provider_id, area_code=bed.area_code, now=turn.now)


def _count_called_off(session: Session, bed: CareBed, turn: Turn) -> int:
    """Count the visits to come that fall on days of which the turn takes the person away."""
    if turn.status is None or turn.kind in (TurnKind.DISCHARGE, TurnKind.RETURN):
        return 0
    query = select(func.count()).where(
        CareVisit.bed_id == bed.id,
        CareVisit.state == "planned",
        CareVisit.visit_on >= max(turn.from_on, turn.today),
        func.lower(CareVisit.planned) > turn.now,
    )
    if turn.until_on:
        query = query.where(CareVisit.visit_on < turn.until_on)
    return session.scalars(query).one()


def _list_visited(session: Session, turn: Turn) -> Sequence[Row[Any]]:
    if turn.kind not in LOOKED_AT:
        return ()
    asked = {"senior": turn.senior_id, "after": turn.from_on, "until": turn.until_on}
    return session.execute(VISITS, asked).all()


def _visited(rows: Sequence[Row[Any]]) -> Effect:
    paid = {str(row.id): row.paid_fen for row in rows if row.is_paid}
    detail = {"refs": list(paid), "fens": list(paid.values())}
    return _effect(VISITED, len(rows), amount_fen=sum(paid.values()), detail=detail)


def _effect(code: str, count: int, *, amount_fen: int | None = None, detail: Mapping[str, Any] | None = None) -> Effect:
    return Effect(code=code, count=count, amount_fen=amount_fen, detail=detail or {}, words=WORDS[code])


TURN_EFFECTS = (
    TurnEffect(
        name="care_beds", foresee=foresee, carry_out=carry_out, take_back=take_back, find_after=find_after, claim=claim
    ),
)
