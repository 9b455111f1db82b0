"""Stickers at beds as pages: one to print and put up, those before it, and taking one out of use."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.forms import read_form, shows_refusals
from care_beds.beds import queries as beds
from care_beds.beds.doors import list_doors
from care_beds.rounds import stickers
from care_beds.rounds.schemas import RevocationIn
from care_beds.rounds.sticker_codes import MARGIN, MODULES, draw, grouped
from care_beds.rounds.stickers import ISSUERS
from care_beds.rounds.words import REVOKE_NAMES, REVOKE_REASONS

PAGE = "rounds/stickers.html"

blueprint = Blueprint("bed_stickers", __name__, template_folder="templates", url_prefix="/care/beds")


def context(bed_id: int, **_others: Any) -> dict[str, Any]:
    """Return what the page of a bed's stickers shows: the one that counts, and those before."""
    actor = current_actor()
    with transaction() as session:
        bed = beds.get_bed(session, bed_id=bed_id, actor=actor)
        found = stickers.list_stickers(session, bed_id=bed_id, by=actor)
        door = list_doors(session, bed_ids=[bed_id]).get(bed_id)
        number = bed.number
    return {
        "bed_id": bed_id,
        "number": number,
        "name": door.name if door else "",
        "live": next((each for each in found if each.revoked_at is None), None),
        "before": [each for each in found if each.revoked_at is not None],
        "draw": draw,
        "grouped": grouped,
        "side": MODULES + 2 * MARGIN,
        "margin": MARGIN,
        "revoke_names": REVOKE_NAMES,
        "revoke_reasons": REVOKE_REASONS,
    }


@blueprint.get("/<int:bed_id>/stickers")
@allow(*ISSUERS)
def show_stickers(bed_id: int) -> str:
    """Show a bed's sticker, ready to print."""
    return render_template(PAGE, **context(bed_id))


@blueprint.post("/<int:bed_id>/stickers")
@allow(*ISSUERS)
@shows_refusals(PAGE, context)
def issue(bed_id: int) -> Response:
    """Give a bed a new sticker."""
    with transaction() as session:
        stickers.issue_sticker(session, bed_id=bed_id, by=current_actor(), now=clock.now())
    flash(_("A new sticker is made. Print it and put it up at the bed; one from before counts no more."), "ok")
    return _back(bed_id)


@blueprint.post("/<int:bed_id>/stickers/<int:sticker_id>/revocation")
@allow(*ISSUERS)
@shows_refusals(PAGE, context)
def revoke(bed_id: int, sticker_id: int) -> Response:
    """Take a sticker out of use."""
    form = read_form(RevocationIn)
    with transaction() as session:
        stickers.revoke_sticker(session, sticker_id=sticker_id, **form, by=current_actor(), now=clock.now())
    flash(_("The sticker counts no more. Whoever scans it is told, and the supervisor sees it."), "ok")
    return _back(bed_id)


def _back(bed_id: int) -> Response:
    return redirect(url_for("bed_stickers.show_stickers", bed_id=bed_id), 303)  # type: ignore[return-value]
