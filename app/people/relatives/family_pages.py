"""Pages of families about their links: whom I may look after, who may look after me, ask to be linked, end it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import PERSONAL_ROLES, Actor, current_actor
from app.auth.guard import signed_in
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.relatives import consents, queries, reach, services
from app.people.relatives.schemas import AskIn, TopicsIn

blueprint = Blueprint("family_links", __name__, url_prefix="/family/links", template_folder="../templates")


def caller() -> Actor:
    """Return who is calling as a relative or a senior, whatever posts they hold besides."""
    return current_actor().narrowed(PERSONAL_ROLES)


def own_links() -> dict[str, Any]:
    """Return what the page shows: links of the account to others, and for a senior those of others."""
    actor, now = caller(), clock.now()
    with transaction() as session:
        today = business_day(now)
        people = reach.list_reached(session, actor=actor, today=today)
        me = next((person for person in people if person.is_self), None)
        return {
            "links": queries.list_own_links(session, actor=actor, today=today),
            "me": me,
            "followers": queries.list_links(session, senior_id=me.senior_id, today=today) if me else [],
            "looks": queries.list_looks(session, senior_id=me.senior_id, now=now) if me else [],
        }


@blueprint.get("")
@signed_in
def show_links() -> str:
    """Show the links of an account."""
    return render_template("people/family_links.html", form=Form(), **own_links())


@blueprint.get("/ask")
@signed_in
def show_ask() -> str:
    """Show the form to ask for a link."""
    return render_template("people/family_ask.html", form=Form())


@blueprint.post("/ask")
@signed_in
@shows_refusals("people/family_ask.html")
def ask() -> Response:
    """Ask the street for a link; the answer is the same whether or not card and name fit."""
    asked = read_form(AskIn)
    with transaction() as session:
        services.request_link(session, **asked, actor=caller(), now=clock.now())
    flash(
        _("Your request is on its way. If the card and the name are right, the street answers within some days."), "ok"
    )
    return _back()


@blueprint.post("/<int:link_id>/end")
@signed_in
def leave(link_id: int) -> Response:
    """End a link, by the relative or the senior, or take a request back."""
    with transaction() as session:
        services.leave_link(session, link_id=link_id, actor=caller(), now=clock.now())
    flash(_("The link has ended."), "ok")
    return _back()


@blueprint.post("/<int:link_id>/withdrawal")
@signed_in
def withdraw(link_id: int) -> Response:
    """Take back what a relative may see, by the senior."""
    asked = read_form(TopicsIn)
    with transaction() as session:
        consents.withdraw_own_consent(session, link_id=link_id, **asked, actor=caller(), now=clock.now())
    flash(_("The consent is withdrawn. The relative sees nothing of it any more."), "ok")
    return _back()


def _back() -> Response:
    return redirect(url_for("family_links.show_links"), 303)  # type: ignore[return-value]
