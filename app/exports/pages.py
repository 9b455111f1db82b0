"""Pages of exports: asking with a purpose, how far it is, fetching, and what waits for somebody's decision."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.exports import queries, services, tasks
from app.exports.registry import get_export_list
from app.forms import Form, read_form, shows_refusals
from app.jobs import enqueue
from app.sheets_out import CSV_TYPE, XLSX_TYPE
from app.web.language import current_language
from app.web.pages import local_address

# Written at once, within the request; more than that is work for a worker.
AT_ONCE = 3_000
TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}
READERS = (
    Role.CANTEEN_MANAGER,
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.PROVIDER_MANAGER,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)

blueprint = Blueprint("exports", __name__, template_folder="templates", url_prefix="/exports")


class WishIn(Schema):
    """What somebody wants: in which form, for what, with or without names."""

    file_format = fields.String(required=True, validate=validate.OneOf(sorted(TYPES)))
    purpose = fields.String(required=True, validate=validate.Length(4, 400))
    is_named = fields.Boolean(load_default=False)


class RefusalIn(Schema):
    """Why a file may not leave."""

    reason = fields.String(required=True, validate=validate.Length(2, 400))


def _wish_context(what: str) -> dict[str, Any]:
    wanted, filters = get_export_list(what), _filters()
    actor = current_actor().narrowed(wanted.roles)
    with transaction() as session:
        told, rows = wanted.tell(filters), wanted.count(session, actor, filters)
    back = local_address(request.referrer.partition(request.host)[2]) if request.referrer else "/"
    return {"wanted": wanted, "told": told, "rows": rows, "most_rows": services.MOST_ROWS, "back": back}


def _one_context(export_id: int) -> dict[str, Any]:
    actor = current_actor()
    with transaction() as session:
        found = queries.get_export(session, export_id=export_id, actor=actor)
        session.expunge(found)
    waits, own = services.is_waiting(found), found.maker_id == actor.account_id
    return {
        "file": found,
        "own": own,
        "waits": waits,
        "busy": found.built_at is None and not waits and found.state != "rejected",
        "may_decide": waits and not own and services.may_decide(found, actor),
        "ends_at": (found.decided_at or found.created_at) + services.GOOD_FOR,
        "over": clock.now() > (found.decided_at or found.created_at) + services.GOOD_FOR,
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {"title_of": lambda found: get_export_list(found.what).title}


@blueprint.get("/new/<what>")
@allow(*READERS)
def ask(what: str) -> str:
    """Ask for what a list shows, as a file."""
    return render_template("exports/ask.html", form=Form(), **_wish_context(what))


@blueprint.post("/new/<what>")
@allow(*READERS)
@shows_refusals("exports/ask.html", _wish_context)
def ask_for(what: str) -> Response:
    """Write down the wish; without names, and when it is small, write the file at once."""
    wish, now = read_form(WishIn), clock.now()
    about: dict[str, Any] = {
        "what": what,
        "filters": _filters(),
        "language": current_language(),
        "by": current_actor(),
        "now": now,
    }
    with transaction() as session:
        found = services.ask_for(session, **wish, **about)
        number, waits, rows = found.id, services.is_waiting(found), found.rows_total
    if not waits:
        _write(number, rows)
    return _go(number)


@blueprint.get("")
@allow(*READERS)
def list_exports() -> str:
    """List one's own exports, and those that wait for one's decision."""
    with transaction() as session:
        own = queries.list_own(session, actor=current_actor(), before=request.args.get("before", type=int))
        waiting = queries.list_to_decide(session, actor=current_actor())
        shown = {"own": own[: queries.MOST_SHOWN], "more": len(own) > queries.MOST_SHOWN, "waiting": waiting}
        return render_template("exports/list.html", **shown, **_words())


@blueprint.get("/<int:export_id>")
@allow(*READERS)
def show(export_id: int) -> Any:
    """Show how far an export is; the page asks every second while it is written."""
    context = _one_context(export_id)
    if request.headers.get("HX-Request") != "true":
        return render_template("exports/one.html", form=Form(), **context)
    headers = {} if context["busy"] else {"HX-Refresh": "true"}
    return render_template("exports/progress.html", **context), 200, headers


@blueprint.post("/<int:export_id>/file")
@allow(*READERS)
def fetch(export_id: int) -> Response:
    """Hand out the file."""
    with transaction() as session:
        found, path = services.hand_out(
            session, export_id=export_id, folder=tasks.folder(), by=current_actor(), now=clock.now()
        )
        name, kind = f"{found.what}-{found.id}.{found.file_format}", TYPES[found.file_format]
    return send_file(path.resolve(), mimetype=kind, as_attachment=True, download_name=name, max_age=0)


@blueprint.post("/<int:export_id>/permission")
@allow(*services.CHECKERS)
@shows_refusals("exports/one.html", _one_context)
def permit(export_id: int) -> Response:
    """Let a file with names leave."""
    with transaction() as session:
        found = services.allow(session, export_id=export_id, by=current_actor(), now=clock.now())
        rows = found.rows_total
    _write(export_id, rows)
    flash(_("Allowed. Whoever asked can fetch it once, within a day."), "ok")
    return _go(export_id)


@blueprint.post("/<int:export_id>/refusal")
@allow(*services.CHECKERS)
@shows_refusals("exports/one.html", _one_context)
def refuse(export_id: int) -> Response:
    """Keep a file with names from leaving."""
    reason = read_form(RefusalIn)["reason"]
    with transaction() as session:
        services.refuse(session, export_id=export_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Refused. Whoever asked sees why."), "ok")
    return _go(export_id)


def _filters() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if value and name not in ("after", "sale")}


def _write(number: int, rows: int) -> None:
    if rows <= AT_ONCE:
        tasks.write_file(number)
    else:
        enqueue(tasks.BUILD, export_id=number)


def _go(number: int) -> Response:
    return redirect(url_for("exports.show", export_id=number), 303)  # type: ignore[return-value]
