"""What a payer holds, how it came about, and why: wallets, statements, one transaction."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, case, cast, func, select, text
from sqlalchemy.orm import Session, aliased

from app.areas.queries import name_places
from app.errors import NotFound
from subsidies.ledger.canonical import Line, Movement, Terms, canonical_text, chain_hash
from subsidies.models import FUNDERS, WALLET, Account, Book, Idem, Lot, Posting, Txn
from subsidies.wording import Explanation, PlaceNames, Told, account_name, explain, places_in

ANY_PURPOSE = "any"
GOOD_POINTS = text(
    """
    SELECT coalesce(sum(l.remaining_fen), 0)::bigint
      FROM unnest(CAST(:homes AS bigint[]), CAST(:days AS date[]), CAST(:services AS text[]))
           WITH ORDINALITY AS a (home, on_day, service, n)
      LEFT JOIN ledger.lot AS l ON l.home = a.home AND l.expires_on >= a.on_day AND l.remaining_fen > 0
           AND (l.purpose = 'any' OR a.service = ANY (string_to_array(l.purpose, '.')))
     GROUP BY a.n ORDER BY a.n
    """
)
# The letters as stored: they are what the hash covers.
CAUSE_TEXT = cast(Txn.cause, Text).label("cause_text")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """Points of one origin that are still there."""

    id: int
    funder: Any
    funder_kind: str
    programme: str
    purpose: str
    granted_fen: int
    remaining_fen: int
    expires_on: date
    parent_lot: int | None
    # What the lot's points were for before they ended and moved; nothing for others.
    moved_from: str | None = None

    def pays_for(self, service: str) -> bool:
        """Say whether these points may pay for a service; the database decides the same when they are spent."""
        return self.purpose == ANY_PURPOSE or service in self.purpose.split(".")


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a payer may spend on a day, and where it comes from; earliest last good day first."""

    home: int
    on: date
    lots: Sequence[LotView]

    @property
    def balance_fen(self) -> int:
        """Return the points that are good on the day."""
        return sum(lot.remaining_fen for lot in self.lots)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingView:
    """A posting with the names of its accounts and the terms of its lot."""

    n: int
    debit: int
    credit: int
    debit_name: Any
    credit_name: Any
    debit_kind: str
    credit_kind: str
    amount_fen: int
    lot_id: int | None
    undoes: int | None
    terms: Terms | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementView:
    """A transaction with all that explains it."""

    home: int
    id: UUID
    seq: int
    kind: str
    reverses: UUID | None
    occurred_at: datetime
    booked_at: datetime
    actor: str
    device: str
    balance_fen: int
    answer: bytes
    cause: Mapping[str, Any]
    cause_text: str
    hash: str
    postings: Sequence[PostingView]
    places: PlaceNames

    @property
    def change_fen(self) -> int:
        """Return what the payer's points gained, negative for what they lost."""
        return sum(line.amount_fen * ((line.credit == WALLET) - (line.debit == WALLET)) for line in self.postings)

    @property
    def public_fen(self) -> int:
        """Return what funders paid beside points, negative where it went back to them."""
        return sum(
            line.amount_fen * ((line.debit_kind in FUNDERS) - (line.credit_kind in FUNDERS))
            for line in self.postings
            if WALLET not in (line.debit, line.credit)
        )

    @property
    def explanation(self) -> Explanation:
        """Tell in both languages what happened and why."""
        given = [line.terms for line in self.postings if line.terms and line.credit == WALLET]
        ended = [line for line in self.postings if self.kind == "expiry" and line.debit == WALLET]
        return explain(
            Told(
                kind=self.kind,
                cause=self.cause,
                change_fen=self.change_fen,
                public_fen=self.public_fen,
                good_until=sorted({terms.expires_on for terms in given}),
                ended_fen=sum(line.amount_fen for line in ended),
                ended_on=[line.terms.expires_on for line in ended if line.terms],
                places=self.places,
            )
        )


