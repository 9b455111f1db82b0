"""Reading grant runs, what they decided, and why somebody gets something or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import BigInteger, Text, column, exists, select, table
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.people.rules import age_on
from subsidies.allowance.models import APPROVED, GrantCorrection, GrantDecision, GrantReasoning, GrantRun
from subsidies.allowance.people import read_one
from subsidies.allowance.programmes import (
    list_approved_codes,
    list_offered,
    list_programmes,
    list_titles,
    list_titles_by_place,
)
from subsidies.allowance.rules import Decision, Facts, Reason, Why, decide, reason_from_json
from subsidies.allowance.wording import list_places

__all__ = ["list_approved_codes", "list_offered", "list_programmes", "list_titles", "list_titles_by_place"]

# People and accounts are other packages' tables: only names are read, and by name.
SENIOR = table("senior", column("id", BigInteger), column("name", Text))
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs, newest first, and the cursor of the next page."""

    items: Sequence[GrantRun]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A person's decision in a run, ready to show."""

    senior_id: int
    name: str
    change: str
    amount_fen: int
    before_fen: int
    area_code: str
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class DecidedPage:
    """Some decisions, in the order of the people's numbers, and the cursor of the next page."""

    items: Sequence[Decided]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kept decision with the facts as they were known."""

    run: GrantRun
    row: GrantDecision
    facts: Facts
    age: int
    reasons: Sequence[Reason]


def list_runs(
    session: Session,
    *,
    area_codes: Collection[str],
    programme: str = "",
    month: date | None = None,
    after: int | None = None,
    limit: int = 50,
) -> RunPage:
    """List the runs of some places, newest first.

    :param after: the last number of the page before
    """
    query = select(GrantRun).where(areas.within(GrantRun.area_code, area_codes))
    if programme:
        query = query.where(GrantRun.programme == programme)
    if month:
        query = query.where(GrantRun.month == month.replace(day=1))
    if after is not None:
        query = query.where(GrantRun.id < after)
    rows = session.scalars(query.order_by(GrantRun.id.desc()).limit(limit + 1)).all()
    return RunPage(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def count_waiting(session: Session, *, area_codes: Collection[str], not_by: int) -> int:
    """Count the runs of some places that somebody else has handed in."""
    waiting = select(GrantRun.id).where(
        areas.within(GrantRun.area_code, area_codes), GrantRun.state == "submitted", GrantRun.maker_id != not_by
    )
    return len(session.scalars(waiting).all())


def list_decisions(
    session: Session, run: GrantRun, *, change: str = "", area_code: str = "", after: int | None = None, limit: int = 50
) -> DecidedPage:
    """List what a run decided for whom.

    :param after: the last senior's number of the page before
    """
    query = (
        select(GrantDecision, SENIOR.c.name, GrantReasoning.reasons)
        .join(SENIOR, SENIOR.c.id == GrantDecision.senior_id)
        .join(
            GrantReasoning,
            (GrantReasoning.run_id == GrantDecision.run_id) & (GrantReasoning.n == GrantDecision.reasoning),
        )
        .where(GrantDecision.run_id == run.id)
    )
    if change:
        query = query.where(GrantDecision.change == change)
    if area_code:
        query = query.where(areas.within(GrantDecision.area_code, [area_code]))
    if after is not None:
        query = query.where(GrantDecision.senior_id > after)
    rows = session.execute(query.order_by(GrantDecision.senior_id).limit(limit + 1)).all()
    items = [_decided(decision, name, reasons) for decision, name, reasons in rows[:limit]]
    return DecidedPage(items, items[-1].senior_id if len(rows) > limit else None)


def find_kept(session: Session, run: GrantRun, *, senior_id: int) -> Kept | None:
    """Find what a run kept of a person; nothing for those whom it had nothing to say about."""
    row = session.get(GrantDecision, (run.id, senior_id))
    if row is None:
        return None
    reasoning = session.get_one(GrantReasoning, (run.id, row.reasoning))
    facts = kept_facts(row)
    return Kept(
        run=run,
        row=row,
        facts=facts,
        age=age_on(facts.birth_on, run.issue_on),
        reasons=[reason_from_json(each) for each in reasoning.reasons],
    )


def kept_facts(row: GrantDecision) -> Facts:
    """Return the facts as they were known when a decision was made."""
    return Facts(
        senior_id=row.senior_id,
        birth_on=row.birth_on,
        hukou_area=row.hukou_area,
        residence_area=row.residence_area,
        living=row.living,
        income=row.income,
        ability=row.ability,
        status=row.status,
        applied=frozenset(row.applied.split()),
    )


def explain_now(session: Session, *, senior_id: int, on: date) -> tuple[Facts, Decision] | None:
    """Work out what somebody is entitled to on a day by what is known now, and every step; nothing for nobody."""
    row = read_one(session, senior_id=senior_id, on=on)
    if row is None:
        return None
    facts = row.facts()
    return facts, decide(facts, list_programmes(session, on=on), on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one programme pays a person a month before and after a fact changes, and why after."""

    code: str
    title: Mapping[str, str]
    before_fen: int
    after_fen: int
    reasons: Sequence[Reason]


