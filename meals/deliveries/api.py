"""Deliveries over HTTP: order, send out, hand over, bring back; and who fetched a meal for somebody else."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from app import clock
from app.auth import Role, allow, current_actor
from app.clock import business_day
from app.db import transaction
from meals.address import with_days
from meals.deliveries import carrying, fetching, ordering, reading
from meals.deliveries.carrying import HandOver
from meals.deliveries.fetching import Fetcher
from meals.deliveries.reading import DeliveryFilter
from meals.deliveries.schemas import (
    AssignmentIn,
    CancellationIn,
    DeliveriesIn,
    DeliveriesOut,
    DeliveryIn,
    DeliveryOut,
    DepartureIn,
    FetchIn,
    FetchOut,
    HandOverIn,
    RoundOut,
    TryIn,
)
from meals.roles import READERS, SELLERS, STAFF

# Who brings meals: deliverers, and whoever sells where there are none.
CARRIERS = (Role.DELIVERER, *SELLERS)

blueprint = Blueprint("meals_deliveries", __name__, url_prefix="/api/v1/meals", description="Meals brought home")


@blueprint.post("/deliveries")
@allow(*SELLERS)
@blueprint.arguments(DeliveryIn)
@blueprint.response(201, DeliveryOut)
def order(body: dict[str, Any]) -> Any:
    """Order a meal to be brought home."""
    with transaction() as session:
        made = ordering.order_at_counter(session, **body, by=current_actor(), now=clock.now())
        return reading.get_delivery(session, delivery_id=made.id, actor=current_actor())


@blueprint.get("/deliveries")
@allow(*SELLERS, *READERS)
@blueprint.arguments(DeliveriesIn, location="query")
@blueprint.response(200, DeliveriesOut)
def list_deliveries(asked: dict[str, Any]) -> Any:
    """List deliveries, the latest day first."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    filters = DeliveryFilter(**with_days(asked, business_day(clock.now())))
    with transaction() as session:
        return reading.list_deliveries(session, actor=current_actor(), filters=filters, **page)


@blueprint.get("/deliveries/round")
@allow(*CARRIERS)
@blueprint.response(200, RoundOut)
def get_round() -> Any:
    """Return what the caller brings today, and what nobody brings yet."""
    with transaction() as session:
        return {"items": reading.list_round(session, actor=current_actor(), on=business_day(clock.now()))}


@blueprint.get("/deliveries/<int:delivery_id>")
@allow(*STAFF)
@blueprint.response(200, DeliveryOut)
def get_delivery(delivery_id: int) -> Any:
    """Return one delivery."""
    with transaction() as session:
        return reading.get_delivery(session, delivery_id=delivery_id, actor=current_actor())


@blueprint.put("/deliveries/<int:delivery_id>/deliverer")
@allow(*SELLERS)
@blueprint.arguments(AssignmentIn)
@blueprint.response(200, DeliveryOut)
def assign(body: dict[str, Any], delivery_id: int) -> Any:
    """Say who brings a meal, and as which one on the way."""
    with transaction() as session:
        ordering.assign_delivery(session, delivery_id=delivery_id, **body, by=current_actor(), now=clock.now())
        return reading.get_delivery(session, delivery_id=delivery_id, actor=current_actor())


@blueprint.post("/deliveries/<int:delivery_id>/departure")
@allow(*SELLERS)
@blueprint.arguments(DepartureIn)
@blueprint.response(200, DeliveryOut)
def send_out(body: dict[str, Any], delivery_id: int) -> Any:
    """Sell a meal at the moment it leaves the kitchen."""
    with transaction() as session:
        carrying.send_out(session, delivery_id=delivery_id, **body, by=current_actor(), now=clock.now())
        return reading.get_delivery(session, delivery_id=delivery_id, actor=current_actor())


@blueprint.post("/deliveries/<int:delivery_id>/hand-over")
@allow(*CARRIERS)
@blueprint.arguments(HandOverIn)
@blueprint.response(200, DeliveryOut)
def hand_over(handed: HandOver, delivery_id: int) -> Any:
    """Write down who took a meal, where and when."""
    with transaction() as session:
        carrying.hand_over(session, delivery_id=delivery_id, handed=handed, by=current_actor(), now=clock.now())
        return reading.get_delivery(session, delivery_id=delivery_id, actor=current_actor())


@blueprint.post("/deliveries/<int:delivery_id>/tries")
@allow(*CARRIERS)
@blueprint.arguments(TryIn)
@blueprint.response(201, DeliveryOut)
def note_try(body: dict[str, Any], delivery_id: int) -> Any:
    """Write down that a meal could not be handed over, and what becomes of it."""
    with transaction() as session:
        carrying.note_try(session, delivery_id=delivery_id, **body, by=current_actor(), now=clock.now())
        return reading.get_delivery(session, delivery_id=delivery_id, actor=current_actor())


@blueprint.post("/deliveries/<int:delivery_id>/cancellation")
@allow(*SELLERS)
@blueprint.arguments(CancellationIn)
@blueprint.response(200, DeliveryOut)
def cancel(body: dict[str, Any], delivery_id: int) -> Any:
    """Cancel a meal that has not left yet."""
    with transaction() as session:
        ordering.cancel_delivery(session, delivery_id=delivery_id, **body, by=current_actor(), now=clock.now())
        return reading.get_delivery(session, delivery_id=delivery_id, actor=current_actor())


@blueprint.put("/checkouts/<uuid:checkout_id>/fetching")
@allow(*SELLERS)
@blueprint.arguments(FetchIn)
@blueprint.response(200, FetchOut)
def record_fetch(fetcher: Fetcher, checkout_id: UUID) -> Any:
    """Write down who fetched a meal for the guest it was sold to, and why."""
    with transaction() as session:
        return fetching.record_fetch(
            session, checkout_id=checkout_id, fetcher=fetcher, by=current_actor(), now=clock.now()
        )
