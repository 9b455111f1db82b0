"""Keeping what checks found: the same facts once, further rows with what they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from subsidies.findings.checks import Found, Source
from subsidies.findings.models import Finding, FindingSource, FindingStep
from subsidies.findings.rules import UNDECIDED, State

# So many findings are compared with what is known in one go; memory stays flat however many there are.
CHUNK = 500


@dataclass(slots=True)
class Counted:
    """What a check brought: found in all, of these new, of these with further rows."""

    found: int = 0
    fresh: int = 0
    grown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which check found something, by which document, when; in which run, or by itself in none."""

    check_code: str
    run_id: int | None
    policy_id: int
    now: datetime


class _Last(NamedTuple):
    """The latest finding about a key."""

    id: int
    part: int
    state: State


def keep_found(session: Session, found: Iterable[Found], *, origin: Origin, counted: Counted) -> None:
    """Write down what a check found, and count it.

    Rows that are known already change nothing. Further rows join a finding that nobody has decided; after a
    decision they make a further part, because a decision covers what was known when it was made.
    """
    for chunk in _chunks(found):
        counted.found += len(chunk)
        _keep_chunk(session, chunk, origin, counted)


def _keep_chunk(session: Session, chunk: Sequence[Found], origin: Origin, counted: Counted) -> None:
    last, known = _known(session, origin.check_code, [each.key for each in chunk])
    fresh: list[tuple[Found, int]] = []
    for each in chunk:
        more = [source for source in each.sources if (source.kind, source.ref) not in known[each.key]]
        before = last.get(each.key)
        if before is None or (more and before.state not in UNDECIDED):
            fresh.append((each, before.part + 1 if before else 1))
        elif more:
            _grow(session, before.id, each, more, origin)
            counted.grown += 1
    _insert(session, fresh, origin)
    counted.fresh += len(fresh)


def _known(
    session: Session, check_code: str, keys: Sequence[str]
) -> tuple[Mapping[str, _Last], Mapping[str, set[tuple[str, str]]]]:
    """Return the latest finding about each key, and the rows of all findings about it."""
    query = select(Finding.key, Finding.id, Finding.part, Finding.state)
    rows = session.execute(query.where(Finding.check_code == check_code, Finding.key.in_(keys)).order_by(Finding.part))
    last: dict[str, _Last] = {}
    key_of: dict[int, str] = {}
    for key, finding_id, part, state in rows:
        last[key], key_of[finding_id] = _Last(finding_id, part, State(state)), key
    sources: dict[str, set[tuple[str, str]]] = defaultdict(set)
    columns = select(FindingSource.finding_id, FindingSource.kind, FindingSource.ref)
    for finding_id, kind, ref in session.execute(columns.where(FindingSource.finding_id.in_(list(key_of)))):
        sources[key_of[finding_id]].add((kind, ref))
    return last, sources


def _grow(session: Session, finding_id: int, found: Found, more: Sequence[Source], origin: Origin) -> None:
    session.execute(
        update(Finding)
        .where(Finding.id == finding_id)
        .values(facts=dict(found.facts), amount_fen=found.amount_fen, severity=found.severity, changed_at=origin.now)
    )
    session.execute(insert(FindingSource), [_source_row(finding_id, source) for source in more])
    session.execute(insert(FindingStep), [_step_row(finding_id, "grown", origin, rows=len(more))])


def _insert(session: Session, fresh: Sequence[tuple[Found, int]], origin: Origin) -> None:
    if not fresh:
        return
    statement = insert(Finding).returning(Finding.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, [_row(found, part, origin) for found, part in fresh]).all()
    rows = [
        _source_row(finding_id, source)
        for finding_id, (found, _part) in zip(ids, fresh, strict=True)
        for source in dict.fromkeys(found.sources)
    ]
    if rows:
        session.execute(insert(FindingSource), rows)
    session.execute(
        insert(FindingStep),
        [
            _step_row(finding_id, "found", origin, rows=len(found.sources))
            for finding_id, (found, _part) in zip(ids, fresh, strict=True)
        ],
    )


def _row(found: Found, part: int, origin: Origin) -> dict[str, Any]:
    return {
        "check_code": origin.check_code,
        "key": found.key,
        "part": part,
        "severity": found.severity,
        "area_code": found.area_code,
        "canteen_id": found.canteen_id,
        "provider_id": found.provider_id,
        "senior_id": found.senior_id,
        "happened_on": found.happened_on,
        "amount_fen": found.amount_fen,
        "facts": dict(found.facts),
        "policy_id": origin.policy_id,
        "run_id": origin.run_id,
        "found_at": origin.now,
        "changed_at": origin.now,
    }


def _source_row(finding_id: int, source: Source) -> dict[str, Any]:
    return {"finding_id": finding_id, "kind": source.kind, "ref": source.ref, "home": source.home}


def _step_row(finding_id: int, step: str, origin: Origin, *, rows: int) -> dict[str, Any]:
    return {"finding_id": finding_id, "step": step, "at": origin.now, "about": {"run": origin.run_id, "rows": rows}}


def _chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    rest = iter(found)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
