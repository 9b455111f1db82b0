"""The care bed, for the family: how far it is, who looks after it, applying for one and signing its agreement."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import Forbidden
from app.forms import read_form, shows_refusals
from app.people.relatives.reach import Topic
from care_beds.beds import services
from care_beds.beds.family import find_family_bed, may_sign_for, relation_of
from care_beds.beds.page_words import WORDS
from care_beds.beds.rules import Party
from care_beds.beds.schemas import BedFamilyIn, BedFamilySignIn
from portal.visiting import VISITORS, visit

PAGE = "portal/bed.html"

blueprint = Blueprint("family_bed", __name__, url_prefix="/family", template_folder="templates")


def context(senior_id: int) -> dict[str, Any]:
    """Gather a senior's bed, and what the caller may do about it."""
    now = clock.now()
    today = business_day(now)
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.VISITS, now=now)
        found = find_family_bed(session, reached=reached, actor=current_actor(), today=today)
    return {**WORDS, "reached": reached, "found": found, "page": found.page, "today": today}


@blueprint.get("/<int:senior_id>/bed")
@allow(*VISITORS)
def show_bed(senior_id: int) -> str:
    """Show how far the bed is."""
    return render_template(PAGE, **context(senior_id))


@blueprint.post("/<int:senior_id>/bed/application")
@allow(*VISITORS)
@shows_refusals(PAGE, context)
def apply(senior_id: int) -> Response:
    """Apply for a bed."""
    asked, now, actor = read_form(BedFamilyIn), clock.now(), current_actor()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.VISITS, now=now)
        applicant = services.Applicant(relation=relation_of(reached), name=actor.name)
        services.apply_as_family(session, senior_id=senior_id, **asked, applicant=applicant, actor=actor, now=now)
    flash(_("The application is with the street office. An assessment at home comes next."), "ok")
    return _to(senior_id)


@blueprint.post("/<int:senior_id>/bed/signature")
@allow(*VISITORS)
@shows_refusals(PAGE, context)
def sign(senior_id: int) -> Response:
    """Sign the agreement for the senior."""
    asked, now, actor = read_form(BedFamilySignIn), clock.now(), current_actor()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=Topic.VISITS, now=now)
        if not may_sign_for(reached):
            raise Forbidden
        signer = services.Signer(party=Party.SENIOR, name=asked["name"], relation=relation_of(reached))
        services.sign_as_family(session, senior_id=senior_id, signer=signer, actor=actor, now=now)
    flash(_("Signed."), "ok")
    return _to(senior_id)


def _to(senior_id: int) -> Response:
    return redirect(url_for("family_bed.show_bed", senior_id=senior_id), 303)  # type: ignore[return-value]
