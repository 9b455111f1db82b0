"""Writing the ledger: accounts, grants, spending, reversals, and answers that move nothing; verifying it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.idempotency import KeyReused
from app.tokens import new_id
from subsidies.checking import verify_ledger
from subsidies.ledger import calls
from subsidies.ledger.calls import Answer, plain_json
from subsidies.settlement import services as settlement

__all__ = [
    "Answer",
    "Grant",
    "GrantResult",
    "Spend",
    "answer",
    "claw_back",
    "grant_points",
    "open_account",
    "open_book",
    "open_books",
    "reverse",
    "settlement",
    "spend",
    "spend_many",
    "verify_ledger",
]

ANY_PURPOSE = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Points for one payer. The key makes it happen once: its terms are its content, its cause is not."""

    home: int
    key: str
    funder_account: int
    programme: str
    amount_fen: int
    expires_on: date
    purpose: str = ANY_PURPOSE
    cause: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What one payer spends with a merchant, as ``spend`` takes it."""

    home: int
    key: str
    fingerprint: bytes
    txn_id: UUID
    merchant_account: int
    points_fen: int
    purpose: str
    legs: Sequence[tuple[int, int]]
    cause: Mapping[str, Any]
    response: Any
    occurred_at: datetime
    occurred_on: date


@dataclass(frozen=True, slots=True)
class GrantResult:
    """What came of many grants: how many are new, how many were there before, which keys hold something else."""

    booked: int
    skipped: int
    amount_fen: int
    reused: tuple[str, ...]
    txn_ids: Mapping[str, UUID]


def open_account(
    session: Session, *, kind: str, name: str, area_code: str | None = None, owner_ref: str | None = None
) -> int:
    """Open an account, or find it: there is one for each kind, area and owner."""
    asked = {"kind": kind, "area_code": area_code, "owner_ref": owner_ref, "name": name}
    return int(session.execute(calls.OPEN_ACCOUNT, asked).scalar_one())


def open_book(session: Session, *, home: int) -> int:
    """Open a payer's book where there is none, lock it until the transaction ends, and return its balance in fen.

    :raises InFlight: if another request holds it for too long
    """
    with calls.told_plainly():
        return int(session.execute(calls.OPEN_BOOK, {"home": home}).scalar_one())


def open_books(session: Session, *, homes: Collection[int]) -> None:
    """Open and lock the books of several payers until the transaction ends; a few dozen, or tills wait for them.

    :raises InFlight: if another request holds one of them for too long
    """
    with calls.told_plainly():
        session.execute(calls.OPEN_BOOKS, {"homes": sorted(set(homes))})


def grant_points(
    session: Session,
    *,
    grants: Sequence[Grant],
    actor: str,
    device: str,
    occurred_at: datetime,
    now: datetime,
    cause: Mapping[str, Any] | None = None,
) -> GrantResult:
    """Give points to many payers at once, one transaction for each grant; keys already done are skipped.

    A few thousand at a time keep memory flat and locks short.

    :param cause: what is true of all of them; a grant's own cause is laid over it
    :raises KeyReused: if a key is used for two payers at the same moment
    """
    txns = [new_id() for _ in grants]
    asked = {
        "homes": [grant.home for grant in grants],
        "keys": [grant.key for grant in grants],
        "txns": txns,
        "funders": [grant.funder_account for grant in grants],
        "programmes": [grant.programme for grant in grants],
        "purposes": [grant.purpose for grant in grants],
        "amounts_fen": [grant.amount_fen for grant in grants],
        "expires_on": [grant.expires_on for grant in grants],
        "causes": _write_causes(grants, cause or {}),
        "actor": actor,
        "device": device,
        "occurred_at": occurred_at,
        "now": now,
    }
    return _sum_up(grants, calls.ask_many(session, calls.GRANT, asked))


def spend(
    session: Session,
    *,
    home: int,
    key: str,
    fingerprint: bytes,
    txn_id: UUID,
    merchant_account: int,
    points_fen: int,
    purpose: str,
    legs: Sequence[tuple[int, int]],
    cause: Mapping[str, Any],
    response: Any,
    actor: str,
    device: str,
    occurred_at: datetime,
    occurred_on: date,
    now: datetime,
) -> Answer:
    """Pay a merchant with a payer's points and with funders' money, all of it or nothing.

    Points are taken from the lots that end first. ``booked``, or ``points_exhausted``: a refusal that is
    remembered, so that the key is answered the same way again.

    :param legs: funder account and fen, for what is paid beside points
    :param occurred_on: the business day the lots must still be good on
    :raises KeyReused: if the key came before with other content, or for another payer
    :raises InFlight: if another request holds this payer's book for too long
    """
    funded = [leg for leg in legs if leg[1]]
    asked = {
        "home": home,
        "key": key,
        "fingerprint": fingerprint,
        "txn_id": txn_id,
        "merchant": merchant_account,
        "points_fen": points_fen,
        "purpose": purpose,
        "funders": [account for account, _fen in funded],
        "shares_fen": [fen for _account, fen in funded],
        "cause": plain_json(cause),
        "response": plain_json(response),
        "actor": actor,
        "device": device,
        "occurred_at": occurred_at,
        "occurred_on": occurred_on,
        "now": now,
    }
    return calls.ask(session, calls.SPEND, asked)


def spend_many(session: Session, *, spends: Sequence[Spend], actor: str, device: str, now: datetime) -> list[Answer]:
    """Pay merchants with the points and funders' money of many payers, each as ``spend`` does; a few dozen at a time.

    Answers come in the order of what was asked. Whoever calls has locked the payers' books, in their order.

    :raises KeyReused: if one of the keys came before with other content, or for another payer
    :raises InFlight: if another request holds one of the books for too long
    """
    legs = [[leg for leg in each.legs if leg[1]] for each in spends]
    asked = {
        "homes": [each.home for each in spends],
        "keys": [each.key for each in spends],
        "fingerprints": [each.fingerprint for each in spends],
        "txns": [each.txn_id for each in spends],
        "merchants": [each.merchant_account for each in spends],
        "points_fen": [each.points_fen for each in spends],
        "purposes": [each.purpose for each in spends],
        "funders": [calls.plain_array(account for account, _fen in funded) for funded in legs],
        "shares_fen": [calls.plain_array(fen for _account, fen in funded) for funded in legs],
        "causes": [plain_json(each.cause) for each in spends],
        "responses": [plain_json(each.response) for each in spends],
        "occurred_at": [each.occurred_at for each in spends],
        "occurred_on": [each.occurred_on for each in spends],
        "actor": actor,
        "device": device,
        "now": now,
    }
    answers = [Answer(**row._mapping) for row in calls.ask_many(session, calls.SPEND_MANY, asked)]
    if any(answer.outcome == "key_reused" for answer in answers):
        raise KeyReused
    return answers


def reverse(
    session: Session,
    *,
    home: int,
    key: str,
    fingerprint: bytes,
    txn_id: UUID,
    reverses: UUID,
    grace_days: int,
    cause: Mapping[str, Any],
    response: Any,
    actor: str,
    device: str,
    occurred_at: datetime,
    occurred_on: date,
    now: datetime,
    lines: Sequence[tuple[int, int]] | None = None,
) -> Answer:
    """Give back what a spend took, or take back what a grant gave; never more than is left of each posting.

    Points return to their lots. A lot that ended before ``occurred_on`` stays ended: its points go to a new
    lot that names it and is good for ``grace_days`` more. Refusals are remembered like those of a spend:
    ``txn_unknown``, ``not_reversible``, ``already_reversed``, ``refund_exceeds_spend``, ``points_spent``.

    :param lines: n of a posting and fen to give back of it; all that is left of all of them when left out
    :raises KeyReused: if the key came before with other content, or for another payer
    :raises InFlight: if another request holds this payer's book for too long
    """
    asked = {
        "home": home,
        "key": key,
        "fingerprint": fingerprint,
        "txn_id": txn_id,
        "reverses": reverses,
        "lines": None if lines is None else [n for n, _fen in lines],
        "amounts_fen": None if lines is None else [fen for _n, fen in lines],
        "grace_days": grace_days,
        "cause": plain_json(cause),
        "response": plain_json(response),
        "actor": actor,
        "device": device,
        "occurred_at": occurred_at,
        "occurred_on": occurred_on,
        "now": now,
    }
    return calls.ask(session, calls.REVERSE, asked)


def claw_back(
    session: Session,
    *,
    home: int,
    key: str,
    fingerprint: bytes,
    txn_id: UUID,
    grant: UUID,
    amount_fen: int,
    cause: Mapping[str, Any],
    response: Any,
    actor: str,
    device: str,
    occurred_at: datetime,
    now: datetime,
) -> Answer:
    """Claim back points that were not due: from what is left of their lot, and what was spent as a debt of the payer.

    What expired unused has gone back already. Refusals are remembered: ``txn_unknown``, ``not_a_grant``,
    ``nothing_left``.

    :param grant: the transaction that gave the points
    :raises KeyReused: if the key came before with other content, or for another payer
    :raises InFlight: if another request holds this payer's book for too long
    """
    owner_ref = f"receivable:{home}"
    asked = {
        "home": home,
        "key": key,
        "fingerprint": fingerprint,
        "txn_id": txn_id,
        "grant": grant,
        "amount_fen": amount_fen,
        "receivable": open_account(session, kind="receivable", owner_ref=owner_ref, name=owner_ref),
        "cause": plain_json(cause),
        "response": plain_json(response),
        "actor": actor,
        "device": device,
        "occurred_at": occurred_at,
        "now": now,
    }
    return calls.ask(session, calls.CLAW_BACK, asked)


def answer(
    session: Session, *, home: int, key: str, fingerprint: bytes, outcome: str, response: Any, now: datetime
) -> Answer:
    """Remember an answer that moves nothing: a refusal, or a sale without points and public money.

    :raises KeyReused: if the key came before with other content, or for another payer
    :raises InFlight: if another request holds this payer's book for too long
    """
    asked = {
        "home": home,
        "key": key,
        "fingerprint": fingerprint,
        "outcome": outcome,
        "response": plain_json(response),
        "now": now,
    }
    return calls.ask(session, calls.REMEMBER, asked)


def _write_causes(grants: Sequence[Grant], shared: Mapping[str, Any]) -> list[str | None]:
    """Write the causes as they are stored; one that many grants have in common is written once."""
    written: dict[int, str | None] = {}
    for grant in grants:
        if id(grant.cause) not in written:
            written[id(grant.cause)] = plain_json({**shared, **grant.cause})
    return [written[id(grant.cause)] for grant in grants]


def _sum_up(grants: Sequence[Grant], rows: Sequence[Any]) -> GrantResult:
    done = [(grants[row.place - 1], row) for row in rows if row.outcome == "booked"]
    fresh = [grant for grant, row in done if not row.replayed]
    return GrantResult(
        booked=len(fresh),
        skipped=len(done) - len(fresh),
        amount_fen=sum(grant.amount_fen for grant in fresh),
        reused=tuple(grants[row.place - 1].key for row in rows if row.outcome == "key_reused"),
        txn_ids={grant.key: row.txn_id for grant, row in done},
    )
