"""What the ledger's pages show beside plain rows: groups, words, documents behind a transaction."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.areas.queries import name_places
from app.auth import Actor
from app.auth import queries as accounts
from app.errors import NotFound
from app.policies import queries as policies
from app.web.language import current_language
from subsidies import queries, wording
from subsidies.desk import behind
from subsidies.desk.behind import Signed
from subsidies.findings.panels import about_panel
from subsidies.findings.registry import SourceView
from subsidies.models import LedgerCheck
from subsidies.queries import Booked, MovementView, Recomputed, TrialBalance, TrialLine
from subsidies.wording import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One transaction with the words, documents and other transactions around it."""

    movement: MovementView
    steps: Sequence[str]
    documents: Sequence[Mapping[str, Any]]
    asked_by: str
    reversed_by: Sequence[UUID]
    hash_right: bool
    again: Recomputed | None
    can_recompute: bool
    signed: Signed | None
    sale: SourceView | None
    findings: str


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts of one kind, and what they come to together."""

    kind: str | None
    lines: Sequence[TrialLine]

    @property
    def total(self) -> TrialLine:
        """Return the sum of the group."""
        return TrialLine(None, sum(line.debit_fen for line in self.lines), sum(line.credit_fen for line in self.lines))


@dataclass(frozen=True, slots=True)
class Checked:
    """When the whole ledger was last verified, and what came of it."""

    at: datetime
    transactions: int
    faults: Sequence[str]


def pick(explanation: Explanation) -> Sequence[str]:
    """Return the lines of the page's language."""
    return explanation.get(current_language(), ())


def pick_title(title: Mapping[str, str]) -> str:
    """Return a document's title in the page's language."""
    return title.get(current_language()) or title.get("zh", "")


WORDS: Mapping[str, Any] = {
    "kind_names": wording.ACCOUNT_KIND_NAMES,
    "movement_names": wording.MOVEMENT_NAMES,
    "pick": pick,
    "pick_title": pick_title,
}


def explain_transaction(session: Session, *, home: int, txn_id: UUID, actor: Actor, again: bool = False) -> Explained:
    """Gather what a transaction was decided by, who signed it, and what followed from it.

    :param actor: whoever reads: runs, sales and findings are shown as far as they may be opened
    :param again: decide it again too, from the facts that were kept
    :raises NotFound: if the book has none with this id
    """
    movement = queries.get_transaction(session, home=home, txn_id=txn_id)
    return Explained(
        movement=movement,
        steps=pick(movement.explanation),
        documents=list(_documents(session, movement.cause.get("policies", ()))),
        asked_by=_name_of(session, movement.actor),
        reversed_by=queries.list_reversals(session, home=home, txn_id=txn_id),
        hash_right=queries.is_hash_right(session, movement),
        again=queries.recompute(session, _booked(movement)) if again else None,
        can_recompute=queries.can_recompute(movement.cause) and movement.kind != "reversal",
        signed=behind.find_signed(session, home=home, cause=movement.cause, actor=actor),
        sale=behind.find_sale(session, home=home, kind=movement.kind, txn_id=txn_id, actor=actor),
        findings=about_panel(session, kinds=("transaction", behind.SALE), ref=str(txn_id), actor=actor),
    )


def _booked(movement: MovementView) -> Booked:
    return Booked(
        home=movement.home,
        id=movement.id,
        kind=movement.kind,
        cause=movement.cause,
        amount_fen=abs(movement.change_fen),
    )


def group_lines(balance: TrialBalance) -> list[Group]:
    """Put accounts that moved into groups of one kind, in the order of the kinds."""
    order = list(wording.ACCOUNT_KIND_NAMES)
    moved = [line for line in balance.lines if line.debit_fen or line.credit_fen]
    placed = sorted(moved, key=lambda line: order.index(line.account.kind) if line.account else len(order))
    return [
        Group(kind, list(lines)) for kind, lines in groupby(placed, lambda x: x.account.kind if x.account else None)
    ]


def name_places_of(session: Session, balance: TrialBalance) -> Mapping[str, str]:
    """Return the names of the places whose accounts moved, in the reader's language."""
    codes = {line.account.area_code for line in balance.lines if line.account and line.account.area_code}
    return {code: names[current_language()] for code, names in name_places(session, codes).items()}


def describe_check(check: LedgerCheck | None) -> Checked | None:
    """Return the last verification as shown."""
    return Checked(check.finished_at, check.transactions, tuple(check.faults)) if check else None


def last_of_month(day: date) -> date:
    """Return the last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def neighbours(day: date) -> tuple[date, date]:
    """Return the last day of the month before, and the first of the one after."""
    return day.replace(day=1) - timedelta(days=1), last_of_month(day) + timedelta(days=1)


def _documents(session: Session, ids: Any) -> Iterable[Mapping[str, Any]]:
    for policy_id in ids if isinstance(ids, list) else ():
        with suppress(NotFound):
            policy = policies.get_policy(session, policy_id)
            yield {"id": policy.id, "title": policy.title, "valid_from": policy.valid_from}


def _name_of(session: Session, actor: str) -> str:
    name: str = actor or _("the product itself")
    if actor.isdigit():
        name = _("account %(number)s", number=actor)
        with suppress(NotFound):
            name = accounts.get_account(session, account_id=int(actor)).name
    return name
