"""Seniors and cards over HTTP."""

from datetime import date
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.people import cards, queries, services
from app.people.access import READERS, REVEALERS, WRITERS
from app.people.schemas import (
    FactsIn,
    IssuedOut,
    ListIn,
    PeriodsOut,
    RevealIn,
    RevealOut,
    SearchIn,
    SeniorIn,
    SeniorOut,
    SeniorsOut,
    StatusIn,
)
from app.people.searching import read_search

__all__ = ["READERS", "REVEALERS", "WRITERS", "blueprint"]

blueprint = Blueprint("people", __name__, url_prefix="/api/v1/people", description="Seniors and their cards")


@blueprint.get("/seniors")
@allow(*READERS)
@blueprint.arguments(ListIn, location="query")
@blueprint.response(200, SeniorsOut)
def list_seniors(asked: dict[str, Any]) -> Any:
    """List seniors, by name or card number; never by what would identify a person in an address."""
    search = queries.search_in_address(asked.pop("query"))
    area_code = asked.pop("area")
    with transaction() as session:
        actor = current_actor()
        return queries.list_seniors(session, actor=actor, search=search, day=_today(), area_code=area_code, **asked)


@blueprint.post("/seniors/search")
@allow(*READERS)
@blueprint.arguments(SearchIn)
@blueprint.response(200, SeniorsOut)
def search_seniors(asked: dict[str, Any]) -> Any:
    """Find seniors by name, card number, whole ID number or phone number."""
    search = read_search(asked.pop("query"))
    with transaction() as session:
        return queries.list_seniors(session, actor=current_actor(), search=search, day=_today(), **asked)


@blueprint.post("/seniors")
@allow(*WRITERS)
@blueprint.arguments(SeniorIn)
@blueprint.response(201, SeniorOut)
def register_senior(body: dict[str, str]) -> Any:
    """Register a senior."""
    with transaction() as session:
        senior_id = services.register_senior(session, fields=body, actor=current_actor(), now=clock.now())
        return _show(session, senior_id)


@blueprint.get("/seniors/<int:senior_id>")
@allow(*READERS)
@blueprint.response(200, SeniorOut)
def get_senior(senior_id: int) -> Any:
    """Show one senior."""
    with transaction() as session:
        return _show(session, senior_id)


@blueprint.patch("/seniors/<int:senior_id>")
@allow(*WRITERS)
@blueprint.arguments(FactsIn)
@blueprint.response(200, SeniorOut)
def update_senior(body: dict[str, str], senior_id: int) -> Any:
    """Change some of a senior's facts."""
    with transaction() as session:
        services.update_senior(session, senior_id=senior_id, fields=body, actor=current_actor(), now=clock.now())
        return _show(session, senior_id)


@blueprint.get("/seniors/<int:senior_id>/statuses")
@allow(*READERS)
@blueprint.response(200, PeriodsOut)
def list_statuses(senior_id: int) -> Any:
    """Show a senior's status over time."""
    with transaction() as session:
        queries.check_visible(session, senior_id=senior_id, actor=current_actor())
        return {"items": queries.list_statuses(session, senior_id=senior_id)}


@blueprint.post("/seniors/<int:senior_id>/statuses")
@allow(*WRITERS)
@blueprint.arguments(StatusIn)
@blueprint.response(201, PeriodsOut)
def record_status(body: dict[str, Any], senior_id: int) -> Any:
    """Correct what the register says of a senior from a day on; a death is a turn of life, recorded there."""
    with transaction() as session:
        actor = current_actor()
        return {"items": services.record_status(session, senior_id=senior_id, **body, actor=actor, now=clock.now())}


@blueprint.post("/seniors/<int:senior_id>/reveals")
@allow(*REVEALERS)
@blueprint.arguments(RevealIn)
@blueprint.response(201, RevealOut)
def reveal(body: dict[str, str], senior_id: int) -> Any:
    """Show an ID number, phone or address once; who saw it and why is written down."""
    with transaction() as session:
        value = services.reveal(session, senior_id=senior_id, **body, actor=current_actor(), now=clock.now())
    return {"field": body["field"], "value": value}


@blueprint.post("/seniors/<int:senior_id>/cards")
@allow(*WRITERS)
@blueprint.response(201, IssuedOut)
def issue_card(senior_id: int) -> Any:
    """Issue a senior's card."""
    with transaction() as session:
        return cards.issue_card(session, senior_id=senior_id, actor=current_actor(), now=clock.now())


@blueprint.post("/cards/<string:number>/loss")
@allow(*WRITERS)
@blueprint.response(200, IssuedOut)
def report_loss(number: str) -> Any:
    """Report a card lost; it pays nothing from now on."""
    with transaction() as session:
        return cards.report_loss(session, number=number, actor=current_actor(), now=clock.now())


@blueprint.post("/cards/<string:number>/replacement")
@allow(*WRITERS)
@blueprint.response(201, IssuedOut)
def replace_card(number: str) -> Any:
    """Give a new card for a lost or damaged one."""
    with transaction() as session:
        return cards.replace_card(session, number=number, actor=current_actor(), now=clock.now())


@blueprint.post("/cards/<string:number>/cancellation")
@allow(*WRITERS)
@blueprint.response(200, IssuedOut)
def cancel_card(number: str) -> Any:
    """Take a card out of use for good."""
    with transaction() as session:
        return cards.cancel_card(session, number=number, actor=current_actor(), now=clock.now())


def _today() -> date:
    return business_day(clock.now())


def _show(session: Session, senior_id: int) -> queries.SeniorView:
    return queries.get_senior(session, senior_id=senior_id, actor=current_actor(), day=_today())
