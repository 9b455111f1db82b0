"""The ledger as a few lists in memory: what every sequence of grants, sales and reversals must come to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

GRACE_DAYS = 3


@dataclass
class Lot:
    """Points of one origin and one last good day."""

    id: int
    funder: int
    expires_on: date
    remaining: int
    parent: int | None = None
    # Points of a programme whose points move when they end; those that moved pay for no meal.
    rolls: bool = False
    moved: bool = False


@dataclass
class Line:
    """A posting of a sale, and how much of it came back."""

    lot: Lot | None
    fen: int
    back: int = 0


@dataclass
class Given:
    """A grant, and how much of it was claimed back."""

    lot: Lot
    fen: int
    claimed: int = 0


@dataclass
class Book:
    """One payer's lots and sales."""

    lots: list[Lot] = field(default_factory=list)
    sales: list[list[Line]] = field(default_factory=list)

    @property
    def balance(self) -> int:
        """Return all points, those that expired unswept too."""
        return sum(lot.remaining for lot in self.lots)

    def put(
        self,
        funder: int,
        expires_on: date,
        fen: int,
        *,
        parent: int | None = None,
        rolls: bool = False,
        moved: bool = False,
    ) -> Lot:
        """Add points to the lot of these terms, or to a new one."""
        for lot in self.lots:
            if (lot.funder, lot.expires_on, lot.parent, lot.rolls, lot.moved) == (
                funder,
                expires_on,
                parent,
                rolls,
                moved,
            ):
                lot.remaining += fen
                return lot
        self.lots.append(Lot(len(self.lots) + 1, funder, expires_on, fen, parent, rolls, moved))
        return self.lots[-1]

    def sweep(self, on: date, later: Callable[[date], date]) -> tuple[int, int]:
        """Take points out of lots that ended before a day, or move them; return what was lost and what was moved."""
        lost = moved = 0
        for lot in [lot for lot in self.lots if lot.expires_on < on and lot.remaining]:
            if lot.rolls and not lot.moved:
                self.put(lot.funder, later(lot.expires_on), lot.remaining, parent=lot.id, rolls=True, moved=True)
                moved += lot.remaining
            else:
                lost += lot.remaining
            lot.remaining = 0
        return lost, moved

    def spend(self, points: int, legs: list[int], on: date) -> bool:
        """Take points from what ends first, all or nothing."""
        lines, left = [], points
        for lot in sorted(self.lots, key=lambda lot: (lot.expires_on, lot.id)):
            taken = min(left, lot.remaining) if lot.expires_on >= on and not lot.moved else 0
            if taken:
                lines.append(Line(lot, taken))
                left -= taken
        if left:
            return False
        for line in lines:
            assert line.lot is not None
            line.lot.remaining -= line.fen
        self.sales.append(lines + [Line(None, fen) for fen in legs])
        return True

    def claim(self, given: Given, fen: int) -> str:
        """Claim back a grant: what is left of its lot, then what was spent of it."""
        spent = sum(line.fen - line.back for sale in self.sales for line in sale if line.lot is given.lot)
        claim = min(fen, given.fen - given.claimed)
        from_lot = min(claim, given.lot.remaining)
        owed = min(claim - from_lot, spent)
        if not from_lot + owed:
            return "nothing_left"
        given.lot.remaining -= from_lot
        given.claimed += from_lot + owed
        return "booked"

    def give_back(self, sale: list[Line], parts: dict[int, int] | None, on: date) -> str:
        """Give back all that is left of a sale, or parts of its lines."""
        if all(line.back == line.fen for line in sale):
            return "already_reversed"
        backs = {n: line.fen - line.back for n, line in enumerate(sale)} if parts is None else parts
        if any(sale[n].back + fen > sale[n].fen for n, fen in backs.items()):
            return "refund_exceeds_spend"
        for n in sorted(backs):
            line, fen = sale[n], backs[n]
            line.back += fen
            if line.lot is not None and fen:
                if line.lot.expires_on >= on:
                    line.lot.remaining += fen
                else:
                    until = on + timedelta(days=GRACE_DAYS)
                    self.put(line.lot.funder, until, fen, parent=line.lot.id, rolls=line.lot.rolls)
        return "booked"
