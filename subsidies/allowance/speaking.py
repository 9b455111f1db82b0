"""Grant runs for whoever stands at the command line: in whose name, and told in lines."""

from collections.abc import Iterator
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import is_within
from app.auth import Actor, accounts
from app.auth.queries import find_account_id
from app.errors import NotFound
from app.money import yuan
from app.web.language import current_language
from subsidies.allowance import runs, wording
from subsidies.allowance.errors import NoProgramme
from subsidies.allowance.looking import prepare
from subsidies.allowance.models import GrantRun
from subsidies.allowance.people import count_people
from subsidies.allowance.programmes import list_programmes
from subsidies.allowance.queries import list_decisions, list_names
from subsidies.allowance.trying import Effect, Trial, as_rows
from subsidies.allowance.view_words import change_words

COMMAND_LINE = "command-line"
SHOWN = 5
CHANGES = ("new", "more", "less", "lost", "near", "done")


def list_areas(session: Session, *, programme: str, month: date) -> list[str]:
    """List the areas that have a document of a programme, those within another one left out: each has its approver.

    :raises NoProgramme: if there is none
    """
    held = list_programmes(session, on=month.replace(day=28))
    codes = sorted({each.area_code for each in held if each.code == programme})
    if not codes:
        raise NoProgramme
    return [code for code in codes if not any(other != code and is_within(code, other) for other in codes)]


def open_run(
    session: Session, *, programme: str, month: date, area_code: str, username: str | None, now: datetime
) -> GrantRun:
    """Start a month's run from the command line, or take up the draft that lies there.

    Whoever may run the product's commands answers for all areas.
    """
    maker_id = _account(session, username, now)
    by = Actor(account_id=maker_id, name=username or COMMAND_LINE, device="command line", area_codes=(area_code,))
    found = runs.find_open(session, programme=programme, month=month, area_code=area_code)
    if found and found.state == "draft" and found.maker_id == maker_id:
        return runs.start_over(session, run_id=found.id, by=by, now=now)
    return runs.start_run(session, programme=programme, month=month, area_code=area_code, by=by, now=now)


def finish_preview(session: Session, *, run_id: int, maker_id: int, now: datetime) -> GrantRun:
    """Hand the run in, so that somebody can approve it."""
    run = runs.get_run(session, run_id=run_id, area_codes=None)
    by = Actor(account_id=maker_id, name=COMMAND_LINE, device="command line", area_codes=(run.area_code,))
    return runs.hand_in(session, run_id=run_id, by=by, now=now)


def describe_run(session: Session, run: GrantRun) -> Iterator[str]:
    """Tell what a run comes to: by what becomes of people, with some of them and why, and by area."""
    totals = run.totals or {}
    whole = totals["all"]
    words = change_words()
    yield title_of(run)
    yield _sum(whole)
    for change in CHANGES:
        if change in totals["changes"]:
            yield f"{words[change].word}: {totals['changes'][change][0]}"
            page = list_decisions(session, run, change=change, limit=SHOWN)
            spoken = [step for item in page.items for step in item.reasons]
            names = list_names(session, on=run.issue_on, reasons=spoken, near=[run.area_code])
            for item in page.items:
                told = wording.explain(item.reasons, names=names)[current_language()]
                yield f"  {item.senior_id}: {yuan(item.before_fen)} -> {yuan(item.amount_fen)}; {'; '.join(told)}"
            if page.next:
                yield "  ..."
    areas = find_names(session, totals["areas"])
    for code in sorted(totals["areas"]):
        yield f"{areas[code].name if code in areas else code}: {_sum(totals['areas'][code])}"
    yield _("Handed in. After approval: flask grants post %(run)s", run=run.id)


def describe_trial(session: Session, trial: Trial) -> Iterator[str]:
    """Tell what a document would change: in all, and by area."""
    names = find_names(session, trial.areas)
    yield _effect(str(_("In all")), trial.all)
    for code, effect in as_rows(trial.areas):
        yield _effect(names[code].name if code in names else code, effect)


def _effect(place: str, effect: Effect) -> str:
    told = {"place": place, "winners": effect.winners, "losers": effect.losers}
    amounts = {"before": yuan(effect.before_fen), "after": yuan(effect.after_fen), "cost": yuan(effect.cost_fen)}
    return str(
        _(
            "%(place)s: %(before)s yuan without it, %(after)s with it, %(cost)s more;"
            " %(winners)s people gain, %(losers)s lose",
            **told,
            **amounts,
        )
    )


def title_of(run: GrantRun) -> str:
    """Name a run in one line."""
    return str(
        _("Run %(run)s: %(programme)s, %(month)s", run=run.id, programme=run.programme, month=f"{run.month:%Y-%m}")
    )


def count_granted(run: GrantRun) -> int:
    """Return how many people a run grants something."""
    return int((run.totals or {}).get("all", {}).get("people", 0))


def count_to_look_at(session: Session, run_id: int) -> int:
    """Return how many people a run looks at."""
    run = runs.get_run(session, run_id=run_id, area_codes=None)
    return count_people(session, prepare(session, run)[1])


def _sum(total: dict[str, int]) -> str:
    told = {"people": total["people"], "before": total["before"]}
    amounts = {"amount": yuan(total["fen"]), "amount_before": yuan(total["before_fen"])}
    return str(
        _("%(people)s people, %(amount)s yuan; last month %(before)s people, %(amount_before)s yuan", **told, **amounts)
    )


def _account(session: Session, username: str | None, now: datetime) -> int:
    found = find_account_id(session, username=username or COMMAND_LINE)
    if found is not None:
        return found
    if username is not None:
        raise NotFound
    # Nobody knows its password, and it holds no role: it only stands in the books as the maker.
    account, _password = accounts.create_account(
        session, username=COMMAND_LINE, name=str(_("Command line")), password=None, by=None, now=now
    )
    return account.id
