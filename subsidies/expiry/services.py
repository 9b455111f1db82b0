"""Taking ended points out of wallets, a few lots at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.tokens import new_id
from subsidies import services as ledger
from subsidies.expiry.queries import EndedLot
from subsidies.expiry.rules import Rollover, end_of, find_destination
from subsidies.ledger import calls
from subsidies.ledger.calls import plain_json
from subsidies.models import Account

EXPIRE = text(
    "SELECT place, outcome, txn_id, amount_fen FROM ledger.expire_many("
    " CAST(:homes AS bigint[]), CAST(:lots AS bigint[]), CAST(:txns AS uuid[]), CAST(:purposes AS text[]),"
    " CAST(:until AS date[]), CAST(:causes AS text[]), CAST(:occurred_at AS timestamptz[]), :on, :actor, :device, :now)"
)


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of some ended lots: how many were booked, what was lost or moved, how many a sale held."""

    booked: int = 0
    busy: int = 0
    lost_fen: int = 0
    moved_fen: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.booked + other.booked,
            self.busy + other.busy,
            self.lost_fen + other.lost_fen,
            self.moved_fen + other.moved_fen,
        )


def expire_points(
    session: Session,
    *,
    ended: Sequence[EndedLot],
    rollovers: Mapping[str, Sequence[Rollover]],
    on: date,
    now: datetime,
    actor: str = "",
    device: str = "",
) -> Swept:
    """Book what is left of ended lots as lost, or as moved where the programme says so; each lot once.

    Lots whose payer is at a till just now are left for the next time. A lot that is empty meanwhile, or
    still good on ``on``, is passed over.

    :param on: the day it is; a lot is good until the end of its last day
    """
    open_accounts(session, {lot.funder for lot in ended})
    goals = [
        find_destination(rollovers, programme=lot.programme, purpose=lot.purpose, expires_on=lot.expires_on)
        for lot in ended
    ]
    asked = {
        "homes": [lot.home for lot in ended],
        "lots": [lot.id for lot in ended],
        "txns": [new_id() for _ in ended],
        "purposes": [goal.purpose if goal else None for goal in goals],
        "until": [goal.expires_on if goal else None for goal in goals],
        "causes": [_cause(goal.document_id if goal else None) for goal in goals],
        "occurred_at": [end_of(lot.expires_on) for lot in ended],
        "on": on,
        "actor": actor,
        "device": device,
        "now": now,
    }
    rows = calls.ask_many(session, EXPIRE, asked)
    return _sum_up(rows, [goal is not None for goal in goals])


def open_accounts(session: Session, funders: Iterable[int]) -> None:
    """Open where they are missing the accounts that points of these funders end on."""
    for funder in session.scalars(select(Account).where(Account.id.in_(sorted(funders)))):
        ledger.open_account(
            session,
            kind="expired",
            area_code=funder.area_code,
            owner_ref=f"expired:{funder.id}",
            name=f"{funder.name}到期的分",
        )


def _cause(document_id: int | None) -> str | None:
    return plain_json({"what": "expiry", "policies": [document_id] if document_id else []})


def _sum_up(rows: Iterable[Any], moved: Sequence[bool]) -> Swept:
    done = Swept()
    for row in rows:
        if row.outcome == "booked":
            fen = row.amount_fen
            goes = moved[row.place - 1]
            done += Swept(booked=1, lost_fen=0 if goes else fen, moved_fen=fen if goes else 0)
        done += Swept(busy=int(row.outcome == "busy"))
    return done
