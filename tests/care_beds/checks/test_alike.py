"""Pictures used again, found by parts of their fingerprints: the same as comparing each with each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care_beds.checks.alike import ALL_BITS, Album, Alike, find_used_before, split_bits

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
# Few pictures, and such as differ from them in few bits: most lie close to the threshold on one side or the other.
LOOKS = st.builds(
    lambda seen, turned: seen ^ sum(1 << bit for bit in turned),
    st.sampled_from((0x0F1E2D3C4B5A6978, -0x0F1E2D3C4B5A6978)),
    st.sets(st.integers(0, 62), max_size=4),
)
TOLD = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 90), LOOKS), min_size=2, max_size=14)


def album_of(told: list[tuple[int, int, int]]) -> Album:
    """Put pictures of visits, so many days before noon, in their order."""
    ordered = sorted(told, key=lambda each: -each[1])
    visits = [visit for visit, _, _ in ordered]
    moments = [NOON - timedelta(days=days) for _, days, _ in ordered]
    return Album(range(100, 100 + len(ordered)), visits, moments, [look for *_, look in ordered])


def compare_each_with_each(album: Album, alike: Alike, since: datetime) -> Iterator[tuple[int, int]]:
    """Find what was used before as the rule says it, without any haste."""
    for new in range(len(album.marks)):
        earlier = [old for old in range(new) if alike.is_again(album, old, new)]
        if earlier and album.moments[new] >= since:
            yield album.marks[new], album.marks[earlier[0]]


@settings(max_examples=150, deadline=None)
@given(told=TOLD, bits=st.integers(0, 7), days=st.integers(1, 62), since=st.integers(0, 90))
def test_what_shares_no_part_is_not_alike(told: list[tuple[int, int, int]], bits: int, days: int, since: int) -> None:
    album, alike, first = album_of(told), Alike(bits=bits, within=timedelta(days=days)), NOON - timedelta(days=since)
    found = list(find_used_before(album, alike=alike, since=first))
    assert found == list(compare_each_with_each(album, alike, first))


@pytest.mark.parametrize("bits", range(8))
def test_parts_take_each_bit_once(bits: int) -> None:
    parts = split_bits(bits)
    assert len(parts) == bits + 1
    assert sum(parts) == ALL_BITS
    assert sum(part.bit_count() for part in parts) == 64


@pytest.mark.parametrize(
    ("visit", "days", "look", "again"),
    [(2, 0, 0b111, True), (2, 0, 0b1111, False), (1, 0, 0, False), (2, -3, 0, True), (2, -4, 0, False)],
)
def test_again_is_another_visit_so_alike_and_so_soon(visit: int, days: int, look: int, again: bool) -> None:
    old, new = NOON, NOON - timedelta(days=days)
    album = Album([1, 2], [1, visit], [old, new], [5 << 40, 5 << 40 ^ look])
    assert Alike(bits=3, within=timedelta(days=3)).is_again(album, 0, 1) is again
