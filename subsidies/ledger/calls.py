"""The calls of the ledger's functions in the database: one round trip each, outcomes as values."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import ask as ask_driver
from app.idempotency import InFlight, KeyReused

LOCK_TIMEOUT, UNIQUE_VIOLATION = "55P03", "23505"
# A second payer with the same key or the same id, at the same moment: both see neither, one is first.
ONE_OF_EACH = frozenset({"pk_idem", "pk_txn"})

ANSWER = "SELECT outcome, txn_id, balance_fen, response, replayed FROM"
SPEND = (
    f"{ANSWER} ledger.spend(%(home)s, %(key)s, %(fingerprint)s, %(txn_id)s, %(merchant)s, %(points_fen)s, %(purpose)s,"
    " %(funders)s::bigint[], %(shares_fen)s::bigint[], %(cause)s::json, %(response)s::json,"
    " %(actor)s, %(device)s, %(occurred_at)s, %(occurred_on)s, %(now)s)"
)
REVERSE = (
    f"{ANSWER} ledger.reverse(%(home)s, %(key)s, %(fingerprint)s, %(txn_id)s, %(reverses)s, %(lines)s::integer[],"
    " %(amounts_fen)s::bigint[], %(grace_days)s, %(cause)s::json, %(response)s::json,"
    " %(actor)s, %(device)s, %(occurred_at)s, %(occurred_on)s, %(now)s)"
)
CLAW_BACK = (
    f"{ANSWER} ledger.claw_back(%(home)s, %(key)s, %(fingerprint)s, %(txn_id)s, %(grant)s, %(amount_fen)s,"
    " %(receivable)s, %(cause)s::json, %(response)s::json, %(actor)s, %(device)s, %(occurred_at)s, %(now)s)"
)
REMEMBER = f"{ANSWER} ledger.answer(%(home)s, %(key)s, %(fingerprint)s, %(outcome)s, %(response)s::json, %(now)s)"
# One after the other, in the order they are given: each finds what those before it left.
SPEND_MANY = text(
    """
    SELECT a.outcome, a.txn_id, a.balance_fen, a.response, a.replayed
      FROM unnest(
               CAST(:homes AS bigint[]), CAST(:keys AS text[]), CAST(:fingerprints AS bytea[]), CAST(:txns AS uuid[]),
               CAST(:merchants AS bigint[]), CAST(:points_fen AS bigint[]), CAST(:purposes AS text[]),
               CAST(:funders AS text[]), CAST(:shares_fen AS text[]), CAST(:causes AS text[]),
               CAST(:responses AS text[]), CAST(:occurred_at AS timestamptz[]), CAST(:occurred_on AS date[])
           ) WITH ORDINALITY AS s (home, key, fingerprint, txn, merchant, points_fen, purpose, funders, shares_fen,
                                   cause, response, occurred_at, occurred_on, place)
     CROSS JOIN LATERAL ledger.spend(
               s.home, s.key, s.fingerprint, s.txn, s.merchant, s.points_fen, s.purpose,
               CAST(s.funders AS bigint[]), CAST(s.shares_fen AS bigint[]), CAST(s.cause AS json),
               CAST(s.response AS json), :actor, :device, s.occurred_at, s.occurred_on, :now
           ) AS a
     ORDER BY s.place
    """
)
GRANT = text(
    "SELECT place, outcome, txn_id, balance_fen, replayed FROM ledger.grant_many("
    " CAST(:homes AS bigint[]), CAST(:keys AS text[]), CAST(:txns AS uuid[]), CAST(:funders AS bigint[]),"
    " CAST(:programmes AS text[]), CAST(:purposes AS text[]), CAST(:amounts_fen AS bigint[]),"
    " CAST(:expires_on AS date[]), CAST(:causes AS text[]), :actor, :device, :occurred_at, :now)"
)
OPEN_ACCOUNT = text("SELECT ledger.open_account(:kind, :area_code, :owner_ref, :name)")
# In the order of their payers, as everybody who locks several does.
OPEN_BOOKS = text(
    "SELECT count(*) FROM (SELECT home FROM unnest(CAST(:homes AS bigint[])) AS h (home) ORDER BY home) AS h,"
    " LATERAL ledger.open_book(h.home)"
)
OPEN_BOOK = text("SELECT balance_fen FROM ledger.open_book(:home)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a key was answered, the first time or again."""

    outcome: str
    txn_id: UUID | None
    balance_fen: int
    response: Any
    replayed: bool

    @property
    def is_booked(self) -> bool:
        """Say whether points or money moved."""
        return self.txn_id is not None


def ask(session: Session, statement: str, asked: Mapping[str, Any]) -> Answer:
    """Call a function that answers one key.

    :raises KeyReused: if the key came before with other content, or for another payer
    :raises InFlight: if another request holds this payer's book for too long
    """
    with told_plainly():
        answer = Answer(*ask_driver(session, statement, asked))
    if answer.outcome == "key_reused":
        raise KeyReused
    return answer


def ask_many(session: Session, statement: TextClause, asked: Mapping[str, Any]) -> list[Row[Any]]:
    """Call a function that answers many keys.

    :raises KeyReused: if a key was used for another payer at the same moment
    """
    with told_plainly():
        return list(session.execute(statement, asked).all())


def plain_json(document: Any) -> str | None:
    """Write a document the way it is stored and hashed; nothing stays nothing."""
    return None if document is None else json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)


def plain_array(numbers: Iterable[int]) -> str:
    """Write numbers as the database reads an array: of many at once each may have another length."""
    return f"{{{','.join(map(str, numbers))}}}"


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn the database's refusals that a caller can act on into ours."""
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == LOCK_TIMEOUT:
            raise InFlight from error
        if state == UNIQUE_VIOLATION and error.orig.diag.constraint_name in ONE_OF_EACH:  # type: ignore[union-attr]
            raise KeyReused from error
        raise
