"""The same facts are found once; further rows join what is undecided, and make a new finding of what is decided."""

import pytest
from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from subsidies.findings import registry
from subsidies.findings.checks import Source
from subsidies.findings.models import Finding, FindingSource, FindingStep
from subsidies.findings.storing import Counted
from tests.conftest import FrozenClock
from tests.subsidies.findings.factories import found, keep, make_finding


def counts(session: Session) -> tuple[int, int]:
    return tuple(session.scalar(select(func.count()).select_from(each)) or 0 for each in (Finding, FindingSource))  # type: ignore[return-value]


def test_the_same_found_again_changes_nothing(session: Session, clock: FrozenClock) -> None:
    assert keep(session, found("a", "1", "2")) == Counted(found=1, fresh=1, grown=0)
    before = counts(session)
    clock.advance(days=1)
    assert keep(session, found("a", "1", "2", amount_fen=9)) == Counted(found=1, fresh=0, grown=0)
    # A window that has moved on sees fewer rows: that is no news either.
    assert keep(session, found("a", "2")) == Counted(found=1, fresh=0, grown=0)
    assert counts(session) == before
    assert session.scalars(select(Finding.amount_fen)).all() == [1250]


def test_the_same_key_of_another_check_is_another_finding(session: Session, clock: FrozenClock) -> None:
    keep(session, found("a"))
    assert keep(session, found("a"), code="R5").fresh == 1


def test_further_rows_join_what_nobody_decided(session: Session, clock: FrozenClock) -> None:
    keep(session, found("a", "1"))
    assert keep(session, found("a", "1", "2", amount_fen=2500)) == Counted(found=1, fresh=0, grown=1)
    finding = session.scalars(select(Finding)).one()
    assert (finding.amount_fen, finding.facts["meals"]) == (2500, 2)
    steps = session.execute(select(FindingStep.step, FindingStep.about).order_by(FindingStep.id)).all()
    assert [(step, about["rows"]) for step, about in steps] == [("found", 1), ("grown", 1)]


@pytest.mark.parametrize("state", ["confirmed", "dismissed"])
def test_further_rows_after_a_decision_make_another_part(session: Session, clock: FrozenClock, state: str) -> None:
    finding = make_finding(session, key="a", sources=[Source("canteen", "1")])
    finding.asked_of, finding.asked_at, finding.state = "street", clock.now(), state
    session.flush()
    assert keep(session, found("a", "1")).fresh == 0
    assert keep(session, found("a", "1", "2")).fresh == 1
    assert session.scalars(select(Finding.part).order_by(Finding.part)).all() == [1, 2]
    assert keep(session, found("a", "1", "2")) == Counted(found=1, fresh=0, grown=0)


def test_many_are_kept_in_chunks(session: Session, clock: FrozenClock) -> None:
    many = [found(f"key {number}") for number in range(1100)]
    assert keep(session, *many).fresh == 1100
    assert keep(session, *many) == Counted(found=1100, fresh=0, grown=0)


def test_every_check_of_the_product_and_every_row_it_rests_on_can_be_written_down(
    session: Session, clock: FrozenClock
) -> None:
    for check in registry.list_checks():
        keep(session, found(), code=check.code)
    kinds = sorted(registry._known.describers)
    keep(session, found(sources=[Source(kind, "1", 1) for kind in kinds]), code="R4")
    assert session.scalar(select(func.count(distinct(Finding.check_code)))) == len(registry.list_checks())
    assert sorted(set(session.scalars(select(FindingSource.kind)))) == kinds
