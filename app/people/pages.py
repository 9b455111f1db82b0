"""Pages of seniors: find, register, look at, change."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import clock
from app.areas.rules import is_code
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.features import loaded_features
from app.forms import Form, read_form, shows_refusals
from app.people import cards, queries, services, wording
from app.people.api import READERS, REVEALERS, WRITERS
from app.people.schemas import RevealFormIn, SearchFormIn, SeniorEditIn, SeniorFormIn, StatusIn
from app.people.searching import Search, read_search

blueprint = Blueprint("seniors", __name__, url_prefix="/people/seniors", template_folder="templates")


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """Give templates the words for facts of people."""
    return {"people_words": wording}


def nobody() -> dict[str, Any]:
    """Return what the list shows when the search itself is refused."""
    with transaction() as session:
        places = queries.list_places(session, actor=current_actor(), levels=("district", "street"))
        return {"page": queries.Page([], None), "typed": "", "area": "", "nearby": places, "is_open": False}


@blueprint.get("/")
@allow(*READERS)
@shows_refusals("people/seniors.html", nobody)
def list_seniors() -> str:
    """Show seniors by name or card number."""
    typed = request.args.get("query", "").strip()
    return render_template("people/seniors.html", **found(queries.search_in_address(typed), typed))


@blueprint.post("/")
@allow(*READERS)
@shows_refusals("people/seniors.html", nobody)
def search_seniors() -> Any:
    """Find by what was typed; what identifies a person is shown without an address, the rest gets one."""
    asked = read_form(SearchFormIn)
    search = read_search(asked["query"])
    if search.is_personal:
        return render_template("people/seniors.html", **found(search, asked["query"]))
    return redirect(url_for("seniors.list_seniors", query=asked["query"] or None, area=asked["area"] or None), 303)


def found(search: Search, typed: str) -> dict[str, Any]:
    """Return what the list of a search shows."""
    area, after = request.values.get("area", ""), request.args.get("after", "")
    actor, day = current_actor(), business_day(clock.now())
    area_code, last = area if is_code(area) else None, int(after) if after.isdecimal() else None
    with transaction() as session:
        page = queries.list_seniors(session, actor=actor, search=search, day=day, area_code=area_code, after=last)
        places = queries.list_places(session, actor=actor, levels=("district", "street"))
        return {
            "page": page,
            "typed": "" if search.is_personal else typed,
            "area": area,
            "nearby": places,
            "is_open": not typed and not area,
        }


def choices(**_view: Any) -> dict[str, Any]:
    """Return the places a form offers."""
    with transaction() as session:
        return {"nearby": queries.list_places(session, actor=current_actor())}


@blueprint.get("/new")
@allow(*WRITERS)
def show_new() -> str:
    """Show the form for a new senior."""
    return render_template("people/senior_new.html", form=Form(), **choices())


@blueprint.post("/new")
@allow(*WRITERS)
@shows_refusals("people/senior_new.html", choices)
def register() -> Response:
    """Register a senior."""
    with transaction() as session:
        senior_id = services.register_senior(
            session, fields=read_form(SeniorFormIn), actor=current_actor(), now=clock.now()
        )
    flash(_("The senior is registered. Issue a card next."), "ok")
    return _go(senior_id)


@blueprint.get("/<int:senior_id>")
@allow(*READERS)
def show(senior_id: int) -> str:
    """Show one senior."""
    return render_template("people/senior.html", form=Form(), **one_senior(senior_id))


def one_senior(senior_id: int) -> dict[str, Any]:
    """Return what the page of one senior shows, with what the features add to it."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        senior = queries.get_senior(session, senior_id=senior_id, actor=actor, day=business_day(now))
        panels = [
            Markup(panel(session, senior_id=senior_id, actor=actor, now=now))  # noqa: S704 - our own templates
            for feature in loaded_features(current_app)
            for panel in feature.senior_panels
        ]
        return {
            "senior": senior,
            "statuses": queries.list_statuses(session, senior_id=senior_id),
            "panels": panels,
            "may_write": bool(actor.roles & set(WRITERS)),
            "may_reveal": bool(actor.roles & set(REVEALERS)),
            "today": business_day(now),
            "revealed": {},
        }


def edited(senior_id: int) -> dict[str, Any]:
    """Return what the form of changes shows."""
    return one_senior(senior_id) | choices()


@blueprint.get("/<int:senior_id>/edit")
@allow(*WRITERS)
def show_edit(senior_id: int) -> str:
    """Show the form for changes."""
    return render_template("people/senior_edit.html", form=Form(), **edited(senior_id))


@blueprint.post("/<int:senior_id>/edit")
@allow(*WRITERS)
@shows_refusals("people/senior_edit.html", edited)
def edit(senior_id: int) -> Response:
    """Change a senior's facts."""
    changes = read_form(SeniorEditIn)
    with transaction() as session:
        services.update_senior(session, senior_id=senior_id, fields=changes, actor=current_actor(), now=clock.now())
    flash(_("The changes are saved."), "ok")
    return _go(senior_id)


@blueprint.post("/<int:senior_id>/statuses")
@allow(*WRITERS)
@shows_refusals("people/senior.html", one_senior)
def record_status(senior_id: int) -> Response:
    """Record what holds for a senior from a day on."""
    asked = read_form(StatusIn)
    with transaction() as session:
        services.record_status(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now())
    flash(_("The status is recorded."), "ok")
    return _go(senior_id)


@blueprint.post("/<int:senior_id>/reveals")
@allow(*REVEALERS)
@shows_refusals("people/senior.html", one_senior)
def reveal(senior_id: int) -> str:
    """Show a sealed value once, in the answer to the form and nowhere else."""
    asked = read_form(RevealFormIn)
    with transaction() as session:
        value = services.reveal(session, senior_id=senior_id, **asked, actor=current_actor(), now=clock.now())
    shown = one_senior(senior_id) | {"revealed": {asked["field"]: value}}
    return render_template("people/senior.html", form=Form(), **shown)


@blueprint.post("/<int:senior_id>/cards")
@allow(*WRITERS)
@shows_refusals("people/senior.html", one_senior)
def issue_card(senior_id: int) -> Response:
    """Issue a senior's card."""
    with transaction() as session:
        cards.issue_card(session, senior_id=senior_id, actor=current_actor(), now=clock.now())
    flash(_("The card is issued. Print it and hand it over."), "ok")
    return _go(senior_id)


def _go(senior_id: int) -> Response:
    return redirect(url_for("seniors.show", senior_id=senior_id), 303)  # type: ignore[return-value]
