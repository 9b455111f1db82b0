"""Devices and gateways over HTTP: the stock, where each is and how well, and the secrets of gateways."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from safety.kits import gateways, installing, listing
from safety.kits.access import FITTERS, GATEWAY_KEEPERS, READERS
from safety.kits.out_schemas import KitDeviceFactsOut, KitDevicesOut, KitGatewayOut, KitGatewaysOut, KitIssuedOut
from safety.kits.schemas import (
    KitDeviceIn,
    KitDevicesIn,
    KitGatewayIn,
    KitMoveIn,
    KitNothingIn,
    KitPagesIn,
    KitReturnIn,
    KitWordsIn,
)

NOT_HERE = "No such device or gateway for the caller"
NOT_NOW = "This does not follow on what is there now"

blueprint = Blueprint(
    "safety_devices_api",
    __name__,
    url_prefix="/api/v1/safety",
    description="Devices of kits, and the gateways that they speak through",
)


@blueprint.get("/devices")
@allow(*READERS)
@blueprint.arguments(KitDevicesIn, location="query")
@blueprint.response(200, KitDevicesOut)
def list_devices(asked: dict[str, Any]) -> Any:
    """List devices with how well each is, the last added first."""
    with transaction() as session:
        return listing.list_device_items(session, reach=current_actor(), now=clock.now(), **asked)


@blueprint.post("/devices")
@allow(*FITTERS)
@blueprint.arguments(KitDeviceIn)
@blueprint.response(201, KitDeviceFactsOut)
@blueprint.alt_response(409, description="No rules hold there, or a device in use has this number")
def stock_device(body: dict[str, Any]) -> Any:
    """Take a device into stock."""
    with transaction() as session:
        return installing.stock_device(session, **body, actor=current_actor(), now=clock.now())


@blueprint.post("/devices/<int:device_id>/place")
@allow(*FITTERS)
@blueprint.arguments(KitMoveIn)
@blueprint.response(200, KitDeviceFactsOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def move_device(body: dict[str, Any], device_id: int) -> Any:
    """Write down that a device stands in another room."""
    return _step(installing.move_device, device_id, body)


@blueprint.post("/devices/<int:device_id>/unassignment")
@allow(*FITTERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(200, KitDeviceFactsOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def unassign_device(body: dict[str, Any], device_id: int) -> Any:
    """Take a device that is not installed off the list of its home."""
    return _step(installing.unassign_device, device_id, body)


@blueprint.post("/devices/<int:device_id>/return")
@allow(*FITTERS)
@blueprint.arguments(KitReturnIn)
@blueprint.response(200, KitDeviceFactsOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def return_device(body: dict[str, Any], device_id: int) -> Any:
    """Write down that a device came back."""
    return _step(installing.return_device, device_id, body)


@blueprint.post("/devices/<int:device_id>/loss")
@allow(*FITTERS)
@blueprint.arguments(KitWordsIn)
@blueprint.response(200, KitDeviceFactsOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description=NOT_NOW)
def lose_device(body: dict[str, Any], device_id: int) -> Any:
    """Write down that a device was lost or broken."""
    return _step(installing.lose_device, device_id, body)


@blueprint.get("/gateways")
@allow(*READERS)
@blueprint.arguments(KitPagesIn, location="query")
@blueprint.response(200, KitGatewaysOut)
def list_gateways(asked: dict[str, Any]) -> Any:
    """List gateways, the last added first."""
    with transaction() as session:
        return listing.list_gateways(session, reach=current_actor(), now=clock.now(), **asked)


@blueprint.post("/gateways")
@allow(*GATEWAY_KEEPERS)
@blueprint.arguments(KitGatewayIn)
@blueprint.response(201, KitIssuedOut)
@blueprint.alt_response(404, description="No such home for the caller")
@blueprint.alt_response(409, description="The code was used before")
def add_gateway(body: dict[str, Any]) -> Any:
    """Add a gateway; its secret is in this answer and nowhere else."""
    with transaction() as session:
        return _issued(gateways.add_gateway(session, **body, actor=current_actor(), now=clock.now()))


@blueprint.post("/gateways/<int:gateway_id>/secret")
@allow(*GATEWAY_KEEPERS)
@blueprint.arguments(KitNothingIn)
@blueprint.response(201, KitIssuedOut)
@blueprint.alt_response(404, description=NOT_HERE)
@blueprint.alt_response(409, description="It was taken out of use")
def roll_token(_body: dict[str, Any], gateway_id: int) -> Any:
    """Give a gateway a new secret; the old one ends at once."""
    with transaction() as session:
        return _issued(gateways.roll_token(session, gateway_id=gateway_id, actor=current_actor(), now=clock.now()))


@blueprint.delete("/gateways/<int:gateway_id>")
@allow(*GATEWAY_KEEPERS)
@blueprint.response(200, KitGatewayOut)
@blueprint.alt_response(404, description=NOT_HERE)
def revoke_gateway(gateway_id: int) -> Any:
    """Take a gateway out of use for good; what it sent stays."""
    now = clock.now()
    with transaction() as session:
        found = gateways.revoke_gateway(session, gateway_id=gateway_id, actor=current_actor(), now=now)
        return listing.view_gateway(found, now)


def _step(service: Callable[..., Any], device_id: int, body: dict[str, Any]) -> Any:
    with transaction() as session:
        return service(session, device_id=device_id, **body, actor=current_actor(), now=clock.now())


def _issued(issued: gateways.Issued) -> Any:
    gateway = listing.view_gateway(issued.gateway, clock.now())
    return {"gateway": gateway, "token": issued.token, "mqtt_user": issued.gateway.mqtt_user}
