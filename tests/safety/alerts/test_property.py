"""However the same events come in, in one batch or many, some of them twice, the same alerts stand at the end."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safety.alerts import services
from safety.alerts.models import Incident
from safety.judging.events import Event
from safety.judging.services import judge
from safety.kits.models import SafetyHome
from tests.safety.alerts.world import MINUTE, SECOND, Signal, World
from tests.safety.factories import make_home

RULES = [("sos", 1, "bed"), ("smoke", 1, "kitchen"), ("quiet", 2, ""), ("bathroom", 2, "bath"), ("tamper", 3, "hall")]
DRAWN = st.lists(
    st.tuples(st.sampled_from(RULES), st.sampled_from(["raise", "raise", "clear"]), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=12,
)
TOLD = [("sos", "on"), ("smoke", "on"), ("smoke", "off"), ("motion", "on"), ("door", "open"), ("door", "closed")]
LIVES = st.lists(
    st.tuples(st.sampled_from([*TOLD, ("tamper", "on"), ("tamper", "off"), ("fall", "on")]), st.integers(0, 3)),
    min_size=1,
    max_size=14,
)
SMALL = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SMALL
@given(drawn=DRAWN)
def test_any_split_of_signals_with_duplicates_gives_the_same_alerts(world: World, drawn: list[Any]) -> None:
    at, signals = world.now - timedelta(hours=1), []
    for k, ((rule, priority, place), kind, _cut, _twice) in enumerate(drawn):
        signals.append(Signal(rule, at + k * SECOND, priority, place, kind))
    whole, split = make_home(world.session), make_home(world.session)
    world.hear(*signals, home=whole)
    batch: list[Signal] = []
    for signal, (_what, _kind, cut, twice) in zip(signals, drawn, strict=True):
        batch += [signal, signal] if twice else [signal]
        if cut == 0:
            world.hear(*batch, home=split)
            # The last one comes again with the next batch: nobody had confirmed it.
            batch = batch[-1:]
    if batch:
        world.hear(*batch, home=split)
    assert alerts_of(world, whole) == alerts_of(world, split)


@SMALL
@given(drawn=LIVES)
def test_any_split_of_events_gives_the_same_alerts_through_the_judgement(world: World, drawn: list[Any]) -> None:
    at = world.now - timedelta(hours=3)
    events = [
        Event(at=at + k * 7 * MINUTE, device=kind, kind=kind, place="hall", state=state)
        for k, ((kind, state), _cut) in enumerate(drawn)
    ]
    whole, split = make_home(world.session), make_home(world.session)
    live(world, whole, events)
    batch: list[Event] = []
    for event, (_told, cut) in zip(events, drawn, strict=True):
        batch.append(event)
        if cut == 0:
            live(world, split, batch)
            batch = []
    live(world, split, batch)
    assert alerts_of(world, whole) == alerts_of(world, split)


def live(world: World, home: SafetyHome, events: list[Event]) -> None:
    """Take in events as they are taken in: judged, and made alerts of."""
    found = judge(world.session, events_by_home={home.id: events}, now=world.now)
    services.take_signals(world.session, signals_by_home=found, received_at=world.now, now=world.now)


def alerts_of(world: World, home: SafetyHome) -> list[Any]:
    rows = world.session.query(Incident).filter_by(home_id=home.id).order_by(Incident.lane).populate_existing().all()
    names = ("lane", "state", "priority", "rule", "place", "raised_at", "last_at", "repeats", "sounding", "cleared_at")
    return [[getattr(each, name) for name in names] for each in rows]
