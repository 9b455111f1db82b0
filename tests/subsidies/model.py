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
    # Of claims on points already spent: fen by the lot that the grant went into.
    owed: dict[int, int] = field(default_factory=dict)

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

    def root(self, lot: Lot) -> Lot:
        """Return the lot that another one came out of at first."""
        while lot.parent is not None:
            lot = self.lots[lot.parent - 1]
        return lot

    def claim(self, given: Given, fen: int) -> str:
        """Claim back a grant: what is left of its lot and of those that came out of it, then what was spent of it."""
        line = [lot for lot in self.lots if self.root(lot) is given.lot]
        sold = [part for sale in self.sales for part in sale if part.lot in line]
        owing = self.owed.get(given.lot.id, 0)
        left = min(fen, given.fen - given.claimed)
        owed = max(min(left - sum(lot.remaining for lot in line), sum(s.fen - s.back for s in sold) - owing), 0)
        claimed = owed
        for lot in sorted(line, key=lambda lot: (lot is not given.lot, lot.expires_on, lot.id)):
            taken = min(left, lot.remaining)
            lot.remaining -= taken
            left -= taken
            claimed += taken
        self.owed[given.lot.id] = owing + owed
        given.claimed += claimed
        return "booked" if claimed else "nothing_left"

    def offset(self, lot: Lot, fen: int) -> None:
        """Let points that came back pay what is owed of them."""
        root = self.root(lot)
        paid = min(fen, self.owed.get(root.id, 0))
        lot.remaining -= paid
        self.owed[root.id] = self.owed.get(root.id, 0) - paid

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
                back = line.lot
                if back.expires_on >= on:
                    back.remaining += fen
                else:
                    until = on + timedelta(days=GRACE_DAYS)
                    back = self.put(back.funder, until, fen, parent=back.id, rolls=back.rolls, moved=back.moved)
                self.offset(back, fen)
        return "booked"
