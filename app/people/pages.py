"""Pages of seniors: find, register, look at, change."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.areas.rules import is_code
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people import cards, queries, services, wording
from app.people.access import READERS, REVEALERS, WRITERS
from app.people.dossier.pages import person_page
from app.people.dossier.showing import note_reading
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
    """Find by what was typed: whoever is the only one opens; what identifies a person stands in no address."""
    asked = read_form(SearchFormIn)
    search = read_search(asked["query"])
    shown = found(search, asked["query"])
    if asked["query"] and len(shown["page"].items) == 1:
        return _go(shown["page"].items[0].id)
    if search.is_personal:
        return render_template("people/seniors.html", **shown)
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
    return _go(senior_id, tab="relatives")


@blueprint.get("/<int:senior_id>")
@allow(*READERS)
def show(senior_id: int) -> str:
    """Show one senior: the head, and the tab that the address names."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        shown = person_page(session, senior_id=senior_id, actor=actor, now=now, tab=request.args.get("tab", ""))
        area_code = shown["senior"].residence_area
        note_reading(session, senior_id=senior_id, area_code=area_code, part=shown["tab"], actor=actor, now=now)
    return render_template("people/senior.html", form=Form(), **shown)


def one_senior(senior_id: int, *, tab: str = "", **_view: Any) -> Mapping[str, Any]:
    """Return what the page of one senior shows beside the answer to a form."""
    with transaction() as session:
        return person_page(session, senior_id=senior_id, actor=current_actor(), now=clock.now(), tab=tab)


cards_of_senior = partial(one_senior, tab="relatives")


def edited(senior_id: int) -> dict[str, Any]:
    """Return what the form of changes shows."""
    with transaction() as session:
        day = business_day(clock.now())
        return {"senior": queries.get_senior(session, senior_id=senior_id, actor=current_actor(), day=day)} | choices()


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
    """Correct what the register says of a senior from a day on; a death is a turn of life."""
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
    shown = {**one_senior(senior_id), "revealed": {asked["field"]: value}}
    return render_template("people/senior.html", form=Form(), **shown)


@blueprint.post("/<int:senior_id>/cards")
@allow(*WRITERS)
@shows_refusals("people/senior.html", cards_of_senior)
def issue_card(senior_id: int) -> Response:
    """Issue a senior's card."""
    with transaction() as session:
        cards.issue_card(session, senior_id=senior_id, actor=current_actor(), now=clock.now())
    flash(_("The card is issued. Print it and hand it over."), "ok")
    return _go(senior_id, tab="relatives")


def _go(senior_id: int, *, tab: str | None = None) -> Response:
    return redirect(url_for("seniors.show", senior_id=senior_id, tab=tab), 303)  # type: ignore[return-value]
