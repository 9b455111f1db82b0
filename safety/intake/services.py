"""Taking events in: read, written once, judged and raised in the one transaction that says "accepted"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.clock import business_day
from safety.alerts.services import UnknownCall, raise_unknown, take_signals
from safety.intake.arrivals import LIFE, UNKEPT, Acceptance, Arrival, Reading, Source, make_arrival, read, read_call
from safety.intake.finding import Known, find_devices, find_in_earnest
from safety.intake.lags import find_lags, learn_lags, measure_lags
from safety.intake.namesakes import name_apart
from safety.intake.policy import find_rules_of
from safety.intake.rules import Lag, is_test_call, is_worth_judging, place_in_time
from safety.intake.storing import (
    Heard,
    Placed,
    note_alive,
    note_seen,
    note_strangers,
    place_of,
    store_events,
)
from safety.judging.events import Event, EventFaults
from safety.judging.services import judge
from safety.judging.water import is_meter
from safety.kits.testing import hear_tests

UNKNOWN_DEVICE = {"device": "not_installed"}


@dataclass(slots=True)
class Batch:
    """Arrivals on their way in: which could be read, what is wrong with the others, which are strangers."""

    readings: list[Reading]
    errors: dict[int, Mapping[str, str]]


def accept(
    session: Session,
    *,
    gateway: Source,
    events: Sequence[Any],
    sent_at: datetime | None,
    now: datetime,
) -> Acceptance:
    """Take a gateway's events in; what is wrong with one keeps no other from being taken."""
    if not events:
        note_alive(session, [gateway.id], now=now)
    return take_in(session, [make_arrival(gateway, raw, sent_at=sent_at) for raw in events], now=now)


def take_in(session: Session, arrivals: Sequence[Arrival], *, now: datetime) -> Acceptance:
    """Take events of any number of gateways in, in a number of statements that does not grow with them."""
    batch = _read_all(arrivals)
    pairs = {(each.arrival.source.id, each.event.device) for each in batch.readings}
    devices = find_devices(session, pairs, now=now)
    measured = measure_lags(arrivals, now=now)
    lags = find_lags(session, measured)
    placed = _place_all(session, batch, devices, lags, now=now)
    kept = [each for each in placed if each.reading.event.kind not in UNKEPT]
    fresh, known = _part(placed, store_events(session, kept, now=now))
    others = name_apart(session, known, now=now)
    if others:
        fresh += _part(others, store_events(session, others, now=now))[0]
    _judge(session, fresh, now=now)
    note_seen(session, _hear(placed), now=now)
    learn_lags(session, lags, measured, now=now)
    note_alive(session, {each.source.id for each in arrivals}, now=now)
    taken = [each for each in placed if each.reading.index not in batch.errors]
    accepted = sum(each.reading.index not in batch.errors for each in fresh)
    return Acceptance(accepted=accepted, repeated=len(taken) - accepted, errors=batch.errors)


def _read_all(arrivals: Sequence[Arrival]) -> Batch:
    batch = Batch([], {})
    for index, arrival in enumerate(arrivals):
        try:
            batch.readings.append(read(index, arrival))
        except EventFaults as error:
            batch.errors[index] = error.faults
            call = read_call(index, arrival)
            if call is not None:
                batch.readings.append(call)
    return batch


def _place_all(
    session: Session,
    batch: Batch,
    devices: Mapping[tuple[int, str], Known],
    lags: Mapping[int, Lag],
    *,
    now: datetime,
) -> list[Placed]:
    """Find whose each reading is; strangers are noted and refused, but for calls for help."""
    rules = find_rules_of(
        session, area_codes={each.arrival.source.area_code for each in batch.readings}, on=business_day(now)
    )
    placed, strangers = [], []
    for reading in batch.readings:
        source = reading.arrival.source
        device = devices.get((source.id, reading.event.device))
        is_call = reading.event.kind in LIFE and (source.home_id is not None or reading.event.is_on)
        if device is None:
            strangers.append(reading)
        if device is None and not is_call:
            batch.errors[reading.index] = UNKNOWN_DEVICE
            continue
        moment = place_in_time(
            device_at=reading.event.at,
            sent_at=reading.arrival.sent_at,
            received_at=now,
            rules=rules[source.area_code],
            usual_lag=lags[source.id].usual if source.id in lags else None,
        )
        home_id = device.home_id if device and (device.home_id or not is_call) else source.home_id
        placed.append(Placed(reading, device, home_id, moment))
    note_strangers(session, strangers, now=now)
    return placed