def weigh_ability(
    session: Session, *, senior_id: int, before: int | None, after: int, on: date
) -> tuple[Sequence[Turn], Facts] | None:
    """Work out what a month's allowances become on a day when the ability level changes; nothing for nobody.

    Only programmes that pay before or after, or wait for an application after, are named.
    """
    row = read_one(session, senior_id=senior_id, on=on)
    if row is None:
        return None
    facts = row.facts()
    programmes = list_programmes(session, on=on)
    was, becomes = (decide(replace(facts, ability=level), programmes, on) for level in (before, after))
    titles = list_titles(session, on=on, near=(facts.hukou_area, facts.residence_area))
    paid = {each.code for decision in (was, becomes) for each in decision.entitlements}
    waiting = {each.params["programme"] for each in becomes.reasons if each.code is Why.NOT_APPLIED}
    turns = [
        Turn(
            code=code,
            title=titles.get(code, {"zh": code, "en": code}),
            before_fen=_amount(was, code),
            after_fen=_amount(becomes, code),
            reasons=becomes.about(code),
        )
        for code in sorted(paid | waiting)
    ]
    return turns, replace(facts, ability=after)


def _amount(decision: Decision, code: str) -> int:
    found = decision.find(code)
    return found.amount_fen if found else 0


def about(decision: Decision, code: str) -> Sequence[Reason]:
    """Return the steps about one programme; one that does not exist for the person says so."""
    return decision.about(code) or (Reason(Why.NO_PROGRAMME, {"programme": code}),)


def list_grants(session: Session, *, senior_id: int, programme: str, since: date) -> Sequence[tuple[GrantRun, int]]:
    """List the months for which a person was granted something of a programme, with how much, oldest first."""
    query = (
        select(GrantRun, GrantDecision.amount_fen)
        .join(GrantDecision, GrantDecision.run_id == GrantRun.id)
        .where(
            GrantRun.programme == programme,
            GrantRun.month >= since.replace(day=1),
            GrantRun.state == APPROVED,
            GrantDecision.senior_id == senior_id,
            GrantDecision.amount_fen > 0,
        )
    )
    return [(run, fen) for run, fen in session.execute(query.order_by(GrantRun.month))]


def has_correction(session: Session, *, senior_id: int, programme: str, month: date) -> bool:
    """Say whether a correction of a person's month was proposed or made."""
    made = exists().where(
        GrantCorrection.senior_id == senior_id,
        GrantCorrection.programme == programme,
        GrantCorrection.month == month,
        GrantCorrection.state != "rejected",
    )
    return bool(session.scalar(select(made)))


def find_people(session: Session, account_ids: Iterable[int | None]) -> Mapping[int, str]:
    """Return the names of those who made and decided something, by account."""
    ids = sorted({each for each in account_ids if each})
    found = session.execute(select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in found}


def _decided(row: GrantDecision, name: str, reasons: Sequence[Mapping[str, object]]) -> Decided:
    return Decided(
        senior_id=row.senior_id,
        name=name,
        change=row.change,
        amount_fen=row.amount_fen,
        before_fen=row.before_fen,
        area_code=row.area_code,
        reasons=[reason_from_json(each) for each in reasons],
    )


def list_names(
    session: Session, *, on: date, reasons: Iterable[Reason], near: Collection[str]
) -> Mapping[str, Mapping[str, str]]:
    """Return the titles of programmes and the names of the places that some steps speak of, by code and language.

    :param near: the places whose programmes are spoken of
    """
    return {**areas.name_places(session, list_places(reasons)), **list_titles(session, on=on, near=near)}


def find_names(session: Session, senior_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the names of seniors by number."""
    ids = sorted(set(senior_ids))
    found = session.execute(select(SENIOR.c.id, SENIOR.c.name).where(SENIOR.c.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in found}
