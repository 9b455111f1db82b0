"""The lane of devices: what is silent, weak or opened, apart from what is about people."""

from flask import Blueprint, render_template, request

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from safety.desk.access import READERS
from safety.desk.devices import list_devices
from safety.desk.words import rule_name

blueprint = Blueprint("desk_devices", __name__, url_prefix="/desk/devices", template_folder="templates")


@blueprint.get("")
@allow(*READERS)
def show_devices() -> str:
    """Show the open troubles of devices, those of one rule when it is named, the longest first."""
    rule = request.args.get("rule", "")
    with transaction() as session:
        page = list_devices(session, actor=current_actor(), rule=rule, after=request.args.get("after"), now=clock.now())
    return render_template("desk/devices.html", page=page, rule=rule, rule_name=rule_name)
