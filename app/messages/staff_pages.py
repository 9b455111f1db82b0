"""Messages that did not get out, for administrators; and those of the demonstration, for whoever tries it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from app import clock, vault
from app.auth import Role, allow, current_actor, public
from app.db import transaction
from app.errors import NotFound
from app.messages import queries, routes, stuck
from app.messages.kinds import find_kind
from app.messages.models import EMAIL, Delivery
from app.messages.wording import CHANNEL_NAMES

blueprint = Blueprint("messages", __name__, url_prefix="/messages", template_folder="templates")


@blueprint.get("/stuck")
@allow(Role.ADMINISTRATOR)
def list_stuck() -> str:
    """Show the messages that did not get out, and how the channels fare."""
    now, areas = clock.now(), current_actor().area_codes
    with transaction() as session:
        rows = queries.list_stuck(session, area_codes=areas, now=now, before=request.args.get("before", type=int))
        return render_template(
            "messages/stuck.html",
            items=rows[: queries.PAGE_LENGTH],
            more=len(rows) > queries.PAGE_LENGTH,
            channels=queries.list_channels(session),
            waiting=queries.count_waiting(session),
            now=now,
            address_of=_masked,
            title_of=_title,
            channel_names=CHANNEL_NAMES,
        )


@blueprint.post("/stuck/<int:delivery_id>/again")
@allow(Role.ADMINISTRATOR)
def try_again(delivery_id: int) -> Response:
    """Have one message tried again."""
    return _again(delivery_id)


@blueprint.post("/stuck/again")
@allow(Role.ADMINISTRATOR)
def try_all_again() -> Response:
    """Have all messages that were given up tried again."""
    return _again(None)


@blueprint.get("/demo")
@public
def show_demo() -> str:
    """Show what the demonstration sent; nothing of the kind exists anywhere else."""
    with transaction() as session:
        if not routes.has_demo(session):
            raise NotFound
        shown = {"items": queries.list_demo(session), "waiting": queries.count_waiting(session)}
        return render_template("messages/demo.html", mask=vault.mask_phone, **shown)


def _again(delivery_id: int | None) -> Response:
    actor = current_actor()
    with transaction() as session:
        count = stuck.try_again(
            session, area_codes=actor.area_codes, by=actor, delivery_id=delivery_id, now=clock.now()
        )
    flash(ngettext("%(num)s message is tried again.", "%(num)s messages are tried again.", count), "ok")
    return redirect(url_for("messages.list_stuck"), 303)  # type: ignore[return-value]


def _masked(delivery: Delivery) -> str:
    address = vault.unseal(delivery.address_sealed)
    if delivery.channel != EMAIL:
        return vault.mask_phone(address)
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}***@{host}"


def _title(delivery: Delivery) -> str:
    kind = find_kind(delivery.kind)
    return str(kind.title) if kind else delivery.kind
