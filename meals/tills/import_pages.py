"""The page on which a manager hands in what somebody took out of a till as a file: look first, then book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from app.auth import allow, current_actor
from app.db import transaction
from app.errors import Invalid
from app.forms import Form, read_form, shows_refusals
from meals.page_words import Chip, name_of
from meals.tills.pages import ENROLLERS
from meals.tills.receiving import hand_in
from meals.tills.rescue import AT_ONCE, MOST_BYTES, MOST_ENTRIES, Line, pack, read_file, unpack
from meals.tills.words import tell_conflict

SHOWN = 100
PAGE = "tills/import.html"
OUTCOMES = {
    "booked": Chip("ok", "check", _l("In the books now")),
    "replayed": Chip("info", "info", _l("Was there before")),
    "refused_shape": Chip("danger", "warn", _l("Kept as it is, not booked")),
    "": Chip("warn", "clock", _l("Not taken yet: send the file again")),
}
KINDS = {"sale": _l("Sale"), "undo": _l("Undoing"), "other": _l("Cannot be read")}

blueprint = Blueprint("till_import", __name__, template_folder="templates", url_prefix="/meals/tills/import")


class EntriesIn(Schema):
    """A file that was looked at, and where to go on in it."""

    packed = fields.String(required=True)
    start = fields.Integer(load_default=0, validate=validate.Range(0, MOST_ENTRIES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An entry of a file, and what became of it."""

    line: Line
    chip: Chip
    reasons: Sequence[str]
    checkout_id: str | None


@blueprint.get("")
@allow(*ENROLLERS)
def show_form() -> str:
    """Ask for the file."""
    return render_template(PAGE, form=Form(), **WORDS)


@blueprint.post("")
@allow(*ENROLLERS)
@shows_refusals(PAGE, lambda: WORDS)
def look() -> str:
    """Show what is in a file; nothing is booked."""
    data = _sent_file()
    with transaction() as session:
        rescued = read_file(session, data, by=current_actor())
        return render_template("tills/import_look.html", rescued=rescued, packed=pack(data), **WORDS)


@blueprint.post("/entries")
@allow(*ENROLLERS)
@shows_refusals(PAGE, lambda: WORDS)
def book() -> str:
    """Book what is in a file, some at a time, and say of each entry what became of it."""
    form, actor = read_form(EntriesIn), current_actor()
    start = form["start"]
    with transaction() as session:
        rescued = read_file(session, unpack(form["packed"]), by=actor)
    some = slice(start, start + AT_ONCE)
    answers = hand_in(rescued.entries[some], device_id=rescued.device_id, by=actor)
    taken = _match(rescued.lines[some], answers)
    left = max(len(rescued.entries) - some.stop, 0)
    shown = {"taken": taken, "left": left, "start": some.stop, "packed": form["packed"]}
    return render_template("tills/import_done.html", rescued=rescued, **shown, **WORDS)


def _sent_file() -> bytes:
    """Return the content of the file in the form.

    :raises Invalid: if there is none
    """
    sent = request.files.get("file")
    data = sent.stream.read(MOST_BYTES + 1) if sent else b""
    if sent:
        sent.close()
    if not data:
        raise Invalid(errors={"file": [_("Choose the file that was exported at the till.")]})
    return data


def _match(lines: Sequence[Line], answers: Sequence[Mapping[str, Any]]) -> list[Taken]:
    """Put beside each entry what it was answered; one without an answer was not taken."""
    by_id = {str(answer["id"]): answer for answer in answers}
    return [_taken(line, by_id.get(line.id, {})) for line in lines]


def _taken(line: Line, answer: Mapping[str, Any]) -> Taken:
    receipt = answer.get("receipt") or {}
    reasons = [tell_conflict(reason) for found in answer.get("findings", ()) for reason in found["reasons"]]
    return Taken(
        line=line,
        chip=OUTCOMES[answer.get("outcome", "")],
        reasons=reasons,
        checkout_id=receipt.get("checkout_id") or receipt.get("id"),
    )


WORDS: Mapping[str, Any] = {"kinds": KINDS, "shown": SHOWN, "name_of": name_of, "megabytes": MOST_BYTES // 1_000_000}
