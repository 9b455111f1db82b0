"""The pages of findings: the list by filters in the address, one finding with its next steps, the checks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import Schema
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.auth import Actor, allow, current_actor
from app.auth.workplaces import find_workplaces, list_workplaces
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.jobs import enqueue
from app.people.queries import list_places
from app.web.wording import full_day, group, group_yuan
from subsidies.findings import queries, runs, services, views
from subsidies.findings.access import ANSWERERS, DECIDERS, OVERSEERS, READERS
from subsidies.findings.queries import FindingFilter
from subsidies.findings.registry import list_checks
from subsidies.findings.schemas import AddressIn, QuestionForm, RecoveryForm, WordsForm
from subsidies.findings.tasks import CARRY_OUT
from subsidies.findings.wording import STATE_NAMES

PAGE_LENGTH = 50
SHOWN_RUNS = 7
ONE = "/<int:finding_id>"

blueprint = Blueprint("findings", __name__, template_folder="templates", url_prefix="/findings")


@blueprint.get("")
@allow(*READERS)
def list_findings() -> str:
    """List findings by filters, newest first."""
    asked, faults = read_address(AddressIn())
    actor, after = current_actor(), asked.pop("after")
    filters = make_filter(asked)
    with transaction() as session:
        page = queries.list_findings(session, actor=actor, filters=filters, after=after, limit=PAGE_LENGTH)
        counts = queries.count_open(session, actor=actor, filters=filters)
        places = list_places(session, actor=actor, levels=("district", "street"))
        canteens = list_workplaces(session, area_codes=actor.area_codes)
        canteens += find_workplaces(session, ids=actor.canteen_ids) if actor.canteen_ids else []
    choices = {"nearby": places, "canteens": canteens, "checks": list_checks()}
    shown = {"page": page, "asked": asked, "faults": faults, "title": write_title(*counts)}
    chips = make_chips(asked, places, canteens)
    return render_template("findings/list.html", **views.WORDS, **choices, **shown, chips=chips)


@blueprint.get(ONE)
@allow(*READERS)
def show_finding(finding_id: int) -> str:
    """Show one finding: in words, its rows, its numbers, what was done, what may be done next."""
    return render_template("findings/one.html", form=Form(), **one_finding(finding_id))


@blueprint.get("/checks")
@allow(*OVERSEERS)
def show_checks() -> str:
    """Show how often each check was right, and how the last runs went."""
    actor = current_actor()
    with transaction() as session:
        lines = views.tally_lines(session, actor=actor)
        latest = queries.list_runs(session, limit=SHOWN_RUNS)
    may_run = bool(actor.roles & set(DECIDERS))
    return render_template("findings/checks.html", **views.WORDS, lines=lines, runs=latest, may_run=may_run)


@blueprint.get("/runs/<int:run_id>")
@allow(*OVERSEERS)
def show_run(run_id: int) -> Any:
    """Show how far a run is, or what it brought."""
    with transaction() as session:
        run = queries.get_run(session, run_id=run_id)
    if request.headers.get("HX-Request") != "true":
        return render_template("findings/run.html", **views.WORDS, run=run)
    # The page asks every second; once the run is done it loads itself anew.
    headers = {"HX-Refresh": "true"} if run.finished_at else {}
    return render_template("findings/run_progress.html", **views.WORDS, run=run), 200, headers


@blueprint.post("/runs")
@allow(*DECIDERS)
def start_run() -> Response:
    """Have all checks run now."""
    with transaction() as session:
        run_id = runs.start_run(session, now=clock.now(), by=current_actor())
    enqueue(CARRY_OUT, run_id=run_id)
    return redirect(url_for("findings.show_run", run_id=run_id), 303)  # type: ignore[return-value]


def one_finding(finding_id: int) -> dict[str, Any]:
    """Return what the page of one finding shows."""
    with transaction() as session:
        shown = views.explain_finding(session, finding_id=finding_id, actor=current_actor(), now=clock.now())
    return {**views.WORDS, "shown": shown, "finding": shown.finding}


@blueprint.post(f"{ONE}/question")
@allow(*DECIDERS)
@shows_refusals("findings/one.html", one_finding)
def ask_about(finding_id: int) -> Response:
    """Ask the canteen or the street."""
    return take(services.ask_about, finding_id, QuestionForm, _("The question is sent."))


@blueprint.post(f"{ONE}/answer")
@allow(*ANSWERERS)
@shows_refusals("findings/one.html", one_finding)
def answer_finding(finding_id: int) -> Response:
    """Answer."""
    return take(services.answer_finding, finding_id, WordsForm, _("Your answer is written down."))


@blueprint.post(f"{ONE}/confirmation")
@allow(*DECIDERS)
@shows_refusals("findings/one.html", one_finding)
def confirm_finding(finding_id: int) -> Response:
    """Decide that it is true."""
    return take(services.confirm_finding, finding_id, WordsForm, _("Confirmed. Nothing else happens by itself."))


@blueprint.post(f"{ONE}/dismissal")
@allow(*DECIDERS)
@shows_refusals("findings/one.html", one_finding)
def dismiss_finding(finding_id: int) -> Response:
    """Decide that it is not so."""
    return take(services.dismiss_finding, finding_id, WordsForm, _("Found not to be so, and closed."))


@blueprint.post(f"{ONE}/recovery")
@allow(*DECIDERS)
@shows_refusals("findings/one.html", one_finding)
def recover_money(finding_id: int) -> Response:
    """Write down what came back."""
    return take(services.recover_money, finding_id, RecoveryForm, _("Written down. This finding is closed."))


@blueprint.post(f"{ONE}/reopening")
@allow(*DECIDERS)
@shows_refusals("findings/one.html", one_finding)
def reopen_finding(finding_id: int) -> Response:
    """Open it again."""
    return take(services.reopen_finding, finding_id, WordsForm, _("Open again."))


def take(step: Callable[..., Any], finding_id: int, schema: type[Schema], told: str) -> Response:
    """Take a step with what was typed, say so, and show the finding."""
    typed = read_form(schema)
    typed.pop("step")
    if "yuan" in typed:
        typed["amount_fen"] = int(Decimal(typed.pop("yuan")) * 100)
    with transaction() as session:
        step(session, finding_id=finding_id, **typed, by=current_actor(), now=clock.now())
    flash(told, "ok")
    return redirect(url_for("findings.show_finding", finding_id=finding_id), 303)  # type: ignore[return-value]


def findings_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:  # noqa: ARG001 - all panels
    """Return the piece of a senior's page that tells of findings about the person; empty where there are none."""
    if not actor.roles & set(OVERSEERS):
        return ""
    lines = queries.list_findings_of(session, kind="senior", ref=str(senior_id), actor=actor)
    return render_template("findings/panel.html", **views.WORDS, lines=lines, senior_id=senior_id) if lines else ""


