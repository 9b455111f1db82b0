"""What meals tell of a person's life: what was eaten, what was undone, and what did not reach the door."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import local
from app.dossier import Before, Moment, is_before, key_of
from app.money import yuan
from app.web.wording import join
from meals.models import Canteen, Checkout
from meals.page_words import WINDOW_NAMES, name_of
from meals.reading.eaten import meal_at
from meals.scope import visible_canteens

MEALS = "meals"


def meal_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell what a person ate, wherever; only sales of the actor's own canteens can be opened."""
    key = key_of("meal", Checkout.id)
    query = (
        select(Checkout, Canteen, visible_canteens(actor).label("is_ours"))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .where(Checkout.home == senior_id, *is_before(Checkout.occurred_at, key, before))
        .order_by(Checkout.occurred_at.desc(), key.desc())
        .limit(limit)
    )
    return [_meal(sold, name_of(canteen), is_ours) for sold, canteen, is_ours in session.execute(query)]


def _meal(sold: Checkout, canteen: str, is_ours: bool) -> Moment:
    title = WINDOW_NAMES[sold.window_name or meal_at(local(sold.occurred_at).time())]
    paid = [
        *([_("%(yuan)s yuan public", yuan=yuan(sold.public_fen))] if sold.public_fen else []),
        *([_("%(yuan)s in points", yuan=yuan(sold.points_fen))] if sold.points_fen else []),
        *([_("%(yuan)s in cash", yuan=yuan(sold.cash_fen))] if sold.cash_fen else []),
    ]
    undone = sold.reversed_at is not None
    return Moment(
        at=sold.occurred_at,
        key=f"meal:{sold.id}",
        sort=MEALS,
        icon="undo" if undone else "bowl",
        title=_("%(meal)s, undone", meal=title) if undone else title,
        words=join([canteen, *paid]),
        endpoint="sales.show_sale" if is_ours else None,
        args={"checkout_id": sold.id},
    )
