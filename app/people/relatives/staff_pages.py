"""Pages of the counter: a senior's relatives and consents, requests to be linked, codes read out or printed."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import NotFound
from app.forms import Form, read_form, shows_refusals
from app.people import queries as people
from app.people.access import reaching, sees_name
from app.people.api import READERS, WRITERS
from app.people.relatives import consents, own_accounts, queries, services, wording
from app.people.relatives.paper import grouped_code, lay_out
from app.people.relatives.schemas import AcceptIn, OfferIn, ReasonIn, TopicsIn, WitnessedIn

blueprint = Blueprint("relatives", __name__, url_prefix="/people", template_folder="../templates")


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words for relatives."""
    return {"relative_words": wording}


def relatives_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Return what one senior's page shows of relatives."""
    places = people.places_of(session, senior_id=senior_id, actor=actor)
    sees_names = sees_name(actor, *places)
    links = queries.list_links(session, senior_id=senior_id, today=business_day(now), sees_names=sees_names)
    return render_template(
        "people/relatives_panel.html",
        senior_id=senior_id,
        links=[link for link in links if link.state in ("active", "offered", "requested")],
        may_write=reaching(actor, WRITERS, places) is not None,
    )


def of_senior(senior_id: int, **_view: Any) -> dict[str, Any]:
    """Return what the page of a senior's relatives shows."""
    actor, now = current_actor(), clock.now()
    today = business_day(now)
    with transaction() as session:
        places = people.places_of(session, senior_id=senior_id, actor=actor)
        sees_names = sees_name(actor, *places)
        return {
            "senior": people.get_senior(session, senior_id=senior_id, actor=actor, day=today),
            "links": queries.list_links(session, senior_id=senior_id, today=today, sees_names=sees_names),
            "looks": queries.list_looks(session, senior_id=senior_id, now=now, sees_names=sees_names),
            "may_write": reaching(actor, WRITERS, places) is not None,
        }


@blueprint.get("/seniors/<int:senior_id>/relatives")
@allow(*READERS)
def show_relatives(senior_id: int) -> str:
    """Show a senior's relatives, what each may see, and who looked."""
    return render_template("people/relatives.html", form=Form(), **of_senior(senior_id))


@blueprint.post("/seniors/<int:senior_id>/relatives")
@allow(*WRITERS)
@shows_refusals("people/relatives.html", of_senior)
def offer(senior_id: int) -> str:
    """Offer a link, and show the sheet to print; its code is told in this answer and nowhere else."""
    asked = read_form(OfferIn)
    with transaction() as session:
        made = services.offer_link(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now())
    return render_template("people/relative_sheet.html", sheet=lay_out(made), name=asked["name"])


@blueprint.post("/seniors/<int:senior_id>/log-in-code")
@allow(*WRITERS)
def make_counter_code(senior_id: int) -> str:
    """Show the code that the clerk reads out, in this answer and nowhere else."""
    with transaction() as session:
        code = own_accounts.make_counter_code(session, senior_id=senior_id, actor=current_actor(), now=clock.now())
    return render_template("people/counter_code.html", code=grouped_code(code), senior_id=senior_id)


@blueprint.post("/seniors/<int:senior_id>/relatives/<int:link_id>/consents")
@allow(*WRITERS)
@shows_refusals("people/relatives.html", of_senior)
def give_consent(senior_id: int, link_id: int) -> Response:
    """Record what the senior agrees to."""
    asked = read_form(WitnessedIn)
    with transaction() as session:
        consents.give_consent(session, link_id=link_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The consent is recorded and counts from now on."), "ok")
    return _back(senior_id)


@blueprint.post("/seniors/<int:senior_id>/relatives/<int:link_id>/withdrawal")
@allow(*WRITERS)
def withdraw_consent(senior_id: int, link_id: int) -> Response:
    """Take a consent back, in one step."""
    asked = read_form(TopicsIn)
    with transaction() as session:
        consents.withdraw_consent(session, link_id=link_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The consent is withdrawn. The relative sees nothing of it any more."), "ok")
    return _back(senior_id)


@blueprint.post("/seniors/<int:senior_id>/relatives/<int:link_id>/end")
@allow(*WRITERS)
def end_link(senior_id: int, link_id: int) -> Response:
    """End a link with all that was agreed to."""
    asked = read_form(ReasonIn)
    with transaction() as session:
        services.end_link(session, link_id=link_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The link has ended."), "ok")
    return _back(senior_id)


@blueprint.get("/link-requests")
@allow(*WRITERS)
def list_requests() -> str:
    """Show who waits to be linked, the longest first."""
    after = request.args.get("after", "")
    with transaction() as session:
        found = queries.list_requests(
            session,
            actor=current_actor(),
            today=business_day(clock.now()),
            after=int(after) if after.isdecimal() else None,
        )
    return render_template("people/link_requests.html", found=found)


def one_request(link_id: int) -> dict[str, Any]:
    """Return what the page of a request shows.

    :raises NotFound: if there is none within the caller's areas
    """
    with transaction() as session:
        today = business_day(clock.now())
        link = queries.find_request(session, link_id=link_id, actor=current_actor(), today=today)
    if link is None:
        raise NotFound
    return {"link": link}


@blueprint.get("/link-requests/<int:link_id>")
@allow(*WRITERS)
def show_request(link_id: int) -> str:
    """Show one request, and what to do with it."""
    return render_template("people/link_request.html", form=Form(), **one_request(link_id))


@blueprint.post("/link-requests/<int:link_id>/acceptance")
@allow(*WRITERS)
@shows_refusals("people/link_request.html", one_request)
def accept_request(link_id: int) -> Response:
    """Link whoever asked."""
    asked = read_form(AcceptIn)
    with transaction() as session:
        services.accept_request(session, link_id=link_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The relative is linked."), "ok")
    return redirect(url_for("relatives.list_requests"), 303)  # type: ignore[return-value]


@blueprint.post("/link-requests/<int:link_id>/refusal")
@allow(*WRITERS)
@shows_refusals("people/link_request.html", one_request)
def refuse_request(link_id: int) -> Response:
    """Refuse whoever asked."""
    asked = read_form(ReasonIn)
    with transaction() as session:
        services.refuse_request(session, link_id=link_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The request is refused, and the reason is told."), "ok")
    return redirect(url_for("relatives.list_requests"), 303)  # type: ignore[return-value]


def _back(senior_id: int) -> Response:
    return redirect(url_for("relatives.show_relatives", senior_id=senior_id), 303)  # type: ignore[return-value]
