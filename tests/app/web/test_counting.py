"""Request counts in memory: exact within a window, and bounded."""

import pytest

from app.web import counting
from app.web.counting import ProcessMemory


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(counting.time, "monotonic", lambda: now[0])
    return now


def test_a_window_counts_up_and_the_next_starts_anew(seconds: list[float]) -> None:
    memory = ProcessMemory()
    assert [memory.incr("till", 60) for _ in range(3)] == [1, 2, 3]
    seconds[0] += 59.9
    assert memory.incr("till", 60) == 4
    seconds[0] += 0.1
    assert memory.get("till") == 0
    assert memory.incr("till", 60) == 1


def test_counters_of_the_past_are_swept(seconds: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SWEEP_AT", 5)
    memory = ProcessMemory()
    for number in range(5):
        memory.incr(f"caller {number}", 60)
    seconds[0] += 61
    memory.incr("new", 60)
    assert memory.reset() == 1


def test_one_counter_can_be_forgotten() -> None:
    memory = ProcessMemory()
    memory.incr("till", 60)
    memory.clear("till")
    assert (memory.get("till"), memory.check()) == (0, True)
