"""Months of beds on pages: a place's month, met or not and why; handing it in, approving it; one bed's month."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.address import read_address
from app.areas.queries import full_name, name_places
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import NotFound
from app.forms import Form, read_form, shows_refusals
from app.web.language import current_language
from care_beds.money import month_reading, months, paying, reading, runs
from care_beds.money.access import CHECKERS, MAKERS, READERS
from care_beds.money.forms import HandInIn, JudgeIn, MonthsIn, WhyIn, read_month
from care_beds.money.month_reading import MonthFilter
from care_beds.money.rules import MonthState
from care_beds.money.words import WORDS

LIST, RUN, ONE = "care_money/months.html", "care_money/run.html", "care_money/month.html"

blueprint = Blueprint("bed_months", __name__, url_prefix="/care/months", template_folder="templates")


def list_context() -> dict[str, Any]:
    """Gather what a place's month comes to, and some of its beds."""
    actor, today = current_actor(), business_day(clock.now())
    asked, faults = read_address(MonthsIn())
    with transaction() as session:
        month = asked["month"] or month_reading.find_latest_month(session, actor=actor) or month_before(today)
        filters = MonthFilter(month=month, state=asked["state"], area=asked["area"])
        page = month_reading.list_months(session, actor=actor, filters=filters, after=asked["after"])
        sums = month_reading.sum_months(session, actor=actor, filters=MonthFilter(month=month, area=asked["area"]))
        area = asked["area"] or next(iter(actor.area_codes), "")
        waiting = runs.sum_waiting(session, month=month, area_codes=[area] if area else [])
        listed = month_reading.list_runs(session, area_codes=actor.area_codes, month=month)
        places = name_places(
            session, {area, *(run.area_code for run in listed), *(each.area_code for each in page.items)}
        )
    return {
        **WORDS,
        **rights(actor),
        "month": month,
        "before": month_before(month),
        "after": month_after(month) if month_after(month) <= today else None,
        "filters": filters,
        "faults": faults,
        "page": page,
        "sums": sums,
        "beds": sum(each.beds for each in sums.values()),
        "worth_fen": sum(each.subsidy_fen for each in sums.values()),
        "met": sum(sums[state].beds for state in (MonthState.MET, MonthState.PAID) if state in sums),
        "area": area,
        "waiting": waiting,
        "runs": listed,
        "place_names": {code: names[current_language()] for code, names in places.items()},
    }


def run_context(run_id: int) -> dict[str, Any]:
    """Gather what was handed in under a number."""
    actor = current_actor()
    asked, _faults = read_address(MonthsIn())
    with transaction() as session:
        found = runs.get_run(session, run_id=run_id, area_codes=actor.area_codes)
        run = month_reading.find_run(session, run_id=run_id)
        filters = MonthFilter(month=found.month, run_id=run_id)
        page = month_reading.list_months(session, actor=actor, filters=filters, after=asked["after"])
        sums = month_reading.sum_months(session, actor=actor, filters=filters)
        place = full_name(session, run.area_code)
    may_decide = bool(actor.roles & set(CHECKERS)) and run.state == "submitted" and run.maker_id != actor.account_id
    return {**WORDS, "run": run, "page": page, "sums": sums, "place": place, "may_decide": may_decide}


def one_context(bed_id: int, month: str) -> dict[str, Any]:
    """Gather one month of a bed, with its visits."""
    first, actor = month_of(month), current_actor()
    with transaction() as session:
        found = month_reading.get_month(session, bed_id=bed_id, month=first, actor=actor)
        until = months.month_end(first)
        paid = reading.list_month_payments(session, bed_id=bed_id, month=first, until=until, actor=actor)
    may_take_back = bool(actor.roles & set(CHECKERS)) and found.is_shaken
    return {**WORDS, "found": found, "paid": paid, "may_take_back": may_take_back}


def month_of(text: str) -> date:
    """Read the month of an address.

    :raises NotFound: if it is none
    """
    found = read_month(text)
    if found is None:
        raise NotFound
    return found


