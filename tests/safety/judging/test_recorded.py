"""A real home, where its recording lies beside the project (UCI, Ordónez et al. 2013): not copied, only read."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.clock import ZONE
from safety.judging.events import Event
from safety.judging.trials import try_life
from tests.safety.judging.lives import RULES

FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "ordonez_a" / "OrdonezA_Sensors.txt"
KINDS = {"PIR": "motion", "Magnetic": "contact", "Flush": "flush", "Electric": "appliance"}


def read_home(file: Path) -> Iterator[Event]:
    """Turn the recording's rows into events; stray tabs and spaces are survived."""
    for row in file.read_text().splitlines()[2:]:
        words = row.split()
        if len(words) == 7:
            yield from _read_row(words)


def _read_row(words: list[str]) -> Iterator[Event]:
    device, sort, place = words[4:]
    kind = "door" if device == "Maindoor" else KINDS.get(sort, device.lower())
    for day, clock, state in ((words[0], words[1], "on"), (words[2], words[3], "off")):
        at = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZONE)
        yield Event(at, device, kind, place.lower(), state)


def test_a_real_home_is_told_of_seldom_and_a_collapse_by_day_is_found() -> None:
    if not FILE.exists():
        pytest.skip("the recording does not lie beside the project")
    events = sorted(read_home(FILE), key=lambda each: each.at)
    trial = try_life("ordonez_a", events, rules=RULES)
    assert trial.a_week <= 0.5
    # Seven hours by day, which the rhythm has to beat, take 6.8 h and 14.9 h.
    assert trial.delay(0.5) <= 6
    assert trial.delay(0.9) <= 14
