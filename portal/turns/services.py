"""Recording a turn of life: looked at, foreseen, and carried out by all features in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.areas.queries import find_area
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from app.idempotency import Key, KeyReused
from app.people.queries import check_visible, list_statuses, profile_on
from app.people.rules import Status
from app.people.services import lock_senior
from app.people.timeline import status_on
from app.people.turn_rules import Points, find_turn_rules
from app.people.turns import Turn, TurnEffect, TurnKind
from portal.turns.acting import nobody, note, settle, turn_of
from portal.turns.before import find_back, find_death, statuses_since
from portal.turns.claims import make_claims
from portal.turns.effects import Kept, foresee, written
from portal.turns.errors import DeadAlready, refusal_of
from portal.turns.models import LifeTurn, TurnStep
from portal.turns.rules import object_to
from subsidies import services as ledger

DESK, LIST = "desk", "list"
WAITS = "points_wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to record of a person."""

    senior_id: int
    kind: TurnKind
    from_on: date
    reason: str
    until_on: date | None = None
    to_area_code: str | None = None


def foresee_turn(
    session: Session, *, asked: Asked, effects: Sequence[TurnEffect], by: Actor, now: datetime
) -> list[Kept]:
    """Say what recording a turn would do, feature by feature; writes nothing.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises Invalid: if a day or place cannot be
    :raises DeadAlready: if the register knows of a death
    :raises RecordedAlready: if the register says so already
    :raises NotFromHere: if it does not fit what the register says of the day
    """
    check_visible(session, senior_id=asked.senior_id, actor=by)
    _check(session, asked, today=business_day(now))
    return foresee(session, _turn(session, asked, None, by=by, now=now), effects)


def record_turn(
    session: Session,
    *,
    asked: Asked,
    effects: Sequence[TurnEffect],
    by: Actor,
    now: datetime,
    source: str = DESK,
    key: Key | None = None,
) -> tuple[LifeTurn, bool]:
    """Record a turn and let every feature carry it out; return it, and whether it was recorded under this key before.

    The payer's book is held from the beginning: a sale that is under way ends first, the next one finds the turn.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises Invalid: if a day or place cannot be
    :raises DeadAlready: if the register knows of a death
    :raises RecordedAlready: if the register says so already
    :raises NotFromHere: if it does not fit what the register says of the day
    :raises KeyReused: if the key came before with something else
    :raises InFlight: if a sale holds the payer's book for too long
    """
    told = _find_told(session, key)
    if told is not None:
        # The turn itself may have led out of the areas of whoever recorded it.
        return told, True
    check_visible(session, senior_id=asked.senior_id, actor=by)
    ledger.open_book(session, home=asked.senior_id)
    senior = lock_senior(session, senior_id=asked.senior_id, actor=by)
    told = _find_told(session, key)
    if told is not None:
        return told, True
    _check(session, asked, today=business_day(now))
    row = _add(session, asked, senior.residence_area_code, by=by, now=now, source=source, key=key)
    turn = _turn(session, asked, row.id, by=by, now=now)
    done = [(each.name, effect) for each in effects for effect in each.carry_out(session, turn)]
    row.effects = written(done)
    row.settle_on = _settle_on(session, turn, row.area_code) if any(each.code == WAITS for _, each in done) else None
    session.add(TurnStep(turn_id=row.id, step="recorded", at=now, account_id=by.account_id, words=asked.reason))
    session.flush()
    make_claims(session, row, done, by=by, now=now)
    note(session, row, "turn.recorded", by=by, now=now, new={"kind": row.kind, "from_on": row.from_on})
    return row, False


def settle_waiting(session: Session, *, turn_id: int, effects: Sequence[TurnEffect], now: datetime) -> bool:
    """Do what waited until a turn's days of grace were over, once; say whether anything was left to do.

    Safe to run twice.
    """
    found = session.get(LifeTurn, turn_id)
    if found is None or found.settle_on is None or found.settle_on > business_day(now):
        return False
    ledger.open_book(session, home=found.senior_id)
    session.refresh(found, with_for_update=True)
    if found.settle_on is None:
        return False
    turn = turn_of(found, by=nobody(), now=now)
    due_on = _settle_on(session, turn, found.area_code)
    # The rules may have other days of grace by now.
    found.settle_on = due_on if due_on is not None and due_on > turn.today and found.undone_at is None else None
    if found.settle_on is None and found.undone_at is None:
        settle(session, found, turn, effects)
    session.flush()
    return found.settle_on is None


