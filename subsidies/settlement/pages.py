"""Pages of settlement for those who settle, approve and check: lists, one statement, disputes, files."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template

from app import clock
from app.address import read_address
from app.areas.queries import name_places
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import Form
from app.web.language import current_language
from subsidies.settlement import queries
from subsidies.settlement.access import APPROVERS, MAKERS, READERS
from subsidies.settlement.forms import FilterIn, LinesIn
from subsidies.settlement.reach import reach_of
from subsidies.settlement.rules import Cycle, Period, find_period, period_before
from subsidies.settlement.wording import WORDS

PAGE_LENGTH = 50
blueprint = Blueprint("settlement", __name__, url_prefix="/settlements", template_folder="templates")


def list_context() -> dict[str, Any]:
    """Gather what the list shows: one period's sums, who owes how much, its statements."""
    actor, today = current_actor(), business_day(clock.now())
    reach = reach_of(actor)
    asked, faults = read_address(FilterIn())
    with transaction() as session:
        periods = queries.list_periods(session, reach=reach)
        period = find_period(asked["period"]) or (periods[0].period if periods else period_before(today, Cycle.MONTH))
        about = {"period": period, "state": asked["state"], "area_code": asked["area"]}
        page = queries.list_statements(
            session, reach=reach, after=read_cursor(asked["after"]), limit=PAGE_LENGTH, **about
        )
        funders = queries.sum_funders(session, reach=reach, **about)
        waiting = queries.count_open_disputes(session, reach=reach)
        places = name_places(session, [line.area_code for line in page.items])
    shown = {"periods": periods, "page": page, "funders": funders, "asked": asked, "faults": faults, "waiting": waiting}
    shown["places"] = {code: names[current_language()] for code, names in places.items()}
    return {**WORDS, **rights(), **shown, "period": period, "sums": _sums(periods, period), "today": today}


def statement_context(statement_id: int) -> dict[str, Any]:
    """Gather what the page of one statement shows."""
    actor = current_actor()
    reach = reach_of(actor)
    asked, faults = read_address(LinesIn())
    with transaction() as session:
        shown = queries.get_statement(session, statement_id=statement_id, reach=reach)
        context = {
            "shown": shown,
            "page": queries.list_lines(session, statement_id=statement_id, limit=PAGE_LENGTH, **asked),
            "disputes": queries.list_disputes(session, reach=reach, statement_id=statement_id, limit=200),
            "payee": queries.find_payee(session, merchant=shown.line.merchant),
            "asked_payee": queries.find_asked_payee(session, merchant=shown.line.merchant),
            "own_account": actor.account_id,
            "asked_reopening": queries.find_asked(session, statement_id=statement_id),
        }
    return {**WORDS, **rights(), **context, "asked": asked, "faults": faults, "today": business_day(clock.now())}


@blueprint.get("")
@allow(*READERS)
def list_statements() -> str:
    """List the statements of a period within the caller's areas."""
    return render_template("settlement/list.html", form=Form(), **list_context())


@blueprint.get("/<int:statement_id>")
@allow(*READERS)
def show_statement(statement_id: int) -> str:
    """Show one statement with its lines."""
    return render_template("settlement/statement.html", form=Form(), **statement_context(statement_id))


@blueprint.get("/<int:statement_id>/print")
@allow(*READERS)
def print_statement(statement_id: int) -> str:
    """Show a statement as a sheet of paper, with the root of the last seal it covers."""
    with transaction() as session:
        sheet = queries.get_sheet(session, statement_id=statement_id, reach=reach_of(current_actor()))
    return render_template("settlement/sheet.html", sheet=sheet, printed_at=clock.now(), **WORDS)


@blueprint.get("/disputes")
@allow(*READERS)
def list_disputes() -> str:
    """List the disputed lines that wait for an answer."""
    asked, _faults = read_address(LinesIn())
    with transaction() as session:
        page = queries.list_disputes(
            session, reach=reach_of(current_actor()), only_open=True, after=asked["after"], limit=PAGE_LENGTH
        )
    return render_template("settlement/disputes.html", form=Form(), page=page, **WORDS, **rights())


def attachment(content: Any, kind: str, name: str) -> Response:
    """Answer with a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=kind, headers=headers)


def rights() -> dict[str, bool]:
    """Say what the caller may do on these pages."""
    roles = current_actor().roles
    return {"may_make": bool(roles & set(MAKERS)), "may_approve": bool(roles & set(APPROVERS))}


def read_cursor(text: str | None) -> tuple[str, str, int] | None:
    """Read the place of a statement in its list: day, area, number."""
    if text is None:
        return None
    day, area, number = text.split(",")
    return day, area, int(number)


def _sums(periods: Sequence[queries.PeriodSums], period: Period) -> queries.PeriodSums:
    return next((each for each in periods if each.period == period), queries.PeriodSums(period, {}, {}))
