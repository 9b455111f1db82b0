"""Which pictures of one carer, or of one bed, are an earlier one used again: pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

BITS = 64
ALL_BITS = (1 << BITS) - 1


class Album(NamedTuple):
    """Pictures in order of time, column by column: what names each, of which visit, taken when, its fingerprint."""

    marks: Sequence[int]
    visits: Sequence[int]
    moments: Sequence[datetime]
    looks: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """In how many bits two pictures may differ that count as one, and how far they may lie apart."""

    bits: int
    within: timedelta

    def is_again(self, album: Album, old: int, new: int) -> bool:
        """Say whether a picture is an earlier one, used again in another visit."""
        return (
            ((album.looks[old] ^ album.looks[new]) & ALL_BITS).bit_count() <= self.bits
            and album.visits[old] != album.visits[new]
            and album.moments[new] - album.moments[old] <= self.within
        )


def find_used_before(album: Album, *, alike: Alike, since: datetime) -> Iterator[tuple[int, int]]:
    """Find pictures taken since a moment that were used before: each by its name, with the earliest it is.

    Only pictures that share a part of their fingerprints are compared.
    """
    parts: list[tuple[int, dict[int, list[int]]]] = [(mask, {}) for mask in split_bits(alike.bits)]
    for new, look in enumerate(album.looks):
        sharing = []
        for mask, known in parts:
            others = known.setdefault(look & mask, [])
            if others:
                sharing.append(others)
            others.append(new)
        if sharing and album.moments[new] >= since:
            first = _first_of(sharing, album, alike, new)
            if first < new:
                yield album.marks[new], album.marks[first]


def split_bits(bits: int) -> Sequence[int]:
    """Return masks that divide a fingerprint so that two which differ in so many bits are the same in one part.

    There is a part more than bits that may differ: in one of them none does. Neighbouring bits of real pictures go
    together, so that each part takes its bits from all over.
    """
    return [sum(1 << place for place in range(part, BITS, bits + 1)) for part in range(bits + 1)]


def _first_of(sharing: Sequence[Sequence[int]], album: Album, alike: Alike, new: int) -> int:
    """Return the earliest picture that is the new one, or the new one itself; each list is in order of time."""
    first = new
    for others in sharing:
        for old in others:
            if old >= first:
                break
            if alike.is_again(album, old, new):
                first = old
                break
    return first
