"""The page of devices that call through a gateway and are installed nowhere."""

from flask import Blueprint, render_template

from app.auth import allow, current_actor
from app.db import transaction
from safety.intake.queries import list_strangers
from safety.kits.access import READERS
from safety.kits.page_words import KIND_NAMES

blueprint = Blueprint("safety_strangers", __name__, url_prefix="/safety", template_folder="templates")


@blueprint.get("/devices/unknown")
@allow(*READERS)
def list_unknown() -> str:
    """List devices that called last and are installed nowhere: whoever installs one presses it and sees its name."""
    with transaction() as session:
        strangers = list_strangers(session, reach=current_actor())
    return render_template("intake/strangers.html", strangers=strangers, kinds=KIND_NAMES)
