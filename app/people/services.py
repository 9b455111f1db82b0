"""Registering and changing seniors, recording how they are, and showing what is sealed to those who say why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.areas import queries as areas
from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.people import queries
from app.people.ability_rows import may_not_overwrite
from app.people.drafts import Reading, read_changes, read_new
from app.people.errors import AlreadyRegistered, AreaNotYours, DeceasedRegistered, StatusMoved
from app.people.faults import Misfit
from app.people.models import Senior, SeniorStatus
from app.people.relatives.deaths import close_after_deaths
from app.people.rules import Status, read_reason
from app.people.timeline import Period, lay_over
from app.people.wording import by_field

SEALED = ("phone", "address")
REVEALABLE = ("id_number", "phone", "address")
PLACES = {"hukou_area": "hukou_area_code", "residence_area": "residence_area_code"}
PLAIN = {"name": "name", "living_situation": "living_situation", "income_class": "income_class"} | PLACES


def register_senior(session: Session, *, fields: Mapping[str, str], actor: Actor, now: datetime) -> int:
    """Register a senior and return the id; the senior is active from today on.

    :param fields: what was entered, by the names of ``drafts.READERS`` and ``id_number``
    :raises Invalid: if any field has a fault; ``errors`` names each
    :raises AreaNotYours: if the senior neither lives nor is registered within the actor's areas
    :raises AlreadyRegistered: if the ID number is somebody's
    :raises DeceasedRegistered: if it is the number of somebody who died
    """
    reading = read_new(fields, today=business_day(now))
    _check(session, reading)
    values = reading.values
    if not any(is_within_any(values[place], actor.area_codes) for place in PLACES):
        raise AreaNotYours
    row = sealed_row(reading) | {"registered_at": now, "updated_at": now}
    indexes = vault.indexes_of(reading.id_number.number)
    if session.scalar(select(Senior.id).where(Senior.id_number_index.in_(indexes[1:]))):
        raise _taken(session, indexes)
    statement = insert(Senior).values(row).on_conflict_do_nothing(index_elements=[Senior.id_number_index])
    senior_id: int | None = session.scalar(statement.returning(Senior.id))
    if senior_id is None:
        raise _taken(session, indexes)
    session.add(SeniorStatus(senior_id=senior_id, status=Status.ACTIVE, from_on=business_day(now), recorded_at=now))
    _note(
        session, "senior.registered", senior_id, values["residence_area"], actor=actor, now=now, new=_plain_facts(row)
    )
    return senior_id


def update_senior(session: Session, *, senior_id: int, fields: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Change some of a senior's facts; an empty text takes a value away. Who the person is never changes.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises Invalid: if any field has a fault, or a level that was assessed would be overwritten by hand
    """
    senior = lock_senior(session, senior_id=senior_id, actor=actor)
    reading = read_changes(fields)
    if "ability_level" in reading.values and may_not_overwrite(session, senior, reading.values["ability_level"]):
        reading.faults["ability_level"] = Misfit("level_assessed")
    _check(session, reading)
    apply_changes(session, changes=[(senior, reading.values)], actor=actor, now=now)


def apply_changes(
    session: Session, *, changes: Sequence[tuple[Senior, Mapping[str, Any]]], actor: Actor | None, now: datetime
) -> None:
    """Write what differs from what locked seniors have, with old and new in the audit log."""
    told = [(senior, *_set(senior, values)) for senior, values in changes]
    changed = [(senior, old, new) for senior, old, new in told if new]
    for senior, _, _ in changed:
        senior.updated_at = now
    session.flush()
    for senior, old, new in changed:
        place = senior.residence_area_code
        _note(session, "senior.changed", senior.id, place, actor=actor, now=now, old=old, new=new)


