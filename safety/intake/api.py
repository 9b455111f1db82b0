"""Events over HTTP: a gateway sends what its devices said."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.auth.guard import current_device, gateway_only
from app.db import transaction
from app.web.security import reads_any_text
from safety.intake.arrivals import Source, read_moment
from safety.intake.schemas import SafetyEventsIn, SafetyEventsOut
from safety.intake.services import accept
from safety.intake.wording import tell

blueprint = Blueprint("safety_events", __name__, url_prefix="/api/v1/safety", description="Events of homes")
# A thousand events of the longest words.
LONGEST_BODY = 1_000_000


@blueprint.before_request
def bound_body() -> None:
    """Read no more than a batch can hold."""
    request.max_content_length = LONGEST_BODY


@blueprint.post("/events")
@gateway_only
@reads_any_text
@blueprint.arguments(SafetyEventsIn)
@blueprint.response(202, SafetyEventsOut)
def take_events(body: dict[str, Any]) -> Any:
    """Take what a gateway's devices said; judged and stored when this answers, safe to send again."""
    gateway = current_device()
    source = Source(id=gateway.id, code=gateway.code, area_code=gateway.area_code, home_id=gateway.home_id)
    with transaction() as session:
        taken = accept(
            session, gateway=source, events=body["events"], sent_at=read_moment(body["sent_at"]), now=clock.now()
        )
    return {
        "accepted": taken.accepted,
        "repeated": taken.repeated,
        "errors": {str(index): tell(faults) for index, faults in sorted(taken.errors.items())},
        "codes": {str(index): dict(faults) for index, faults in sorted(taken.errors.items())},
    }
