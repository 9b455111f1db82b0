"""Pages of files of seniors: send one, see what it would bring, decide, see what it brought."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from app.errors import Invalid
from app.forms import Form, read_form, shows_refusals
from app.jobs import enqueue
from app.people import imports, wording
from app.people.api import WRITERS
from app.people.files import template
from app.people.importing import Mode, Report
from app.people.schemas import DecisionIn
from app.people.tasks import CHECK, TAKE_IN

BYTE_ORDER_MARK = "\ufeff"  # without it Excel shows Chinese as garbage
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

blueprint = Blueprint("people_imports", __name__, url_prefix="/people/imports", template_folder="templates")


def latest() -> dict[str, Any]:
    """Return what the page of files shows."""
    with transaction() as session:
        return {"files": list(imports.list_imports(session, actor=current_actor()))}


@blueprint.get("/")
@allow(*WRITERS)
def list_imports() -> str:
    """Show the form for a file, and the files sent before."""
    return render_template("people/imports.html", form=Form(), **latest())


@blueprint.post("/")
@allow(*WRITERS)
@shows_refusals("people/imports.html", latest)
def upload() -> Response:
    """Keep a file and have it checked."""
    name, data = _sent_file()
    with transaction() as session:
        import_id = imports.upload(session, name=name, data=data, actor=current_actor(), now=clock.now())
    enqueue(CHECK, import_id=import_id)
    return _go(import_id)


@blueprint.get("/template.csv")
@allow(*WRITERS)
def download_template() -> Response:
    """Send the header line and one good example row."""
    return _csv(template(), "seniors-template.csv")


@blueprint.get("/<int:import_id>")
@allow(*WRITERS)
def show(import_id: int) -> Any:
    """Show how far a file is, what it would bring, or what it brought."""
    with transaction() as session:
        file = imports.get_import(session, import_id=import_id, actor=current_actor())
        busy = file.state in imports.WAITING
        shown = {"file": file, "busy": busy, "report": imports.report_of(file), "form": Form()}
        if request.headers.get("HX-Request") != "true":
            return render_template("people/import.html", **shown)
        # The page asks every second; once there is news it loads itself anew.
        headers = {} if busy else {"HX-Refresh": "true"}
        return render_template("people/import_progress.html", **shown), 200, headers


@blueprint.post("/<int:import_id>/confirmation")
@allow(*WRITERS)
def confirm(import_id: int) -> Response:
    """Have a checked file taken in."""
    mode = Mode(read_form(DecisionIn)["mode"])
    with transaction() as session:
        imports.confirm(session, import_id=import_id, mode=mode, actor=current_actor(), now=clock.now())
    enqueue(TAKE_IN, import_id=import_id)
    return _go(import_id)


@blueprint.post("/<int:import_id>/discarding")
@allow(*WRITERS)
def discard(import_id: int) -> Response:
    """Forget a checked file."""
    with transaction() as session:
        imports.discard(session, import_id=import_id, actor=current_actor(), now=clock.now())
    flash(_("The file is forgotten. Nothing was saved from it."), "ok")
    return redirect(url_for("people_imports.list_imports"), 303)  # type: ignore[return-value]


@blueprint.get("/<int:import_id>/faults.csv")
@allow(*WRITERS)
def download_faults(import_id: int) -> Response:
    """Send what is wrong with a file's rows, to mend it by."""
    with transaction() as session:
        file = imports.get_import(session, import_id=import_id, actor=current_actor())
        return _csv(_fault_lines(imports.report_of(file) or Report()), f"faults-{import_id}.csv")


def _sent_file() -> tuple[str, bytes]:
    """Return the name and content of the file in the form.

    :raises Invalid: if there is none
    """
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if sent is None or not data:
        raise Invalid(errors={"file": [_("Choose a file first; it must not be empty.")]})
    return sent.filename or "", data


def _fault_lines(report: Report) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("Row"), _("Column"), _("What is wrong")])
    for fault in report.faults:
        told = str(wording.say(fault.code, fault.params))
        # A spreadsheet must not take what somebody typed for a formula.
        safe = f"'{told}" if told.startswith(FORMULA_STARTS) else told
        writer.writerow([fault.row, str(wording.FIELD_NAMES[fault.column]), safe])
    return text.getvalue()


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(BYTE_ORDER_MARK + text, mimetype="text/csv", headers=headers)


def _go(import_id: int) -> Response:
    return redirect(url_for("people_imports.show", import_id=import_id), 303)  # type: ignore[return-value]
