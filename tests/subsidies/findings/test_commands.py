"""The command that runs the checks: what it tells, and what it refuses in words."""

from typing import Any

from sqlalchemy.orm import Session

from tests.conftest import FrozenClock
from tests.subsidies.findings.factories import make_document


def test_the_command_tells_what_each_check_brought(session: Session, clock: FrozenClock, runner: Any) -> None:
    make_document(session)
    session.commit()
    told = runner.invoke(args=["findings", "run", "--check", "R4", "--since", "2026-09-15", "--language", "en"])
    assert told.exit_code == 0, told.output
    assert "R4   Too many meals for one person: 0 found, 0 of them new" in told.output
    assert "From 2026-09-01 to before 2026-11-20: 0 / 0" in told.output


def test_an_unknown_check_and_a_missing_document_are_refused_in_words(
    session: Session, clock: FrozenClock, runner: Any
) -> None:
    unknown = runner.invoke(args=["findings", "run", "--check", "R99", "--language", "en"])
    assert (unknown.exit_code, "There is no such check" in unknown.output) == (1, True)
    missing = runner.invoke(args=["findings", "run", "--language", "en"])
    assert (missing.exit_code, "Publish one first" in missing.output) == (1, True)
