"""What devices ask over HTTP: a token, the roster, and to take what they sold."""

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from app import clock
from app.auth import public
from app.auth.guard import till_only
from app.clock import business_day
from app.db import transaction
from app.web.security import reads_any_text
from meals.tills import devices
from meals.tills.door import current_till
from meals.tills.policy import find_till_rules
from meals.tills.receiving import receive
from meals.tills.roster import compress, make_roster
from meals.tills.schemas import AnswersOut, EnrolmentIn, EnrolmentOut, RosterIn, RosterOut, SalesIn

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


@blueprint.get("/roster")
@till_only
@blueprint.arguments(RosterIn, location="query")
@blueprint.response(200, RosterOut)
def get_roster(asked: dict[str, str]) -> Response:
    """Send what a till sells by while the line is cut: all of it, or what changed since a version."""
    device, now = current_till(), clock.now()
    with transaction() as session:
        roster = make_roster(session, device=device, since=asked["since"], now=now)
        devices.note_state(session, device_id=device.id, now=now, roster_at=now)
    is_small = request.accept_encodings.quality("gzip") > 0
    answer = Response(compress(roster.body) if is_small else roster.body, mimetype="application/json")
    answer.set_etag(roster.etag, weak=True)
    answer.vary.add("Accept-Encoding")
    if is_small:
        answer.headers["Content-Encoding"] = "gzip"
    answer.make_conditional(request)
    return answer


@blueprint.post("/sales")
@till_only
@reads_any_text
@blueprint.arguments(SalesIn)
@blueprint.response(200, AnswersOut)
def take_sales(body: dict[str, Any]) -> Response:
    """Book what a till sold, as it decided it; a meal that was eaten is never refused."""
    answers = receive(body["sales"], device=current_till(), state=body["device_state"])
    return jsonify({"server_time": clock.now().isoformat(), "answers": answers})