@blueprint.get("")
@allow(*READERS)
def list_months() -> str:
    """Show a month of the beds that the caller reaches."""
    return render_template(LIST, form=Form(), **list_context())


@blueprint.get("/<int:bed_id>/<month>")
@allow(*READERS)
def show_month(bed_id: int, month: str) -> str:
    """Show one month of a bed, step by step, with its visits."""
    return render_template(ONE, form=Form(), **one_context(bed_id, month))


@blueprint.post("/<int:bed_id>/<month>/return")
@allow(*CHECKERS)
@shows_refusals(ONE, one_context)
def take_back(bed_id: int, month: str) -> Response:
    """Take back what was paid for a month that is no longer met."""
    reason, first = read_form(WhyIn)["reason"], month_of(month)
    with transaction() as session:
        runs.take_back(session, bed_id=bed_id, month=first, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Taken back. It stands in the provider's next statement."), "ok")
    return redirect(url_for("bed_months.show_month", bed_id=bed_id, month=month), 303)  # type: ignore[return-value]


@blueprint.post("/judgement")
@allow(*MAKERS)
@shows_refusals(LIST, list_context)
def judge() -> Response:
    """Judge a month anew, with what is known now."""
    month, actor = read_form(JudgeIn)["month"], current_actor()
    with transaction() as session:
        count = months.judge_months(session, month=month, area_codes=actor.area_codes, now=clock.now())
    flash(_("%(count)s beds were judged anew.", count=count), "ok")
    return _to_list(month)


@blueprint.post("/runs")
@allow(*MAKERS)
@shows_refusals(LIST, list_context)
def hand_in() -> Response:
    """Hand in what was met, for somebody else to approve."""
    form = read_form(HandInIn)
    area = form.pop("area")
    with transaction() as session:
        run = runs.hand_in(session, area_code=area, by=current_actor(), now=clock.now(), **form)
        run_id = run.id
    flash(_("Handed in. Somebody else decides now."), "ok")
    return _to_run(run_id)


@blueprint.get("/runs/<int:run_id>")
@allow(*MAKERS, *READERS)
def show_run(run_id: int) -> str:
    """Show what was handed in together."""
    return render_template(RUN, form=Form(), **run_context(run_id))


@blueprint.post("/runs/<int:run_id>/approval")
@allow(*CHECKERS)
@shows_refusals(RUN, run_context)
def approve(run_id: int) -> Response:
    """Approve what somebody else handed in, and pay it."""
    with transaction() as session:
        beds = runs.approve(session, run_id=run_id, by=current_actor(), now=clock.now()).beds
    paying.pay_run_soon(run_id, beds=beds, clock=clock.now)
    flash(_("Approved. Each bed is paid that still meets what is asked."), "ok")
    return _to_run(run_id)


@blueprint.post("/runs/<int:run_id>/rejection")
@allow(*CHECKERS)
@shows_refusals(RUN, run_context)
def reject(run_id: int) -> Response:
    """Send back what somebody else handed in."""
    reason = read_form(WhyIn)["reason"]
    with transaction() as session:
        runs.reject(session, run_id=run_id, reason=reason, by=current_actor(), now=clock.now())
    flash(_("Sent back with your reason."), "ok")
    return _to_run(run_id)


def month_before(day: date) -> date:
    """Return the first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(day: date) -> date:
    """Return the first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def rights(actor: Actor) -> dict[str, bool]:
    """Say what the caller may do with months."""
    return {"may_make": bool(actor.roles & set(MAKERS)), "is_provider": not actor.area_codes}


def _to_list(month: date) -> Response:
    return redirect(url_for("bed_months.list_months", month=f"{month:%Y-%m}"), 303)  # type: ignore[return-value]


def _to_run(run_id: int) -> Response:
    return redirect(url_for("bed_months.show_run", run_id=run_id), 303)  # type: ignore[return-value]
