"""What the pages of grant runs show beside plain rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth import Actor
from app.policies.queries import get_policy
from app.vault import mask_name
from app.web.language import current_language
from app.web.wording import join_steps
from subsidies.allowance import access, queries, wording
from subsidies.allowance.models import GrantRun
from subsidies.allowance.posting import count_posted
from subsidies.allowance.queries import Decided
from subsidies.allowance.view_words import change_words, run_chip

LEVELS = ("city", "district", "street")
GROUPS_FIRST = ("new", "lost", "more", "less", "near", "done", "same")


def run_list(session: Session, actor: Actor, *, page: queries.RunPage, today: Any) -> dict[str, Any]:
    """Return what the list of runs shows."""
    return {
        "page": page,
        "titles": in_words(queries.list_titles(session, on=today, near=actor.area_codes)),
        "offered": in_words(queries.list_offered(session, on=today, area_codes=actor.area_codes)),
        "areas": areas.find_names(session, [run.area_code for run in page.items]),
        "people": queries.find_people(session, [each for run in page.items for each in (run.maker_id, run.checker_id)]),
        "chip": partial(run_chip, today=today),
        "areas_to_choose": areas.list_within(session, actor.area_codes, levels=LEVELS)[:200],
        "waiting": queries.count_waiting(session, area_codes=actor.area_codes, not_by=actor.account_id),
        "may_make": access.makes(actor),
        "may_check": bool(actor.roles & set(access.CHECKERS)),
    }


def one_run(session: Session, actor: Actor, run: GrantRun, *, today: date) -> dict[str, Any]:
    """Return what the page of one run shows beside its people."""
    totals = run.totals or {}
    names = in_words(queries.list_titles(session, on=run.issue_on, near=[run.area_code]))
    documents = [get_policy(session, policy_id) for policy_id in run.policy_ids]
    places = areas.name_places(session, [*totals.get("areas", {}), *(each.area_code for each in documents)])
    return {
        "run": run,
        "chip": run_chip(run, today=today),
        "title": names.get(run.programme, run.programme),
        "area_name": areas.full_name(session, run.area_code) or run.area_code,
        "all": totals.get("all"),
        "changes": {name: totals["changes"][name] for name in GROUPS_FIRST if name in totals.get("changes", {})},
        "change_words": change_words(),
        "by_area": sorted(totals.get("areas", {}).items()),
        "places": in_words(places),
        "documents": documents,
        "people": queries.find_people(session, [run.maker_id, run.checker_id]),
        "busy": is_busy(run, today=today),
        "posted": count_posted(session, run.id),
        "waits": run.state == "approved" and run.posted_at is None and today < run.issue_on,
        "may_hand_in": run.state == "draft" and run.previewed_at is not None and run.maker_id == actor.account_id,
        "may_start_over": run.state == "draft" and run.previewed_at is not None and access.makes(actor),
        "may_decide": run.state == "submitted" and access.checks(actor, maker_id=run.maker_id),
    }


def is_busy(run: GrantRun, *, today: date) -> bool:
    """Say whether a worker is at a run: its page then asks for news by itself."""
    looking = run.state == "draft" and run.previewed_at is None
    return looking or (run.state == "approved" and run.posted_at is None and run.issue_on <= today)


def in_words(titles: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Choose the reader's language of titles."""
    language = current_language()
    return {code: title.get(language) or title["zh"] for code, title in titles.items()}


def why(item: Decided, names: Mapping[str, Mapping[str, str]]) -> str:
    """Tell a decision in the reader's language, in one line."""
    return join_steps(wording.explain(item.reasons, names=names)[current_language()])


def shown_name(name: str) -> str:
    """Mask a name in a list."""
    return mask_name(name)


def release(session: Session, rows: Iterable[Any]) -> None:
    """Let go of rows that a page shows after the transaction: each would be read again, one by one."""
    session.flush()
    for row in rows:
        if row in session:
            session.expunge(row)
