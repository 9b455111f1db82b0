"""Points of somebody who leaves: they lapse, return to who paid for them, or are given again after a mistake."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.people.turns import Turn
from app.tokens import digest, new_id
from subsidies import services as ledger
from subsidies.expiry.services import EXPIRE, open_accounts
from subsidies.ledger import calls
from subsidies.ledger.calls import plain_json
from subsidies.models import WALLET, Lot, Posting, Txn

CAUSE = "turn"
DEAD_WITH_POINTS = text(
    """
    SELECT t.senior_id FROM senior_status AS t
     WHERE t.status = 'deceased'
       AND EXISTS (SELECT FROM ledger.lot AS l
                    WHERE l.home = t.senior_id AND l.remaining_fen > 0 AND l.expires_on >= :on)
     ORDER BY t.senior_id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of a lot: whose money it is, of which programme, for what, until when."""

    lot: int
    funder: int
    programme: str
    purpose: str
    amount_fen: int
    expires_on: date

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "expires_on": self.expires_on.isoformat()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Left":
        """Return it from plain JSON."""
        return cls(**{**plain, "expires_on": date.fromisoformat(plain["expires_on"])})


def list_left(session: Session, *, home: int, on: date) -> list[Left]:
    """Return what is left of a payer's lots that are still good on a day."""
    query = select(Lot).where(Lot.home == home, Lot.remaining_fen > 0, Lot.expires_on >= on).order_by(Lot.id)
    found = session.scalars(query.execution_options(populate_existing=True))
    return [
        Left(
            lot=each.id,
            funder=each.funder,
            programme=each.programme,
            purpose=each.purpose,
            amount_fen=each.remaining_fen,
            expires_on=each.expires_on,
        )
        for each in found
    ]


def list_dead_with_points(session: Session, on: date) -> Collection[int]:
    """Return the dead who have points by now: a run that was decided before the death granted them, for one."""
    return session.scalars(DEAD_WITH_POINTS, {"on": on}).all()


def lapse(session: Session, left: Sequence[Left], *, turn: Turn) -> None:
    """Book what is left as ended: for whom nothing more is bought, the last good day has come.

    The ledger ends lots whose last good day is over. Here the day asked for lies behind all of them.
    """
    if not left:
        return
    open_accounts(session, {each.funder for each in left})
    after = max(each.expires_on for each in left) + timedelta(days=1)
    asked = {
        "homes": [turn.senior_id for _each in left],
        "lots": [each.lot for each in left],
        "txns": [new_id() for _each in left],
        "purposes": [None for _each in left],
        "until": [None for _each in left],
        "causes": [plain_json(_cause(turn)) for _each in left],
        "occurred_at": [turn.now for _each in left],
        "on": after,
        "actor": str(turn.by.account_id),
        "device": turn.by.device,
        "now": turn.now,
    }
    calls.ask_many(session, EXPIRE, asked)


def return_to_funders(session: Session, left: Sequence[Left], *, turn: Turn) -> list[Left]:
    """Claim back what is left of each grant, its offspring too, and return what went; nothing becomes a debt."""
    roots = _roots(session, turn.senior_id)
    by_root: dict[int, list[Left]] = defaultdict(list)
    for each in left:
        by_root[roots[each.lot]].append(each)
    gone: list[Left] = []
    for root, lots in sorted(by_root.items()):
        wanted = sum(each.amount_fen for each in lots)
        went = _claim(session, root, wanted, turn=turn)
        gone += _share(lots, went)
    return gone


def give_again(session: Session, lots: Sequence[Left], *, turn: Turn) -> None:
    """Give points again that went by a mistake: of the same money, for the same, until the same day."""
    grants = [
        ledger.Grant(
            home=turn.senior_id,
            key=f"turn:{turn.id}:again:{each.lot}:{turn.senior_id}",
            funder_account=each.funder,
            programme=each.programme,
            purpose=each.purpose,
            amount_fen=each.amount_fen,
            expires_on=each.expires_on,
            cause={**_cause(turn), "what": "turn_mistaken"},
        )
        for each in lots
    ]
    if grants:
        ledger.grant_points(
            session,
            grants=grants,
            actor=str(turn.by.account_id),
            device=turn.by.device,
            occurred_at=turn.now,
            now=turn.now,
        )


def _roots(session: Session, home: int) -> Mapping[int, int]:
    """Return for each lot the one it came out of at first."""
    rows = session.execute(select(Lot.id, Lot.parent_lot).where(Lot.home == home))
    parents: dict[int, int | None] = {row.id: row.parent_lot for row in rows}

    def root_of(lot: int) -> int:
        parent = parents[lot]
        return lot if parent is None else root_of(parent)

    return {lot: root_of(lot) for lot in parents}


def _claim(session: Session, root: int, wanted_fen: int, *, turn: Turn) -> int:
    """Claim so much back of the grants that filled a lot, the latest first; return how much went."""
    went = 0
    for grant_id, granted_fen in _grants_of(session, turn.senior_id, root):
        if went == wanted_fen:
            break
        before = _claimed(session, turn.senior_id, grant_id)
        asked = min(wanted_fen - went, granted_fen - before)
        if asked <= 0:
            continue
        key = f"turn:{turn.id}:{grant_id}:{before}"
        answer = ledger.claw_back(
            session,
            home=turn.senior_id,
            key=key,
            fingerprint=digest(f"{key} {asked}"),
            txn_id=new_id(),
            grant=grant_id,
            amount_fen=asked,
            cause=_cause(turn),
            response=None,
            actor=str(turn.by.account_id),
            device=turn.by.device,
            occurred_at=turn.now,
            now=turn.now,
        )
        went += asked if answer.outcome == "booked" else 0
    return went


def _grants_of(session: Session, home: int, lot: int) -> Sequence[Any]:
    query = (
        select(Txn.id, Posting.amount_fen)
        .join(Posting, (Posting.home == Txn.home) & (Posting.txn_id == Txn.id))
        .where(Txn.home == home, Txn.kind == "grant", Posting.lot_id == lot, Posting.credit == WALLET)
    )
    return session.execute(query.order_by(Txn.seq.desc())).all()


def _claimed(session: Session, home: int, grant_id: Any) -> int:
    query = (
        select(func.coalesce(func.sum(Posting.amount_fen), 0))
        .join(Txn, (Txn.home == Posting.home) & (Txn.id == Posting.txn_id))
        .where(Txn.home == home, Txn.reverses == grant_id)
    )
    return int(session.scalars(query).one())


def _share(lots: Sequence[Left], went_fen: int) -> list[Left]:
    """Say what went of each lot."""
    found = []
    for each in lots:
        part = min(each.amount_fen, went_fen)
        if part:
            found.append(replace(each, amount_fen=part))
        went_fen -= part
    return found


def _cause(turn: Turn) -> dict[str, Any]:
    return {"what": CAUSE, "turn": turn.id, "kind": str(turn.kind), "from_on": turn.from_on.isoformat()}
