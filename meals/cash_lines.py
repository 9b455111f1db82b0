"""Meals paid in cash alone: the ledger has none of them, and still a family may say that one is not right."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from meals.models import Checkout
from meals.pricing.facts import reason_from_json
from meals.wording import explain
from subsidies.disputes.lines import AskedLine, register_lines


def find_cash_line(session: Session, home: int, sale_id: UUID) -> AskedLine | None:
    """Return a senior's meal that no transaction stands for, or nothing."""
    query = select(Checkout).where(Checkout.home == home, Checkout.id == sale_id, Checkout.posted.is_(False))
    sold = session.scalar(query)
    if sold is None:
        return None
    return AskedLine(
        home=home,
        id=sold.id,
        name=_l("Meal paid in cash"),
        change_fen=0,
        occurred_at=sold.occurred_at,
        booked_at=sold.booked_at,
        device="",
        explanation=explain([reason_from_json(stored) for stored in sold.reasons]),
        cause={"what": "meal"},
    )


def register_cash_lines() -> None:
    """Let families dispute meals paid in cash."""
    register_lines(find_cash_line)
