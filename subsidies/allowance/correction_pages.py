"""The pages of corrections: facts that came late, what they mean, and the decisions about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.areas.queries import name_places
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.vault import mask_name
from app.web.language import current_language
from subsidies.allowance import access, corrections, queries, run_views, wording
from subsidies.allowance.access import CHECKERS, MAKERS, READERS
from subsidies.allowance.models import GrantCorrection
from subsidies.allowance.rules import reason_from_json
from subsidies.allowance.run_pages import blueprint
from subsidies.allowance.schemas import CorrectionIn, ListIn, RejectionIn
from subsidies.allowance.view_words import correction_chip

PAGE_LENGTH = 50


def shown_corrections() -> dict[str, Any]:
    """Return what the page of corrections shows."""
    actor, today = current_actor(), business_day(clock.now())
    after = read_address(ListIn())[0]["after"]
    with transaction() as session:
        items, following = corrections.list_corrections(
            session, area_codes=actor.area_codes, after=after, limit=PAGE_LENGTH
        )
        late = corrections.list_late(session, area_codes=actor.area_codes, today=today)
        ids = {item.senior_id for item in items} | {each.senior_id for each in late}
        places = {item.area_code for item in items} | {each.area_code for each in late}
        by_place = queries.list_titles_by_place(session, on=today, places=places)
        told = _tell(session, items, by_place)
        shown = {
            "items": items,
            "next": following,
            "late": late,
            "names": {number: mask_name(name) for number, name in queries.find_names(session, ids).items()},
            "people": queries.find_people(
                session, [each for item in items for each in (item.maker_id, item.checker_id)]
            ),
            "titles": {place: run_views.in_words(found) for place, found in by_place.items()},
            "offered": run_views.in_words(queries.list_offered(session, on=today, area_codes=actor.area_codes)),
            "told": told,
            "status_words": {
                code: words.en if current_language() == "en" else words.zh for code, words in wording.STATUSES.items()
            },
            "chip": correction_chip,
            "may_make": access.makes(actor),
            "checks": lambda item: access.checks(actor, maker_id=item.maker_id),
            "today": today,
        }
        run_views.release(session, items)
    return shown


def _tell(session: Session, items: Sequence[GrantCorrection], titles: Mapping[str, wording.Names]) -> dict[int, Any]:
    """Put what was decided again into words, with the names of its places and of the programmes there."""
    steps = {each: [reason_from_json(line) for line in each.reasons] for each in items}
    places = name_places(session, wording.list_places(line for lines in steps.values() for line in lines))
    return {
        each.id: wording.explain(lines, names={**places, **titles[each.area_code]})[current_language()]
        for each, lines in steps.items()
    }


@blueprint.get("/corrections")
@allow(*READERS)
def list_corrections() -> str:
    """Show what came late, and the corrections proposed and made."""
    return render_template("allowance/corrections.html", form=Form(), **shown_corrections())


@blueprint.post("/corrections")
@allow(*MAKERS)
@shows_refusals("allowance/corrections.html", shown_corrections)
def propose() -> Response:
    """Propose to correct a person's months."""
    asked = read_form(CorrectionIn)
    with transaction() as session:
        made = corrections.propose(session, **asked, by=current_actor(), now=clock.now())
    flash(
        ngettext("%(num)s month is handed in for approval.", "%(num)s months are handed in for approval.", len(made)),
        "ok",
    )
    return _go()


@blueprint.post("/corrections/<int:correction_id>/approval")
@allow(*CHECKERS)
@shows_refusals("allowance/corrections.html", lambda **_ids: shown_corrections())
def approve_correction(correction_id: int) -> Response:
    """Approve a correction; it is booked at once."""
    with transaction() as session:
        corrections.approve(session, correction_id=correction_id, by=current_actor(), now=clock.now())
    flash(_("Approved and booked."), "ok")
    return _go()


@blueprint.post("/corrections/<int:correction_id>/rejection")
@allow(*CHECKERS)
@shows_refusals("allowance/corrections.html", lambda **_ids: shown_corrections())
def reject_correction(correction_id: int) -> Response:
    """Send a correction back."""
    reason = read_form(RejectionIn)["reason"]
    with transaction() as session:
        corrections.reject(session, correction_id=correction_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Sent back with your reason."), "ok")
    return _go()


def _go() -> Response:
    return redirect(url_for("grants.list_corrections"), 303)  # type: ignore[return-value]
