"""Runs of the checks: kept with counts, gone on with after a crash, one check never stops the others."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import transaction
from subsidies.findings import carrying, queries, runs
from subsidies.findings.carrying import carry_out
from subsidies.findings.checks import Check, Found, Window
from subsidies.findings.errors import AlreadyRunning, NoDocument, UnknownCheck
from subsidies.findings.models import Finding
from subsidies.findings.policy import example_body
from subsidies.findings.registry import list_checks
from subsidies.findings.tasks import run_checks
from tests.app.areas.factories import make_place
from tests.conftest import FrozenClock
from tests.subsidies.findings.factories import CITY, DISTRICT, STREET, checks, found, make_check, make_document


def start(session: Session, clock: FrozenClock, **about: object) -> int:
    return runs.start_run(session, now=clock.now(), **about)  # type: ignore[arg-type]


def test_a_run_looks_at_whole_months_until_yesterday(session: Session, clock: FrozenClock) -> None:
    make_document(session)
    run = queries.get_run(session, run_id=start(session, clock))
    assert (run.since, run.until) == (date(2026, 10, 1), date(2026, 11, 20))
    since = queries.get_run(session, run_id=start(session, clock, since=date(2026, 7, 9), is_forced=True))
    assert since.since == date(2026, 7, 1)


def test_without_a_document_nothing_runs(session: Session, clock: FrozenClock) -> None:
    with pytest.raises(NoDocument):
        start(session, clock)
    run_checks()
    assert queries.list_runs(session) == []


def test_a_check_that_nobody_knows_is_refused_and_two_runs_at_once_too(session: Session, clock: FrozenClock) -> None:
    make_document(session)
    with pytest.raises(UnknownCheck):
        start(session, clock, codes=["R99"])
    start(session, clock, codes=["R4"])
    with pytest.raises(AlreadyRunning):
        start(session, clock)
    clock.advance(minutes=31)
    start(session, clock)


def test_every_check_runs_and_is_kept_with_its_counts(session: Session, clock: FrozenClock) -> None:
    make_document(session)
    run_checks()
    run = queries.find_last_run(session)
    assert run is not None
    assert run.finished_at is not None
    assert [each.check_code for each in run.checks] == [check.code for check in list_checks()]
    assert [each.fault for each in run.checks if each.fault] == []


def test_one_check_that_breaks_does_not_stop_the_others(session: Session, clock: FrozenClock) -> None:
    make_place(session, STREET)
    body = {**example_body(list_checks()), "checks": {"R1": {}, "R2": {}}}
    make_document(session, body=body)
    with checks(make_check("R1", ValueError("no")), make_check("R2", [found("a")])):
        run_checks()
        run = queries.find_last_run(session)
        assert run is not None
        assert run.finished_at is not None
    assert [(each.check_code, each.fault, each.fresh) for each in run.checks] == [
        ("R1", "ValueError", 0),
        ("R2", "", 1),
    ]


def test_a_check_that_a_document_leaves_out_finds_nothing_there(session: Session, clock: FrozenClock) -> None:
    seen: list[tuple[str, str, tuple[str, ...]]] = []
    make_document(session, body={**example_body(list_checks()), "checks": {"R1": {}, "R2": {}}})
    make_document(session, area_code=DISTRICT, body={**example_body(list_checks()), "checks": {"R2": {}}})

    def watched(code: str) -> Check:
        def find(_session: Session, window: Window, _limits: object) -> list[Found]:
            seen.append((code, window.area_code, window.except_areas))
            return []

        return replace(make_check(code), find=find)

    with checks(watched("R1"), watched("R2")):
        carry_out(start(session, clock))
    assert set(seen) == {("R1", CITY, (DISTRICT,)), ("R2", CITY, (DISTRICT,)), ("R2", DISTRICT, ())}


def test_killed_in_the_middle_and_run_again_is_as_if_it_had_not_been(
    committed_db: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_place(committed_db, STREET)
    make_document(committed_db, body={**example_body(list_checks()), "checks": {"R1": {}, "R2": {}, "R3": {}}})
    committed_db.commit()
    carry = carrying._carry_check

    def die_in_the_second(run: int, code: str) -> None:
        """Find and write like the others, and die before the second one's transaction ends."""
        if code != "R2":
            carry(run, code)
            return
        with transaction() as session:
            runs.run_check(session, run_id=run, code=code, now=clock.now())
            raise SystemExit

    with checks(*(make_check(code, [found(f"{code} a"), found(f"{code} b")]) for code in ("R1", "R2", "R3"))):
        run_id = start(committed_db, clock)
        committed_db.commit()
        monkeypatch.setattr(carrying, "_carry_check", die_in_the_second)
        with pytest.raises(SystemExit):
            carry_out(run_id)
        monkeypatch.undo()
        with transaction() as session:
            assert session.scalar(select(func.count()).select_from(Finding)) == 2
            assert runs.list_interrupted(session) == [run_id]
        carry_out(run_id)
        carry_out(run_id)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Finding)) == 6
        run = queries.get_run(session, run_id=run_id)
        assert [(each.check_code, each.fresh) for each in run.checks] == [("R1", 2), ("R2", 2), ("R3", 2)]
        assert run.finished_at is not None