def _set(senior: Senior, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set new values and return old and new of those that differ; of sealed ones only the name."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for field, value in values.items():
        column = PLAIN.get(field, field)
        if field in SEALED:
            if _reseal(senior, field, value):
                new.setdefault("also_changed", []).append(field)
        elif getattr(senior, column) != value:
            old[field], new[field] = getattr(senior, column), value
            setattr(senior, column, value)
    return old, new


def record_status(
    session: Session,
    *,
    senior_id: int,
    status: Status,
    from_on: date,
    until_on: date | None,
    actor: Actor,
    now: datetime,
) -> list[Period]:
    """Lay a period over a senior's status, and return the whole timeline.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises Invalid: if the period cannot be; nothing follows a death
    """
    senior = lock_senior(session, senior_id=senior_id, actor=actor)
    before = queries.list_statuses(session, senior_id=senior_id)
    try:
        after = lay_over(before, Period(status, from_on, until_on), birth_on=senior.birth_on, today=business_day(now))
    except Misfit as misfit:
        raise Invalid(errors=by_field({_field_of(misfit): misfit})) from misfit
    _write_timeline(session, senior_id, before, after, now)
    old, new = ({"statuses": _told(timeline)} for timeline in (before, after))
    _note(session, "senior.status", senior_id, senior.residence_area_code, actor=actor, now=now, old=old, new=new)
    if status is Status.DECEASED:
        close_after_deaths(session, now=now, senior_id=senior_id)
    return after


def foresee_status(session: Session, *, senior_id: int, new: Period, today: date) -> list[Period]:
    """Return the timeline that a period would make; writes nothing.

    :raises NotFound: if there is no such senior
    :raises Invalid: if the period cannot be; nothing follows a death
    """
    birth_on = session.scalar(select(Senior.birth_on).where(Senior.id == senior_id))
    if birth_on is None:
        raise NotFound
    try:
        return lay_over(queries.list_statuses(session, senior_id=senior_id), new, birth_on=birth_on, today=today)
    except Misfit as misfit:
        raise Invalid(errors=by_field({_field_of(misfit): misfit})) from misfit


def restore_statuses(
    session: Session, *, senior_id: int, before: list[Period], after: list[Period], actor: Actor, now: datetime
) -> None:
    """Put back a timeline that was recorded by mistake; a death only where two people signed for it.

    :raises NotFound: if there is no such senior within the actor's areas
    :raises StatusMoved: if the timeline is not any more what the mistake made of it
    """
    senior = lock_senior(session, senior_id=senior_id, actor=actor)
    if queries.list_statuses(session, senior_id=senior_id) != after:
        raise StatusMoved
    _write_timeline(session, senior_id, after, before, now)
    old, new = ({"statuses": _told(timeline)} for timeline in (after, before))
    _note(session, "senior.status", senior_id, senior.residence_area_code, actor=actor, now=now, old=old, new=new)


def reveal(session: Session, *, senior_id: int, field: str, reason: str, actor: Actor, now: datetime) -> str:
    """Show a sealed value once, and write down who saw it and why, in the same transaction.

    :raises NotFound: if there is no such senior within the actor's areas, or nothing is stored in the field
    :raises Invalid: if no reason is given
    """
    try:
        why = read_reason(reason)
    except Misfit as misfit:
        raise Invalid(errors=by_field({"reason": misfit})) from misfit
    senior = session.scalar(select(Senior).where(Senior.id == senior_id, queries.visible_to(actor)))
    sealed = getattr(senior, f"{field}_sealed") if senior and field in REVEALABLE else None
    if senior is None or sealed is None:
        raise NotFound
    audit.record(
        session,
        actor=actor,
        action=f"reveal.{field}",
        subject=f"senior:{senior_id}",
        area_code=senior.residence_area_code,
        reason=why,
        now=now,
    )
    return vault.unseal(sealed)


def lock_senior(session: Session, *, senior_id: int, actor: Actor) -> Senior:
    """Return a senior for a change, locked until the end of the transaction.

    :raises NotFound: if there is no such senior within the actor's areas
    """
    query = select(Senior).where(Senior.id == senior_id, queries.visible_to(actor)).with_for_update()
    senior = session.scalar(query.execution_options(populate_existing=True))
    if senior is None:
        raise NotFound
    return senior


def sealed_row(reading: Reading) -> dict[str, Any]:
    """Return the columns of a new senior from a reading without faults."""
    values = reading.values
    identity = reading.id_number
    row = {column: values[field] for field, column in PLAIN.items()}
    return row | {
        "birth_on": identity.birth_on,
        "sex": identity.sex,
        "ability_level": values["ability_level"],
        "id_number_sealed": vault.seal(identity.number),
        "id_number_index": vault.index_of(identity.number),
        "phone_sealed": _sealed(values["phone"]),
        "phone_index": vault.index_of(values["phone"]) if values["phone"] else None,
        "address_sealed": _sealed(values["address"]),
    }


def _reseal(senior: Senior, field: str, value: str | None) -> bool:
    """Seal a new value; the same value keeps its old seal. Return whether it changed."""
    sealed: bytes | None = getattr(senior, f"{field}_sealed")
    if (vault.unseal(sealed) if sealed else None) == value:
        return False
    setattr(senior, f"{field}_sealed", _sealed(value))
    if field == "phone":
        senior.phone_index = vault.index_of(value) if value else None
    return True


def _sealed(text: str | None) -> bytes | None:
    return vault.seal(text) if text else None


def _check(session: Session, reading: Reading) -> None:
    """Put codes where names of places stand, and refuse a reading with faults.

    :raises Invalid: if there are any
    """
    faults = dict(reading.faults)
    for field in PLACES:
        text = reading.values.get(field)
        if text:
            codes = areas.find_codes(session, text)
            reading.values[field] = codes[0] if codes else text
            if len(codes) > 1:
                faults[field] = Misfit("area_ambiguous", text=text[:30], count=len(codes))
            elif not codes:
                faults[field] = Misfit("area_unknown", text=text[:30])
    if faults:
        raise Invalid(errors=by_field(faults))


def _taken(session: Session, indexes: Sequence[bytes]) -> AlreadyRegistered | DeceasedRegistered:
    died = (
        select(SeniorStatus.id)
        .join(Senior, Senior.id == SeniorStatus.senior_id)
        .where(Senior.id_number_index.in_(indexes), SeniorStatus.status == Status.DECEASED)
    )
    return DeceasedRegistered() if session.scalar(died) else AlreadyRegistered()


def _write_timeline(session: Session, senior_id: int, before: list[Period], after: list[Period], now: datetime) -> None:
    """Replace the periods that changed; what stays is not touched, a recorded death least of all."""
    gone = [period.from_on for period in before if period not in after]
    if gone:
        session.execute(delete(SeniorStatus).where(SeniorStatus.senior_id == senior_id, SeniorStatus.from_on.in_(gone)))
    session.add_all(
        SeniorStatus(
            senior_id=senior_id,
            status=period.status,
            from_on=period.from_on,
            until_on=period.until_on,
            recorded_at=now,
        )
        for period in after
        if period not in before
    )
    session.flush()


def _field_of(misfit: Misfit) -> str:
    return "until_on" if misfit.code in {"period_empty", "death_has_no_end"} else "from_on"


def _told(timeline: list[Period]) -> list[dict[str, Any]]:
    return [{"status": period.status, "from_on": period.from_on, "until_on": period.until_on} for period in timeline]


def _plain_facts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[column] for name, column in PLAIN.items()} | {"ability_level": row["ability_level"]}


def _note(
    session: Session,
    action: str,
    senior_id: int,
    area_code: str,
    *,
    actor: Actor | None,
    now: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"senior:{senior_id}",
        area_code=area_code,
        old=old,
        new=new,
        now=now,
    )
