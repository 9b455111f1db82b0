"""Doing a month's allowance again: the facts that the run kept, through the same rules, by the documents of the day."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.areas.queries import name_places
from app.money import yuan
from app.policies import queries as policies
from app.web.language import current_language
from app.web.wording import join_steps
from subsidies.allowance.kind import NAME
from subsidies.allowance.models import GrantDecision, GrantReasoning, GrantRun
from subsidies.allowance.queries import list_names
from subsidies.allowance.reading import programme_of
from subsidies.allowance.rules import Facts, Reason, decide, reason_from_json
from subsidies.allowance.wording import Names, explain, explain_facts
from subsidies.desk.recomputing import Booked, Line, Recomputed


def regrant(session: Session, booked: Booked) -> Recomputed | None:
    """Decide again what a run granted somebody, and set it beside what was decided and booked then."""
    run_id, code = booked.cause.get("run"), str(booked.cause.get("programme", ""))
    run = session.get(GrantRun, run_id) if run_id else None
    kept = session.get(GrantDecision, (run.id, booked.home)) if run else None
    if run is None or kept is None:
        return Recomputed(missing=_("The facts of this grant were not kept, so it cannot be decided again."))
    facts, on = facts_of(kept), run.issue_on
    programmes = [programme_of(document) for document in policies.list_in_force(session, kind=NAME, on=on)]
    decision = decide(facts, programmes, on)
    found = decision.find(code)
    stored = session.get(GrantReasoning, (run.id, kept.reasoning))
    before = [reason_from_json(each) for each in stored.reasons] if stored else []
    places = (facts.hukou_area, facts.residence_area)
    names = list_names(session, on=on, reasons=[*before, *decision.reasons], near=places)
    lines = [
        Line(_("Amount"), yuan(kept.amount_fen), yuan(found.amount_fen if found else 0)),
        Line(_("Booked in the ledger"), yuan(booked.amount_fen), yuan(found.amount_fen if found else 0)),
        Line(_("Document"), str(kept.document_id or "–"), str(found.document_id) if found else "–"),
        Line(_("Reasoning"), join_steps(_told(before, names)), join_steps(_told(decision.about(code), names))),
    ]
    told = explain_facts(facts, _age(facts, run), names=name_places(session, places))
    return Recomputed(
        facts=[("", line) for line in told.get(current_language(), ())],
        lines=lines,
        steps=_told(decision.reasons, names),
        documents=[found.document_id] if found else [],
    )


def facts_of(kept: GrantDecision) -> Facts:
    """Return the facts as the run knew them."""
    return Facts(
        senior_id=kept.senior_id,
        birth_on=kept.birth_on,
        hukou_area=kept.hukou_area,
        residence_area=kept.residence_area,
        living=kept.living,
        income=kept.income,
        ability=kept.ability,
        status=kept.status,
        applied=frozenset(kept.applied.split()),
    )


def _told(reasons: Sequence[Reason], names: Names) -> list[str]:
    return explain(reasons, names=names).get(current_language(), []) if reasons else []


def _age(facts: Facts, run: GrantRun) -> int:
    born, on = facts.birth_on, run.issue_on
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
