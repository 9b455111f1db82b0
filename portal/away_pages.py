"""Away or at home, for the family: saying that somebody is with the children, in hospital, or back."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.errors import NotFound
from app.forms import Form, read_form, shows_refusals
from app.people.relatives.reach import Topic
from portal.visiting import VISITORS, visit
from safety.kits import away
from safety.kits.page_words import WORDS
from safety.kits.queries import find_home_of, is_away
from safety.kits.schemas import KitAwayFormIn, KitNothingIn

ONE = "portal/away.html"

blueprint = Blueprint("family_away", __name__, url_prefix="/family", template_folder="templates")


def context(senior_id: int) -> dict[str, Any]:
    """Return what the page shows.

    :raises NotFound: if the caller is not linked with such a senior, or there is no kit
    """
    now = clock.now()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.ALERTS, now=now)
        home = find_home_of(session, senior_id=senior_id)
        if home is None:
            raise NotFound
        lies_ahead = home.away_from is not None and home.away_from > now
        return {**WORDS, "reached": reached, "home": home, "is_set": is_away(home, now) or lies_ahead}


@blueprint.get("/<int:senior_id>/away")
@allow(*VISITORS)
def show_away(senior_id: int) -> str:
    """Show whether somebody said that the senior is away."""
    return render_template(ONE, form=Form(), **context(senior_id))


@blueprint.post("/<int:senior_id>/away")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def set_away(senior_id: int) -> Response:
    """Write down that the senior is away."""
    asked, now = read_form(KitAwayFormIn), clock.now()
    with transaction() as session:
        visit(session, senior_id=senior_id, topic=Topic.ALERTS, now=now)
        away.set_away_as_family(session, senior_id=senior_id, **asked, actor=current_actor(), now=now)
    flash(_("Written down. A call for help is heard all the same."), "ok")
    return _back(senior_id)


@blueprint.post("/<int:senior_id>/away/end")
@allow(*VISITORS)
@shows_refusals(ONE, context)
def come_back(senior_id: int) -> Response:
    """Write down that the senior is back."""
    read_form(KitNothingIn)
    now = clock.now()
    with transaction() as session:
        visit(session, senior_id=senior_id, topic=Topic.ALERTS, now=now)
        away.come_back_as_family(session, senior_id=senior_id, actor=current_actor(), now=now)
    flash(_("Back home. Silence counts again."), "ok")
    return _back(senior_id)


def _back(senior_id: int) -> Response:
    return redirect(url_for("family_away.show_away", senior_id=senior_id), 303)  # type: ignore[return-value]
