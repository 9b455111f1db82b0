"""What devices ask over HTTP: a token, the roster, and to take what they sold."""

from dataclasses import asdict
from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.auth import public
from app.clock import business_day
from app.db import transaction
from meals.tills import devices
from meals.tills.policy import find_till_rules
from meals.tills.schemas import EnrolmentIn, EnrolmentOut

blueprint = Blueprint(
    "till_devices", __name__, url_prefix="/api/v1/meals/tills", description="Tills that sell while the line is cut"
)


@blueprint.post("/enrolments")
@public
@blueprint.arguments(EnrolmentIn)
@blueprint.response(201, EnrolmentOut)
def enrol_device(body: dict[str, str]) -> Any:
    """Trade the code of a one-time QR for a token of the till's own."""
    now = clock.now()
    with transaction() as session:
        enrolled = devices.enrol_device(session, **body, address=request.remote_addr or "unknown", now=now)
        rules = find_till_rules(session, area_code=enrolled.canteen.area_code, on=business_day(now))
        limits = asdict(rules) if rules else None
        return EnrolmentOut().dump({**{name: getattr(enrolled, name) for name in enrolled.__slots__}, "limits": limits})
