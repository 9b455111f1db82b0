"""Everything a sale is decided by, read in one round trip under the lock of the payer's book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import local
from app.db import ask
from app.idempotency import InFlight
from app.people.payment_codes.queries import CodeRead, read_code
from app.people.payment_codes.rules import Fault, is_code
from meals.rules import Diner, Earlier, Taken, Used

# Plain SQL, prepared by the driver: the mapper would cost more than the database.
OPEN = (
    "SELECT senior, canteen, dishes, policies, funders, points_fen, balance_fen, answer, outcome, fingerprint, meals,"
    " month_public_fen, month_subsidised"
    " FROM open_checkout(%(card)s, %(canteen_id)s, %(till_id)s, %(on)s, %(dish_ids)s::bigint[], %(key)s, %(lock)s)"
)
LOCK_TIMEOUT = "55P03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The guest, the canteen, the documents of the day, what is left, and what was answered before."""

    senior: Mapping[str, Any] | None
    canteen: Mapping[str, Any] | None
    dishes: Sequence[Mapping[str, Any]]
    policies: Mapping[str, int]
    points_fen: int
    balance_fen: int
    answer: Mapping[str, Any] | None
    outcome: str | None
    fingerprint: bytes | None
    meals: Sequence[Mapping[str, Any]]
    month: Used
    funders: Mapping[str, int] = field(default_factory=dict)
    shown: CodeRead | Fault | None = None

    @property
    def home(self) -> int:
        """Return the payer's book id, which is the senior's id."""
        assert self.senior is not None
        return int(self.senior["id"])

    @property
    def is_followed(self) -> bool:
        """Say whether somebody may have to be told of what this guest pays."""
        return bool(self.senior and self.senior["followed"])

    def diner(self, on: date) -> Diner:
        """Return the guest as the price rules see her on a day."""
        assert self.senior is not None
        born = date.fromisoformat(self.senior["birth_on"])
        return Diner(
            age=on.year - born.year - ((on.month, on.day) < (born.month, born.day)),
            hukou_area=self.senior["hukou_area"],
            residence_area=self.senior["residence_area"],
            income=self.senior["income"],
            ability=self.senior["ability"],
            living=self.senior["living"],
        )

    def taken(self, window: str | None, canteen_id: int) -> Taken:
        """Return the guest's counters before this sale."""
        same = [meal for meal in self.meals if meal["window"] == window]
        return Taken(
            window=_used(same), day=_used(self.meals), month=self.month, last=_earlier(same or self.meals, canteen_id)
        )

    def free_slot(self, window: str | None) -> int:
        """Return the lowest number that no subsidised meal of this window holds."""
        held = {meal["slot"] for meal in self.meals if meal["window"] == window}
        return next(slot for slot in range(1, len(held) + 2) if slot not in held)


def open_sale(
    session: Session,
    *,
    card: str,
    canteen_id: int,
    till_id: int | None,
    on: date,
    dish_ids: Sequence[int],
    key: str,
    lock: bool,
) -> Opening:
    """Read what a sale is decided by; with ``lock``, nobody else can sell to this guest meanwhile.

    A payment code stands for the card of the person it was made for; only a code is looked up beforehand.

    :raises InFlight: if another request holds this guest's book for too long
    """
    shown = read_code(session, text=card) if is_code(card) else None
    asked = {
        "card": _card_behind(shown) if shown else card,
        "canteen_id": canteen_id,
        "till_id": till_id,
        "on": on,
        "dish_ids": list(dish_ids),
        "key": key,
    }
    try:
        row = ask(session, OPEN, {**asked, "lock": lock})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == LOCK_TIMEOUT:
            raise InFlight from error
        raise
    senior, canteen, dishes, policies, funders, points_fen, balance_fen, answer, outcome, fingerprint, *used = row
    meals, month_public_fen, month_subsidised = used
    return Opening(
        senior=senior,
        canteen=canteen,
        dishes=dishes or (),
        policies=policies or {},
        funders=funders or {},
        points_fen=points_fen,
        balance_fen=balance_fen,
        answer=answer,
        outcome=outcome,
        fingerprint=fingerprint,
        meals=meals or (),
        month=Used(subsidised=month_subsidised, public_fen=month_public_fen),
        shown=shown,
    )


def _card_behind(shown: CodeRead | Fault) -> str:
    return "" if isinstance(shown, Fault) else shown.card


def _used(meals: Sequence[Mapping[str, Any]]) -> Used:
    return Used(subsidised=len(meals), public_fen=sum(meal["public_fen"] for meal in meals))


def _earlier(meals: Sequence[Mapping[str, Any]], canteen_id: int) -> Earlier | None:
    if not meals:
        return None
    last = meals[-1]
    at = local(datetime.fromisoformat(last["at"]))
    till = str(last["till"]) if last["till"] is not None else ""
    return Earlier(at=at.time(), canteen=last["canteen"], till=till, here=last["canteen_id"] == canteen_id)
