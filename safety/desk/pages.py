"""The page of the desk, and the list that it fetches when something changed; who does not answer alerts looks on."""

from flask import Blueprint, Response, render_template, request

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from safety.alerts.services import note_desk
from safety.desk.access import READERS
from safety.desk.figures import list_kpis
from safety.desk.showing import find_mark, show_desk, show_kept_list

PAGE, LIST, KPIS = "desk/desk.html", "desk/list.html", "desk/kpis.html"

blueprint = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")


@blueprint.get("")
@allow(*READERS)
def show() -> str:
    """Show everything open, and where the shift begins."""
    now = clock.now()
    with transaction() as session:
        note_desk(session, by=current_actor(), now=now)
        shown = show_desk(session, now=now)
    return render_template(PAGE, **shown)


@blueprint.get("/<int:incident_id>")
@allow(*READERS)
def show_case(incident_id: int) -> str:
    """Show one alert beside the list."""
    now = clock.now()
    with transaction() as session:
        note_desk(session, by=current_actor(), now=now)
        shown = show_desk(session, now=now, incident_id=incident_id)
    return render_template(PAGE, **shown)


@blueprint.get("/kpis")
@allow(*READERS)
def show_kpis() -> str:
    """Show the figures of the bar as they are now; each page of the desk asks for them every minute, and so lives."""
    now = clock.now()
    with transaction() as session:
        note_desk(session, by=current_actor(), now=now)
        kpis = list_kpis(session, actor=current_actor(), now=now)
    return render_template(KPIS, kpis=kpis)


@blueprint.get("/list")
@allow(*READERS)
def show_fresh_list() -> Response:
    """Show the list alone; the moment, and the mark of the alert that is open on the page, go beside it."""
    now = clock.now()
    with transaction() as session:
        page = show_kept_list(session, template=LIST, now=now)
        mark = find_mark(session, incident_id=request.args.get("open", type=int))
    return Response(page, headers={"X-Desk-Now": str(int(now.timestamp() * 1000)), "X-Desk-Open": mark})
