"""The board of figures, and the weekly report to print."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from safety.desk.access import READERS
from safety.desk.choices import outcome_words
from safety.desk.figures import DAYS, Span, get_board, wait_words
from safety.desk.report import get_report, read_week
from safety.desk.words import rule_name, span_words

blueprint = Blueprint("desk_figures", __name__, url_prefix="/desk", template_folder="templates")

WORDS = {"rule_name": rule_name, "wait_words": wait_words, "outcome_words": outcome_words, "span_words": span_words}


@blueprint.get("/figures")
@allow(*READERS)
def show_figures() -> str:
    """Show how soon alarms were answered and attended, and each that was not."""
    now = clock.now()
    asked = request.args.get("span", "")
    span = Span(asked) if asked in DAYS else Span.WEEK
    until_on = business_day(now) + timedelta(days=1)
    with transaction() as session:
        from_on = until_on - timedelta(days=DAYS[span])
        board = get_board(session, actor=current_actor(), from_on=from_on, until_on=until_on, now=now)
    return render_template("desk/figures.html", board=board, span=span, spans=list(Span), **WORDS)


@blueprint.get("/week")
@allow(*READERS)
def show_week() -> str:
    """Show the report of one week, Monday to Sunday."""
    now = clock.now()
    monday = read_week(request.args.get("week", ""), today=business_day(now))
    with transaction() as session:
        report = get_report(session, actor=current_actor(), monday=monday, now=now)
    return render_template("desk/week.html", report=report, **WORDS, today=date.fromordinal(monday.toordinal()))
