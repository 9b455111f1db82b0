"""One person's allowance in words: what a run decided, and what would be decided today, yes or no."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.areas.queries import name_places
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.people.queries import check_visible, get_senior
from app.people.rules import age_on
from app.web.language import current_language
from subsidies.allowance import queries, run_views, runs, wording
from subsidies.allowance.access import READERS
from subsidies.allowance.rules import Facts, Reason, Why
from subsidies.allowance.run_pages import blueprint
from subsidies.allowance.schemas import ListIn
from subsidies.allowance.view_words import change_words


@blueprint.get("/<int:run_id>/people/<int:senior_id>")
@allow(*READERS)
def show_decision(run_id: int, senior_id: int) -> str:
    """Tell what a run decided for a person and why; for those it kept nothing of, it is worked out again."""
    actor = current_actor()
    with transaction() as session:
        run = runs.get_run(session, run_id=run_id, area_codes=actor.area_codes)
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=business_day(clock.now()))
        kept = queries.find_kept(session, run, senior_id=senior_id)
        shown = _kept(session, kept) if kept else _worked_out(session, senior_id, run.issue_on, run.programme)
    return render_template(
        "allowance/decision.html", run=run, senior=senior, kept=kept, change_words=change_words(), **shown
    )


@blueprint.get("/people/<int:senior_id>")
@allow(*READERS)
def show_person(senior_id: int) -> str:
    """Tell what a person is entitled to of every programme on a day, by what is known now."""
    actor, today = current_actor(), business_day(clock.now())
    asked, _faults = read_address(ListIn())
    on = asked["month"] or today.replace(day=1)
    with transaction() as session:
        check_visible(session, senior_id=senior_id, actor=actor)
        senior = get_senior(session, senior_id=senior_id, actor=actor, day=today)
        shown = _worked_out(session, senior_id, on, "")
    return render_template("allowance/person.html", senior=senior, on=on, **shown)


def allowance_panel(session: Session, *, senior_id: int, actor: Actor, now: Any) -> str:
    """Return the piece of a senior's page that tells of allowances; empty for whoever may not see them."""
    if not actor.roles & set(READERS):
        return ""
    on = business_day(now).replace(day=1)
    found = queries.explain_now(session, senior_id=senior_id, on=on)
    entitled: list[tuple[str, int]] = []
    if found:
        facts, decision = found
        near = (facts.hukou_area, facts.residence_area)
        titles = run_views.in_words(queries.list_titles(session, on=on, near=near))
        entitled = [(titles.get(each.code, each.code), each.amount_fen) for each in decision.entitlements]
    return render_template("allowance/panel.html", senior_id=senior_id, entitled=entitled)


def _kept(session: Session, kept: queries.Kept) -> dict[str, Any]:
    names = _names(session, kept.facts, kept.run.issue_on, kept.reasons)
    return {
        "facts": _facts(session, kept.facts, kept.age),
        "groups": [(kept.row.amount_fen, wording.explain(kept.reasons, names=names)[current_language()])],
        "documents": sorted({each.params["document"] for each in kept.reasons if "document" in each.params}),
    }


def _worked_out(session: Session, senior_id: int, on: date, only: str) -> dict[str, Any]:
    """Decide again, for one programme or for all that there are."""
    found = queries.explain_now(session, senior_id=senior_id, on=on)
    assert found is not None  # the caller has seen the person
    facts, decision = found
    names = _names(session, facts, on, decision.reasons)
    told = [each.params["programme"] for each in decision.reasons if each.code is not Why.TOGETHER]
    codes = [only] if only else sorted(set(told))
    groups = []
    for code in codes:
        entitlement = decision.find(code)
        lines = wording.explain(queries.about(decision, code), names=names)[current_language()]
        groups.append((entitlement.amount_fen if entitlement else 0, lines))
    groups.sort(key=lambda group: -group[0])
    documents = {each.params["document"] for each in decision.reasons if "document" in each.params}
    return {
        "facts": _facts(session, facts, age_on(facts.birth_on, on)),
        "groups": groups,
        "documents": sorted(documents),
    }


def _names(session: Session, facts: Facts, on: date, reasons: Sequence[Reason]) -> wording.Names:
    return queries.list_names(session, on=on, reasons=reasons, near=(facts.hukou_area, facts.residence_area))


def _facts(session: Session, facts: Facts, age: int) -> list[str]:
    names = name_places(session, [facts.hukou_area, facts.residence_area])
    return wording.explain_facts(facts, age, names=names)[current_language()]