def make_filter(asked: Mapping[str, Any]) -> FindingFilter:
    """Make the filter of what the address asks for; the word ``undecided`` stands for three states."""
    undecided = asked["state"] == "undecided"
    return FindingFilter(**{**asked, "state": "" if undecided else asked["state"]}, undecided=undecided)


def write_title(total: int, waiting: int, amount_fen: int) -> str:
    """Say how many findings wait for a decision, and how much money they are about."""
    if not total:
        return str(_("Findings"))
    if not waiting:
        return str(ngettext("%(num)s finding, all decided", "%(num)s findings, all decided", total))
    words = {"yuan": group_yuan(amount_fen), "total": group(total)}
    told = ngettext(
        "%(num)s finding of %(total)s not decided yet, about %(yuan)s yuan",
        "%(num)s findings of %(total)s not decided yet, about %(yuan)s yuan",
        waiting,
        **words,
    )
    return str(told)


def make_chips(asked: Mapping[str, Any], places: Sequence[Any], canteens: Sequence[Any]) -> list[tuple[str, str]]:
    """Make a removable chip of each filter: its words, and the part of the address to take away."""
    states = {**STATE_NAMES, "undecided": _("Not decided yet")}
    titles = {check.code: f"{check.code} {check.title}" for check in list_checks()}
    chips = [
        (asked["check"] and titles.get(asked["check"], asked["check"]), "check"),
        (asked["state"] and str(states[asked["state"]]), "state"),
        (asked["area"] and next((p.name for p in places if p.code == asked["area"]), asked["area"]), "area"),
        (asked["month"] and asked["month"].strftime("%Y-%m"), "month"),
        (asked["found_from"] and _("found from %(day)s on", day=full_day(asked["found_from"])), "found_from"),
        (asked["found_until"] and _("found until %(day)s", day=full_day(asked["found_until"])), "found_until"),
        (asked["canteen_id"] and _name_of(canteens, asked["canteen_id"]), "canteen"),
        (asked["senior_id"] and _("Senior %(number)s", number=asked["senior_id"]), "senior"),
    ]
    return [(str(word), name) for word, name in chips if word]


def _name_of(canteens: Sequence[Any], canteen_id: int) -> str:
    return next((each.name for each in canteens if each.id == canteen_id), str(canteen_id))