@dataclass(frozen=True, slots=True)
class Movements:
    """Some movements, newest first, and the cursor of the next page."""

    items: Sequence[MovementView]
    next: int | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a key was answered, and the fingerprint of what was asked."""

    outcome: str
    txn_id: UUID | None
    balance_fen: int
    response: Any
    fingerprint: bytes


def get_wallet(session: Session, *, home: int, on: date) -> Wallet:
    """Return what a payer may spend on a day; whoever never had points has an empty wallet."""
    parent = aliased(Lot)
    moved_from = case((parent.purpose != Lot.purpose, parent.purpose))
    query = (
        select(
            Lot.id,
            Account.kind,
            Account.name,
            Lot.programme,
            Lot.purpose,
            Lot.granted_fen,
            Lot.remaining_fen,
            Lot.expires_on,
            Lot.parent_lot,
            moved_from.label("moved_from"),
        )
        .join(Account, Account.id == Lot.funder)
        .outerjoin(parent, (parent.home == Lot.home) & (parent.id == Lot.parent_lot))
        .where(Lot.home == home, Lot.expires_on >= on, Lot.remaining_fen > 0)
        .order_by(Lot.expires_on, Lot.id)
    )
    return Wallet(home, on, [_lot(row) for row in session.execute(query)])


def list_movements(session: Session, *, home: int, after: int | None = None, limit: int = 50) -> Movements:
    """Return what happened to a payer's book, newest first.

    :param after: the last number of the page before
    """
    query = select(Txn, CAUSE_TEXT).where(Txn.home == home)
    if after is not None:
        query = query.where(Txn.seq < after)
    rows = session.execute(query.order_by(Txn.seq.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    postings = _postings(session, home, [txn.id for txn, _cause in shown])
    places = _places(session, [txn for txn, _cause in shown])
    items = [_movement(txn, cause, postings[txn.id], places) for txn, cause in shown]
    return Movements(items, items[-1].seq if len(rows) > limit else None)


def view_movements(session: Session, *, home: int, txns: Sequence[Txn]) -> Sequence[MovementView]:
    """Tell some movements of a payer's book with their postings and places; their texts as stored are left out."""
    postings, places = _postings(session, home, [txn.id for txn in txns]), _places(session, txns)
    return [_movement(txn, "", postings[txn.id], places) for txn in txns]


def list_movements_between(session: Session, *, home: int, since: datetime, until: datetime) -> Sequence[MovementView]:
    """Return what happened to a payer's book from one moment until before another, newest first."""
    query = select(Txn, CAUSE_TEXT).where(Txn.home == home, Txn.occurred_at >= since, Txn.occurred_at < until)
    rows = session.execute(query.order_by(Txn.seq.desc())).all()
    postings = _postings(session, home, [txn.id for txn, _cause in rows])
    places = _places(session, [txn for txn, _cause in rows])
    return [_movement(txn, cause, postings[txn.id], places) for txn, cause in rows]


def sum_wallets(session: Session, *, homes: Collection[int], on: date, of: Callable[[str], bool]) -> Mapping[int, int]:
    """Return what each of some payers may spend on a day; whoever has nothing is left out.

    :param of: says of a purpose whether its points count
    """
    query = select(Lot.home, Lot.purpose, func.sum(Lot.remaining_fen)).where(
        Lot.home.in_(sorted(homes)), Lot.expires_on >= on, Lot.remaining_fen > 0
    )
    found: Counter[int] = Counter()
    for home, purpose, fen in session.execute(query.group_by(Lot.home, Lot.purpose)):
        if of(purpose):
            found[home] += int(fen)
    return found


def sum_good_points(session: Session, *, asked: Sequence[tuple[int, date, str]]) -> Sequence[int]:
    """Return what each of some payers may spend on a day for a service, in the order they were asked for."""
    homes, days, services = zip(*asked, strict=True) if asked else ((), (), ())
    lists = {"homes": list(homes), "days": list(days), "services": list(services)}
    return [int(fen) for fen in session.scalars(GOOD_POINTS, lists)]


def get_transaction(session: Session, *, home: int, txn_id: UUID) -> MovementView:
    """Return one transaction.

    :raises NotFound: if the book has none with this id
    """
    row = session.execute(select(Txn, CAUSE_TEXT).where(Txn.home == home, Txn.id == txn_id)).one_or_none()
    if row is None:
        raise NotFound
    return _movement(row[0], row[1], _postings(session, home, [txn_id])[txn_id], _places(session, [row[0]]))


def list_reversals(session: Session, *, home: int, txn_id: UUID) -> Sequence[UUID]:
    """Return the transactions that reverse another one, in the order of booking."""
    query = select(Txn.id).where(Txn.home == home, Txn.reverses == txn_id).order_by(Txn.seq)
    return session.scalars(query).all()


def is_hash_right(session: Session, movement: MovementView) -> bool:
    """Compute a transaction's hash from what is shown, and compare it with the stored one."""
    before = session.scalar(select(Txn.hash).where(Txn.home == movement.home, Txn.seq == movement.seq - 1))
    if before is None and movement.seq > 1:
        return False
    return chain_hash(before or b"", _as_hashed(movement)).hex() == movement.hash