def _part(placed: Sequence[Placed], fresh_keys: set[tuple[int, str, datetime]]) -> tuple[list[Placed], list[Placed]]:
    """Return what is new and what was known: each key is new once, in a batch that holds it twice as well."""
    left, fresh, known = set(fresh_keys), [], []
    for each in placed:
        if each.reading.event.kind in UNKEPT:
            fresh.append(each)
        elif each.key in left:
            left.remove(each.key)
            fresh.append(each)
        else:
            known.append(each)
    return fresh, known


def _judge(session: Session, fresh: Sequence[Placed], *, now: datetime) -> None:
    """Judge what is new by homes, and raise what follows; what belongs to a test call is written down as one.

    A call for help from a device that stands in no home is an alarm of its gateway: somebody pressed it somewhere.
    """
    in_earnest = find_in_earnest(session, {each.home_id for each in fresh if _is_guest(each) and each.home_id}, now=now)
    by_home: dict[int, list[Event]] = {}
    tested: dict[int, datetime] = {}
    for each in sorted(fresh, key=lambda placed: placed.moment.occurred_at):
        if _is_test(each, tested):
            _confirm(each, tested)
        elif each.home_id is not None and (not _is_guest(each) or each.home_id in in_earnest) and _is_news(each, now):
            by_home.setdefault(each.home_id, []).append(_judged(each))
    hear_tests(session, heard=tested, now=now)
    if lost := [_lost(each) for each in fresh if _is_lost(each)]:
        raise_unknown(session, lost, now=now)
    if not by_home:
        return
    for events in by_home.values():
        events.sort(key=lambda event: event.at)
    signals = judge(session, events_by_home=by_home, now=now)
    if signals:
        take_signals(session, signals_by_home=signals, received_at=now, now=now)


def _is_test(each: Placed, tested: Mapping[int, datetime]) -> bool:
    """Say whether what a device tells is a test: what it says while it is being tried, but for calls in earnest."""
    if each.device is None or not each.device.is_tested:
        return False
    if each.reading.event.kind not in LIFE:
        return True
    confirmed_at = tested.get(each.device.id)
    return is_test_call(each.moment.occurred_at, tested_from=each.device.tested_from, confirmed_at=confirmed_at)


def _confirm(each: Placed, tested: dict[int, datetime]) -> None:
    """Write down when a device was first heard in a test; a sign of life alone confirms none."""
    if each.device and each.reading.event.kind not in UNKEPT:
        tested.setdefault(each.device.id, each.moment.occurred_at)


def _is_guest(each: Placed) -> bool:
    """Say whether a device calls from a home in which nobody has written down that it stands."""
    return each.device is None or each.device.home_id is None


def _is_lost(each: Placed) -> bool:
    """Say whether somebody calls for help and no home is known from which."""
    event = each.reading.event
    return each.home_id is None and event.kind in LIFE and event.is_on and not is_meter(event)


def _lost(each: Placed) -> UnknownCall:
    event, source = each.reading.event, each.reading.arrival.source
    return UnknownCall(gateway_id=source.id, ref=event.device, kind=event.kind, at=each.moment.occurred_at)


def _is_news(each: Placed, now: datetime) -> bool:
    if each.reading.event.kind != "heartbeat" or each.device is None:
        return True
    return is_worth_judging(each.device.heard_at, now)


def _judged(each: Placed) -> Event:
    """Return an event as it is judged: at the time that is believed, of our own name for the device."""
    event = each.reading.event
    return Event(
        at=each.moment.occurred_at,
        device=str(each.device.id) if each.device else event.device,
        kind=event.kind,
        place=place_of(each),
        state=event.state,
        value=event.value,
        id=each.reading.event_id,
    )


def _hear(placed: Iterable[Placed]) -> dict[int, Heard]:
    """Gather what was last heard of each device."""
    found: dict[int, Heard] = {}
    for each in placed:
        if each.device is None:
            continue
        heard = found.setdefault(each.device.id, Heard(each.moment.occurred_at))
        heard.device_at = max(heard.device_at, each.moment.occurred_at)
        arrival, event = each.reading.arrival, each.reading.event
        battery = event.value if event.kind == "battery" else arrival.battery
        if battery is not None and 0 <= battery <= 255:
            heard.battery = int(battery)
        if arrival.linkquality is not None:
            heard.linkquality = arrival.linkquality
        heard.known.update(arrival.known)
    return found
