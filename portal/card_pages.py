"""A lost card: one press and a confirmation, and no till takes it any more."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.people import cards
from portal.visiting import VISITORS, visit_somehow

blueprint = Blueprint("family_card", __name__, url_prefix="/family", template_folder="templates")


@blueprint.get("/<int:senior_id>/card")
@allow(*VISITORS)
def show_card(senior_id: int) -> str:
    """Show how somebody's card stands, and the button that reports it lost."""
    with transaction() as session:
        reached = visit_somehow(session, senior_id=senior_id, now=clock.now())
        card = cards.find_last_card(session, senior_id=senior_id)
    return render_template("portal/card.html", reached=reached, card=card)


@blueprint.post("/<int:senior_id>/card/loss")
@allow(*VISITORS)
def report_loss(senior_id: int) -> Response:
    """Report the card in use lost; pressing twice changes nothing more."""
    now = clock.now()
    with transaction() as session:
        visit_somehow(session, senior_id=senior_id, now=now)
        cards.report_loss_for(session, senior_id=senior_id, actor=current_actor(), now=now)
    flash(_("The card is reported lost. No till takes it any more."), "ok")
    return redirect(url_for("family_card.show_card", senior_id=senior_id), 303)  # type: ignore[return-value]
