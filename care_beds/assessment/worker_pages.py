"""The service worker that lets the form of an assessment open again without the line."""

from pathlib import Path

from flask import Blueprint, Response, request

from app.auth import public

SCOPE = "/care/assessments/"
SOURCE = Path(__file__).resolve().parent.parent / "static" / "assessment" / "worker.js"

blueprint = Blueprint("assessment_worker", __name__, url_prefix="/care/assessments")


@blueprint.get("/worker.js")
@public
def show_worker() -> Response:
    """Send the service worker. It is asked for again and again, so that it must not be kept."""
    answer = Response(SOURCE.read_text(encoding="utf-8"), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = SCOPE
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
