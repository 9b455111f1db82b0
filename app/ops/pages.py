"""Pages of what is to be destroyed: two administrators sign a list."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import Role, allow, current_actor
from app.auth.queries import list_names
from app.db import transaction
from app.ops import queries, shredding
from app.ops.wording import CAUSE_NAMES, DATA_NAMES, LEFT_NAMES

blueprint = Blueprint("ops", __name__, url_prefix="/ops", template_folder="templates")
LINES = 100
WORDS = {"data_names": DATA_NAMES, "cause_names": CAUSE_NAMES, "left_names": LEFT_NAMES}


@blueprint.get("/shredding")
@allow(Role.ADMINISTRATOR)
def list_shreddings() -> str:
    """Show the lists, and let a new one be made."""
    with transaction() as session:
        rows = queries.list_shreddings(
            session, before=request.args.get("before", type=int), area_codes=current_actor().area_codes
        )
        names = list_names(session, account_ids={each.maker_id for each in rows})
        shown = rows[: queries.PAGE_LENGTH]
        return render_template(
            "ops/shreddings.html",
            items=shown,
            more=len(rows) > len(shown),
            names=names,
            today=clock.business_day(clock.now()),
        )


@blueprint.post("/shredding")
@allow(Role.ADMINISTRATOR)
def propose() -> Response:
    """Make a list of what may no longer be kept today."""
    today: date = clock.business_day(clock.now())
    with transaction() as session:
        made = shredding.propose(session, until=today, by=current_actor(), now=clock.now()).id
    return _to(made)


@blueprint.get("/shredding/<int:shredding_id>")
@allow(Role.ADMINISTRATOR)
def show_shredding(shredding_id: int) -> str:
    """Show a list: sums, and line by line what is due since when."""
    with transaction() as session:
        found = shredding.get_shredding(session, shredding_id=shredding_id, actor=current_actor())
        rows = queries.list_lines(session, shredding_id=shredding_id, after=_after(), limit=LINES)
        people = {each for each in (found.maker_id, found.checker_id) if each}
        return render_template(
            "ops/shredding.html",
            list=found,
            sums=queries.sum_up(session, shredding_id=shredding_id),
            lines=rows[:LINES],
            more=len(rows) > LINES,
            names=list_names(session, account_ids=people),
            may_decide=found.state == "submitted" and found.maker_id != current_actor().account_id,
            **WORDS,
        )


@blueprint.post("/shredding/<int:shredding_id>/approve")
@allow(Role.ADMINISTRATOR)
def approve(shredding_id: int) -> Response:
    """Sign a list that somebody else made."""
    with transaction() as session:
        shredding.approve(session, shredding_id=shredding_id, by=current_actor(), now=clock.now())
    flash(_("Approved. The night's work or the command line destroys it."), "ok")
    return _to(shredding_id)


@blueprint.post("/shredding/<int:shredding_id>/reject")
@allow(Role.ADMINISTRATOR)
def reject(shredding_id: int) -> Response:
    """Refuse a list that somebody else made."""
    reason = request.form.get("reason", "").strip()[:500]
    with transaction() as session:
        shredding.reject(session, shredding_id=shredding_id, reason=reason, by=current_actor(), now=clock.now())
    return _to(shredding_id)


def _after() -> tuple[int, str] | None:
    senior, _dot, data = request.args.get("after", "").partition(".")
    return (int(senior), data) if senior.isascii() and senior.isdecimal() and len(senior) < 19 else None


def _to(shredding_id: int) -> Response:
    return redirect(url_for("ops.show_shredding", shredding_id=shredding_id), 303)  # type: ignore[return-value]