def settle_left_over(session: Session, *, senior_id: int, effects: Sequence[TurnEffect], now: datetime) -> bool:
    """Let go what came to somebody after a death whose days of grace are over; say whether there was anything.

    Safe to run twice.
    """
    ledger.open_book(session, home=senior_id)
    row = find_death(session, senior_id=senior_id)
    if row is None or row.settle_on is not None:
        return False
    return bool(settle(session, row, turn_of(row, by=nobody(), now=now), effects))


def _turn(session: Session, asked: Asked, turn_id: int | None, *, by: Actor, now: datetime) -> Turn:
    return Turn(
        id=turn_id,
        kind=asked.kind,
        senior_id=asked.senior_id,
        from_on=asked.from_on,
        until_on=asked.until_on,
        to_area_code=asked.to_area_code,
        by=by,
        now=now,
        reason=asked.reason,
        back_to=_back_of(session, asked),
    )


def _back_of(session: Session, asked: Asked) -> Status | None:
    if asked.kind is not TurnKind.DISCHARGE:
        return None
    return find_back(session, senior_id=asked.senior_id, on=asked.from_on)


def _check(session: Session, asked: Asked, *, today: date) -> None:
    timeline = list_statuses(session, senior_id=asked.senior_id)
    objection = object_to(
        asked.kind,
        status=status_on(timeline, asked.from_on),
        day_before=status_on(timeline, asked.from_on - timedelta(days=1)),
        from_on=asked.from_on,
        until_on=asked.until_on,
        today=today,
        # A move to a place known here says nothing of the status.
        since=()
        if asked.to_area_code
        else statuses_since(timeline, from_on=asked.from_on, until_on=asked.until_on, today=today),
    )
    if objection:
        raise refusal_of(objection)
    if asked.to_area_code is not None:
        _check_place(session, asked, today=today)


def _check_place(session: Session, asked: Asked, *, today: date) -> None:
    if asked.kind is not TurnKind.MOVE:
        raise Invalid(errors={"to_area_code": [_l("Only a move leads to another place.")]})
    assert asked.to_area_code is not None
    if find_area(session, asked.to_area_code) is None:
        raise Invalid(errors={"to_area_code": [_l("There is no such place.")]})
    if profile_on(session, senior_id=asked.senior_id, day=today).residence_area == asked.to_area_code:
        raise Invalid(errors={"to_area_code": [_l("The person lives there already.")]})


def _find_told(session: Session, key: Key | None) -> LifeTurn | None:
    if key is None:
        return None
    found = session.scalar(select(LifeTurn).where(LifeTurn.key == key.text))
    if found is not None and found.fingerprint != key.fingerprint:
        raise KeyReused
    return found


def _add(
    session: Session, asked: Asked, area_code: str, *, by: Actor, now: datetime, source: str, key: Key | None
) -> LifeTurn:
    row = LifeTurn(
        kind=asked.kind,
        senior_id=asked.senior_id,
        area_code=area_code,
        from_on=asked.from_on,
        until_on=asked.until_on,
        to_area_code=asked.to_area_code,
        reason=asked.reason,
        source=source,
        key=key.text if key else None,
        fingerprint=key.fingerprint if key else None,
        recorded_at=now,
        recorded_by=by.account_id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        # The lock lets nobody past; a death that two databases restored at once told still meets the index.
        raise DeadAlready from error
    return row


def _settle_on(session: Session, turn: Turn, area_code: str) -> date | None:
    rules = find_turn_rules(session, area_code=area_code, on=turn.today).kinds[turn.kind]
    return None if rules.points is Points.KEEP else turn.from_on + timedelta(days=rules.grace_days)
