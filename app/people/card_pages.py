"""Pages of cards: what becomes of one, and sheets to print."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from app import clock
from app.areas.rules import is_code
from app.auth import allow, current_actor
from app.db import transaction
from app.people import cards, queries
from app.people.api import WRITERS
from app.people.card_numbers import qr_matrix, qr_path

blueprint = Blueprint("cards", __name__, url_prefix="/people/cards", template_folder="templates")


@blueprint.post("/<string:number>/loss")
@allow(*WRITERS)
def report_loss(number: str) -> Response:
    """Report a card lost."""
    return _change(
        cards.report_loss, number, _l("The card is reported lost and pays nothing any more. Replace it next.")
    )


@blueprint.post("/<string:number>/replacement")
@allow(*WRITERS)
def replace(number: str) -> Response:
    """Give a new card for a lost or damaged one."""
    return _change(cards.replace_card, number, _l("A new card is issued. Print it and hand it over."))


@blueprint.post("/<string:number>/cancellation")
@allow(*WRITERS)
def cancel(number: str) -> Response:
    """Take a card out of use for good."""
    return _change(cards.cancel_card, number, _l("The card is cancelled."))


@blueprint.get("/sheet")
@allow(*WRITERS)
def show_sheet() -> str:
    """Show a sheet of cards in use, ready to print: one senior's, or those of an area by number."""
    area, after, senior = (request.args.get(name, "") for name in ("area", "after", "senior"))
    actor = current_actor()
    with transaction() as session:
        found = queries.list_cards_to_print(
            session,
            actor=actor,
            area_code=area if is_code(area) else None,
            senior_id=int(senior) if senior.isdecimal() else None,
            after=after,
        )
        places = queries.list_places(session, actor=actor)
        return render_template("people/card_sheet.html", found=found, nearby=places, area=area, draw=draw)


def draw(number: str) -> str:
    """Return the path of a card's QR code; it carries the number and nothing else."""
    return qr_path(qr_matrix(number))


def _change(service: Callable[..., queries.CardView], number: str, told: Any) -> Response:
    with transaction() as session:
        card = service(session, number=number, actor=current_actor(), now=clock.now())
    flash(str(told), "ok")
    return redirect(url_for("seniors.show", senior_id=card.senior_id, tab="relatives"), 303)  # type: ignore[return-value]
