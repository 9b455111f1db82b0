"""Daily lists of deaths and stays: taken in, matched, near misses decided by a person, the rest recorded at once."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.errors import DomainError, Invalid
from app.idempotency import InFlight
from app.people.faults import Misfit
from app.people.queries import list_statuses
from app.people.rules import Status
from app.people.timeline import Period, status_on
from app.people.turn_rules import find_turn_rules
from app.people.turns import TurnEffect, TurnKind
from app.spreadsheets import read_rows
from app.tokens import digest
from portal.turns.errors import DeadAlready, NotACandidate, NotFromHere, RecordedAlready, RowDecided, TurnNotFound
from portal.turns.matching import Match, match_rows
from portal.turns.models import TurnList, TurnListRow
from portal.turns.queries import IN_TURN
from portal.turns.reading import EVENTS, LAYOUT, RowReader, Told
from portal.turns.rules import Objection, object_to
from portal.turns.services import LIST, Asked, record_turn

# As many as one page shows with all that follows, and as one transaction holds without keeping tills waiting.
AT_ONCE = 20
LONGEST_NAME = 120
ONE_SENDS = text("SELECT pg_advisory_xact_lock(hashtextextended('turn list ' || :account, 0))")
KNOWN = (DeadAlready, RecordedAlready, NotFromHere)
# A column of a list, and what is wrong with what stands in it.
Clash = tuple[str, Misfit]


def take_in(session: Session, *, name: str, data: bytes, actor: Actor, now: datetime) -> int:
    """Take in a list: read and match its rows; nothing happens to anybody yet. The same file again is the same list.

    :raises SheetFault: if the file is not such a table
    :raises Invalid: if it is empty
    """
    if not data:
        raise Invalid(errors={"file": [_l("Choose a file first; it must not be empty.")]})
    mark = digest(data.hex())
    # Whoever sends twice at once waits here, and is told of the first.
    session.execute(ONE_SENDS, {"account": str(actor.account_id)})
    known = session.scalar(select(TurnList.id).where(TurnList.account_id == actor.account_id, TurnList.digest == mark))
    if known is not None:
        return known
    area_code, today = actor.area_codes[0], business_day(now)
    most = find_turn_rules(session, area_code=area_code, on=today).list_rows
    reader = RowReader(today)
    read = [(row.number, reader.read(row)) for row in read_rows(data, LAYOUT, most_rows=most)]
    kept = TurnList(
        account_id=actor.account_id,
        area_code=area_code,
        file_name=_short(name),
        digest=mark,
        rows=len(read),
        created_at=now,
    )
    session.add(kept)
    session.flush()
    good = [(number, told) for number, told in read if isinstance(told, Told)]
    matches = match_rows(session, rows=[told for _, told in good], actor=actor)
    paired = [(told.event, match.senior_id) for (_number, told), match in zip(good, matches, strict=True)]
    admitted = {
        *(senior_id for event, senior_id in paired if event == "hospital"),
        *_list_admitted(session, {senior_id for event, senior_id in paired if event == "discharge"}),
    }
    rows = [
        _matched(session, told, match, admitted=admitted, list_id=kept.id, number=number, today=today)
        for (number, told), match in zip(good, matches, strict=True)
    ]
    rows += [_refused(kept.id, number, faults) for number, faults in read if not isinstance(faults, Told)]
    if rows:
        session.execute(insert(TurnListRow), rows)
    record(
        session,
        actor=actor,
        action="turn_list.sent",
        subject=f"turn_list:{kept.id}",
        area_code=area_code,
        new={"file": kept.file_name, "rows": kept.rows},
        now=now,
    )
    return kept.id


def decide_row(session: Session, *, row_id: int, senior_id: int | None, actor: Actor, now: datetime) -> TurnListRow:
    """Decide a near miss: it is one of those who were found, or none of them.

    :raises TurnNotFound: if there is no such row in the actor's areas
    :raises RowDecided: if it was decided before
    :raises NotACandidate: if the person is none of those who were found
    """
    row, kept = _lock_row(session, row_id, actor)
    if row.state != "review":
        raise RowDecided
    if senior_id is not None and senior_id not in {each["senior"] for each in row.candidates}:
        raise NotACandidate
    clash = None
    if senior_id is None:
        row.state = "not_same"
    else:
        row.state, clash = _standing(session, row, senior_id, business_day(now))
    row.faults = _faults(clash)
    row.senior_id, row.decided_at, row.decided_by = senior_id, now, actor.account_id
    row.name_sealed = row.id_sealed = None
    session.flush()
    record(
        session,
        actor=actor,
        action="turn_list.decided",
        subject=f"turn_list:{kept.id}",
        area_code=kept.area_code,
        new={"row": row.number, "state": row.state, "senior": senior_id},
        now=now,
    )
    return row


def confirm(
    session: Session, *, list_id: int, effects: Sequence[TurnEffect], actor: Actor, now: datetime
) -> Sequence[TurnListRow]:
    """Record what waits, as many rows as a page has shown; one that cannot be recorded holds up no other.

    :raises TurnNotFound: if there is no such list in the actor's areas
    """
    kept = lock_list(session, list_id=list_id, actor=actor)
    rows = list_waiting(session, list_id=kept.id, lock=True)
    # In the order of the people, as everybody who holds the books of several does.
    for row in sorted(rows, key=lambda each: each.senior_id or 0):
        _record(session, row, effects=effects, actor=actor, now=now)
    kept.confirmed_at = now
    session.flush()
    told = {"recorded": sum(row.state == "recorded" for row in rows), "rows": len(rows)}
    record(
        session,
        actor=actor,
        action="turn_list.confirmed",
        subject=f"turn_list:{kept.id}",
        area_code=kept.area_code,
        new=told,
        now=now,
    )
    return rows


def list_waiting(session: Session, *, list_id: int, lock: bool = False) -> Sequence[TurnListRow]:
    """Return the rows that wait to be confirmed, as many as one press records, in the order of what happened."""
    query = select(TurnListRow).where(TurnListRow.list_id == list_id, TurnListRow.state == "waiting")
    query = query.order_by(*IN_TURN).limit(AT_ONCE)
    return session.scalars(query.with_for_update() if lock else query).all()


def asked_of(row: TurnListRow) -> Asked:
    """Return the turn that a row asks for."""
    assert row.senior_id is not None
    assert row.on_day is not None
    reason = f"名单 {row.source}".strip() if row.event != "cremation" else f"火化名单 {row.source}".strip()
    return Asked(senior_id=row.senior_id, kind=EVENTS[row.event], from_on=row.on_day, reason=reason)


def lock_list(session: Session, *, list_id: int, actor: Actor) -> TurnList:
    """Return a list of the actor's areas, held until the end of the transaction.

    :raises TurnNotFound: if there is none
    """
    kept = session.get(TurnList, list_id, with_for_update=True, populate_existing=True)
    if kept is None or not is_within_any(kept.area_code, actor.area_codes):
        raise TurnNotFound
    return kept


def _record(session: Session, row: TurnListRow, *, effects: Sequence[TurnEffect], actor: Actor, now: datetime) -> None:
    try:
        with session.begin_nested():
            turn, _ = record_turn(session, asked=asked_of(row), effects=effects, by=actor, now=now, source=LIST)
    except InFlight:
        # Somebody pays at this moment; the next press records it.
        return
    except KNOWN:
        if row.event == "discharge" and _list_admitted(session, [row.senior_id]):
            return
        assert row.senior_id is not None
        assert row.on_day is not None
        clash = _find_clash(list_statuses(session, senior_id=row.senior_id), row.event, row.on_day)
        row.state, row.faults = "refused" if clash else "known", _faults(clash)
    except DomainError as error:
        row.state, row.faults = "refused", _faults(("event", Misfit("not_recorded", why=error.code)))
    else:
        row.state, row.turn_id = "recorded", turn.id
    row.decided_at, row.decided_by = now, actor.account_id


def _matched(
    session: Session,
    told: Told,
    match: Match,
    *,
    admitted: Collection[int | None],
    list_id: int,
    number: int,
    today: date,
) -> dict[str, Any]:
    row = _row(list_id, number, event=told.event, on_day=told.on, source=told.source, match=match.sort)
    if match.senior_id is not None:
        standing, clash = _judge(session, told.event, told.on, match.senior_id, today)
        if told.event == "discharge" and standing == "known" and match.senior_id in admitted:
            standing = "waiting"
        return {**row, "senior_id": match.senior_id, "state": standing, "faults": _faults(clash)}
    if not match.alike:
        return {**row, "state": "nobody"}
    sealed = {"name_sealed": vault.seal(told.name), "id_sealed": vault.seal(told.id_number)}
    return {**row, **sealed, "state": "review", "candidates": match.as_json()}


def _list_admitted(session: Session, senior_ids: Collection[int | None]) -> Collection[int | None]:
    """Return who of some people goes into hospital by a list that waits: the end of that stay waits with it."""
    query = select(TurnListRow.senior_id).where(
        TurnListRow.senior_id.in_([each for each in senior_ids if each is not None]),
        TurnListRow.event == "hospital",
        TurnListRow.state == "waiting",
    )
    return set(session.scalars(query))


def _standing(session: Session, row: TurnListRow, senior_id: int, today: date) -> tuple[str, Clash | None]:
    assert row.on_day is not None
    found, clash = _judge(session, row.event, row.on_day, senior_id, today)
    if found == "known" and row.event == "discharge" and _list_admitted(session, [senior_id]):
        return "waiting", None
    return found, clash


def _judge(session: Session, event: str, on: date, senior_id: int, today: date) -> tuple[str, Clash | None]:
    """Say whether a row waits to be recorded, is known already, or contradicts the register, and in what."""
    timeline = list_statuses(session, senior_id=senior_id)
    objection = object_to(
        EVENTS[event],
        status=status_on(timeline, on) if event in ("hospital", "discharge") else status_on(timeline, today),
        day_before=status_on(timeline, on - timedelta(days=1)),
        from_on=on,
        until_on=None,
        today=today,
    )
    if objection is None:
        return "waiting", None
    clash = _find_clash(timeline, event, on) if objection is Objection.DEAD else None
    return ("refused" if clash else "known"), clash


def _find_clash(timeline: Sequence[Period], event: str, on: date) -> Clash | None:
    """Return in what a row contradicts the day on which somebody died by the register, if it does.

    A body is cremated after the death. Any other day of death than the one that is known is for a person to look at:
    what was spent between the two days would be found by nobody.
    """
    died_on = next((each.from_on for each in timeline if each.status is Status.DECEASED), None)
    if died_on is None:
        return None
    if EVENTS[event] is not TurnKind.DEATH:
        return ("event", Misfit("after_death_row")) if on >= died_on else None
    if on == died_on or (event == "cremation" and on > died_on):
        return None
    return "on", Misfit("other_day", died_on=died_on.isoformat())


def _refused(list_id: int, number: int, faults: dict[str, Misfit]) -> dict[str, Any]:
    return {**_row(list_id, number, match="refused"), "state": "refused", "faults": _faults(*faults.items())}


def _row(list_id: int, number: int, **given: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "event": "",
        "on_day": None,
        "source": "",
        "name_sealed": None,
        "id_sealed": None,
        "candidates": [],
        "faults": [],
        "senior_id": None,
    }
    return {"list_id": list_id, "number": number, **empty, **given}


def _faults(*clashes: Clash | None) -> list[dict[str, Any]]:
    found = [each for each in clashes if each is not None]
    return [{"column": column, "code": misfit.code, "params": dict(misfit.params)} for column, misfit in found]


def _lock_row(session: Session, row_id: int, actor: Actor) -> tuple[TurnListRow, TurnList]:
    found = session.get(TurnListRow, row_id)
    if found is None:
        raise TurnNotFound
    kept = lock_list(session, list_id=found.list_id, actor=actor)
    return session.get_one(TurnListRow, row_id, with_for_update=True, populate_existing=True), kept


def _short(name: str) -> str:
    printable = "".join(character for character in name if character.isprintable())
    return printable[-LONGEST_NAME:] or "?"
