"""Pages of devices and gateways: what is in stock, what is installed and how well it is, and what it speaks through."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.queries import Place, list_places
from app.web.language import ENGLISH, current_language
from app.web.wording import in_language
from safety.kits import gateways, installing, listing
from safety.kits.access import FITTERS, GATEWAY_KEEPERS, READERS
from safety.kits.home_pages import read_place
from safety.kits.page_words import WORDS
from safety.kits.policy import terms_in_force
from safety.kits.schemas import KitDeviceIn, KitDevicesPlaceIn, KitGatewayIn, KitNothingIn, KitPagesIn

DEVICES, GATEWAYS = "kits/devices.html", "kits/gateways.html"

blueprint = Blueprint("safety_devices", __name__, url_prefix="/safety", template_folder="templates")


@blueprint.get("/devices")
@allow(*READERS)
def list_devices() -> str:
    """List devices, the last added first."""
    return render_template(DEVICES, form=Form(), **devices_context())


def devices_context() -> dict[str, Any]:
    """Gather what the list of devices shows."""
    actor, now, asked = current_actor(), clock.now(), read_place(KitDevicesPlaceIn)
    with transaction() as session:
        page = listing.list_device_items(session, reach=actor, now=now, **asked)
        terms = terms_in_force(session, on=business_day(now))
        nearby = list_places(session, actor=actor, levels=("district", "street", "community"))
    kinds = {code: in_language(kind.title) for each in terms.values() for code, kind in each.types.items()}
    shown = {"page": page, "kinds": kinds, "place_choices": _choices(nearby), "filters": asked["filters"]}
    return {**WORDS, **shown, "may_stock": bool(actor.roles & set(FITTERS)), "now": now}


@blueprint.post("/devices")
@allow(*FITTERS)
@shows_refusals(DEVICES, devices_context)
def stock_device() -> Response:
    """Take a device into stock."""
    asked = read_form(KitDeviceIn)
    with transaction() as session:
        installing.stock_device(session, **asked, actor=current_actor(), now=clock.now())
    flash(_("In stock now."), "ok")
    return redirect(url_for("safety_devices.list_devices", state="stocked"), 303)  # type: ignore[return-value]


@blueprint.get("/gateways")
@allow(*READERS)
def list_gateways() -> str:
    """List gateways, the last added first."""
    return render_template(GATEWAYS, form=Form(), **gateways_context())


def gateways_context(**_others: Any) -> dict[str, Any]:
    """Gather what the list of gateways shows."""
    actor, now, asked = current_actor(), clock.now(), read_place(GatewaysPlaceIn)
    with transaction() as session:
        page = listing.list_gateways(session, reach=actor, now=now, **asked)
        nearby = list_places(session, actor=actor, levels=("district", "street", "community"))
    may_keep = bool(actor.roles & set(GATEWAY_KEEPERS))
    return {
        **WORDS,
        "page": page,
        "place_choices": _choices(nearby),
        "may_keep": may_keep,
        "now": now,
    }


def _choices(places: Sequence[Place]) -> list[tuple[str, str]]:
    is_english = current_language() == ENGLISH
    return [(each.code, each.name_en if is_english and each.name_en else each.name) for each in places]


class GatewaysPlaceIn(KitPagesIn):
    """Which page of the list, in the address."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = "exclude"


@blueprint.post("/gateways")
@allow(*GATEWAY_KEEPERS)
@shows_refusals(GATEWAYS, gateways_context)
def add_gateway() -> str:
    """Add a gateway, and show its secret once."""
    asked = read_form(KitGatewayIn)
    with transaction() as session:
        issued = gateways.add_gateway(session, **asked, actor=current_actor(), now=clock.now())
    return render_template("kits/secret.html", gateway=issued.gateway, token=issued.token)


@blueprint.post("/gateways/<int:gateway_id>/secret")
@allow(*GATEWAY_KEEPERS)
@shows_refusals(GATEWAYS, gateways_context)
def roll_token(gateway_id: int) -> str:
    """Give a gateway a new secret, and show it once."""
    read_form(KitNothingIn)
    with transaction() as session:
        issued = gateways.roll_token(session, gateway_id=gateway_id, actor=current_actor(), now=clock.now())
    return render_template("kits/secret.html", gateway=issued.gateway, token=issued.token)


@blueprint.post("/gateways/<int:gateway_id>/revocation")
@allow(*GATEWAY_KEEPERS)
@shows_refusals(GATEWAYS, gateways_context)
def revoke(gateway_id: int) -> Response:
    """Take a gateway out of use."""
    read_form(KitNothingIn)
    with transaction() as session:
        gateways.revoke_gateway(session, gateway_id=gateway_id, actor=current_actor(), now=clock.now())
    flash(_("The gateway is out of use. What it sends now is refused."), "ok")
    return redirect(url_for("safety_devices.list_gateways"), 303)  # type: ignore[return-value]