def list_canonical_texts(session: Session, *, home: int, first: int, last: int) -> list[str]:
    """Return what the hashes of some numbers of a book cover, in order."""
    query = select(Txn, CAUSE_TEXT).where(Txn.home == home, Txn.seq.between(first, last)).order_by(Txn.seq)
    rows = session.execute(query).all()
    postings = _postings(session, home, [txn.id for txn, _cause in rows])
    return [canonical_text(_as_hashed(_movement(txn, cause, postings[txn.id], {}))) for txn, cause in rows]


def find_answer(session: Session, *, home: int, key: str) -> StoredAnswer | None:
    """Return what a key was answered for a payer, or nothing."""
    query = select(Idem.outcome, Idem.txn_id, Idem.balance_fen, Idem.response, Idem.fingerprint)
    row = session.execute(query.where(Idem.home == home, Idem.key == key)).one_or_none()
    return StoredAnswer(*row) if row else None


def has_book(session: Session, *, home: int) -> bool:
    """Say whether a payer ever had anything booked or answered."""
    return session.scalar(select(Book.home).where(Book.home == home)) is not None


def _lot(row: Row[Any]) -> LotView:
    return LotView(
        id=row.id,
        funder=account_name(row.kind, row.name),
        funder_kind=row.kind,
        programme=row.programme,
        purpose=row.purpose,
        granted_fen=row.granted_fen,
        remaining_fen=row.remaining_fen,
        expires_on=row.expires_on,
        parent_lot=row.parent_lot,
        moved_from=row.moved_from,
    )


def _postings(session: Session, home: int, txn_ids: Iterable[UUID]) -> dict[UUID, list[PostingView]]:
    debit, credit = aliased(Account), aliased(Account)
    ids = list(txn_ids)
    query = (
        select(Posting, debit, credit, Lot)
        .outerjoin(debit, debit.id == Posting.debit)
        .outerjoin(credit, credit.id == Posting.credit)
        .outerjoin(Lot, (Lot.home == Posting.home) & (Lot.id == Posting.lot_id))
        .where(Posting.home == home, Posting.txn_id.in_(ids))
        .order_by(Posting.txn_id, Posting.n)
    )
    found: dict[UUID, list[PostingView]] = {txn_id: [] for txn_id in ids}
    for posting, giver, taker, lot in session.execute(query) if ids else ():
        found[posting.txn_id].append(_posting(posting, giver, taker, lot))
    return found


def _posting(posting: Posting, giver: Account, taker: Account, lot: Lot | None) -> PostingView:
    return PostingView(
        n=posting.n,
        debit=posting.debit,
        credit=posting.credit,
        debit_name=account_name(giver.kind, giver.name),
        credit_name=account_name(taker.kind, taker.name),
        debit_kind=giver.kind,
        credit_kind=taker.kind,
        amount_fen=posting.amount_fen,
        lot_id=posting.lot_id,
        undoes=posting.undoes,
        terms=Terms(lot.funder, lot.programme, lot.purpose, lot.expires_on, lot.parent_lot) if lot else None,
    )


def _places(session: Session, txns: Iterable[Txn]) -> PlaceNames:
    """Name the places that the causes of some transactions speak of; most speak of none."""
    return name_places(session, {code for txn in txns if isinstance(txn.cause, dict) for code in places_in(txn.cause)})


def _movement(txn: Txn, cause_text: str, postings: Sequence[PostingView], places: PlaceNames) -> MovementView:
    return MovementView(
        home=txn.home,
        id=txn.id,
        seq=txn.seq,
        kind=txn.kind,
        reverses=txn.reverses,
        occurred_at=txn.occurred_at,
        booked_at=txn.booked_at,
        actor=txn.actor,
        device=txn.device,
        balance_fen=txn.balance_fen,
        answer=txn.answer,
        cause=txn.cause if isinstance(txn.cause, dict) else {},
        cause_text=cause_text,
        hash=txn.hash.hex(),
        postings=postings,
        places=places,
    )


def _as_hashed(movement: MovementView) -> Movement:
    lines = [
        Line(line.debit, line.credit, line.amount_fen, line.lot_id, line.undoes, line.terms)
        for line in movement.postings
    ]
    return Movement(
        home=movement.home,
        seq=movement.seq,
        id=movement.id,
        kind=movement.kind,
        reverses=movement.reverses,
        occurred_at=movement.occurred_at,
        booked_at=movement.booked_at,
        actor=movement.actor,
        device=movement.device,
        balance_fen=movement.balance_fen,
        answer=movement.answer,
        lines=lines,
        cause=movement.cause_text,
    )
