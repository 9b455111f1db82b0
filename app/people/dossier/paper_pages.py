"""Pages of a person's file on paper: what for and which parts, then the sheets."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template
from marshmallow import Schema, fields, validate

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day, local
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people import queries
from app.people.access import PRINTERS
from app.people.dossier.printing import list_parts, print_person

blueprint = Blueprint("paper", __name__, url_prefix="/people/seniors", template_folder="../templates")

ASK = "dossier/ask.html"
MOST_PARTS = 20


class PaperFormIn(Schema):
    """What for a file is printed, and which parts of it; the service says what is wrong with the purpose."""

    purpose = fields.String(load_default="", validate=validate.Length(max=1000))
    parts = fields.List(
        fields.String(validate=validate.Length(max=40)), load_default=list, validate=validate.Length(max=MOST_PARTS)
    )


def asked(senior_id: int) -> Mapping[str, Any]:
    """Return what the form shows: the parts that the reader may take."""
    with transaction() as session:
        actor, day = current_actor(), business_day(clock.now())
        return {
            "senior": queries.get_senior(session, senior_id=senior_id, actor=actor, day=day),
            "parts": list_parts(session, senior_id=senior_id, actor=actor),
        }


@blueprint.get("/<int:senior_id>/file")
@allow(*PRINTERS)
def ask(senior_id: int) -> str:
    """Ask what for the file is printed, and which parts of it."""
    return render_template(ASK, form=Form(), **asked(senior_id))


@blueprint.post("/<int:senior_id>/file")
@allow(*PRINTERS)
@shows_refusals(ASK, asked)
def show(senior_id: int) -> str:
    """Show the sheets, in the answer to the form and at no address."""
    form = read_form(PaperFormIn)
    with transaction() as session:
        paper = print_person(session, senior_id=senior_id, **form, actor=current_actor(), now=clock.now())
    return render_template("dossier/paper.html", paper=paper, local=local)
