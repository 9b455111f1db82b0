"""A new level opens and closes allowances for the next grant, by their own rules, and the report says so before."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.auth.actor import Role
from care_beds.assessment.sheet import read_sheet
from tests.care_beds.assessment.answers import worth
from tests.care_beds.assessment.office import Bureau, change_rules, publish_rules
from tests.care_beds.factories import make_care_staff
from tests.conftest import FrozenClock
from tests.subsidies.allowance.factories import CODE, DECEMBER, Office, decisions, make_office, make_old, publish, start
from tests.subsidies.allowance.programmes import IN_XIAOSHAN

WHO = [{"when": {"age": {"from": 60}, "ability": [2, 3, 4], "hukou": True}, "points": 200}]


@dataclass(frozen=True)
class Bureaus:
    """Who assesses, and who grants."""

    bureau: Bureau
    office: Office

    def next_grant(self) -> int:
        """Return what the next month's run would give the senior, in fen."""
        run = start(self.bureau.session, self.office, DECEMBER)
        return decisions(self.bureau.session, run).get(self.bureau.senior.id, ("", 0, 0))[1]


def open_bureaus(session: Session, *, level: int) -> Bureaus:
    office = make_office(session)
    publish(session, office, who=WHO)
    publish_rules(session)
    senior = make_old(session, 80, ability_level=level)
    people = [make_care_staff(session, role, area_code=IN_XIAOSHAN[:9]) for role in (Role.ASSESSOR, Role.ASSESSOR)]
    clerk = make_care_staff(session, Role.STREET_CLERK, area_code=IN_XIAOSHAN[:9])
    bureau = Bureau(session=session, first=people[0], second=people[1], clerk=clerk, senior=senior)
    return Bureaus(bureau, office)


@pytest.mark.parametrize(("before", "points", "opens"), [(1, 52, True), (3, 80, False)])
def test_a_signed_level_opens_or_closes_a_programme_for_the_next_grant(
    session: Session, clock: FrozenClock, before: int, points: int, opens: bool
) -> None:
    both = open_bureaus(session, level=before)
    bureau = both.bureau
    row = bureau.start()
    bureau.fill(row, worth(points))
    bureau.complete(row)
    read = read_sheet(session, assessment_id=row.id, actor=bureau.first, now=app_clock.now())
    told = [(turn.code, turn.before_fen, turn.after_fen) for turn in read.turns]
    assert told == [(CODE, 0, 20_000) if opens else (CODE, 20_000, 0)]
    bureau.sign(row)
    signed = read_sheet(session, assessment_id=row.id, actor=bureau.first, now=app_clock.now())
    assert [(turn.code, turn.before_fen, turn.after_fen) for turn in signed.turns] == told
    assert both.next_grant() == (20_000 if opens else 0)


def test_a_level_that_counts_from_next_month_is_known_to_that_months_preview(
    session: Session, clock: FrozenClock
) -> None:
    both = open_bureaus(session, level=1)
    change_rules(session, area=IN_XIAOSHAN[:9], takes_effect="next_month")
    both.bureau.assess(worth(52))
    assert both.bureau.senior.ability_level == 1
    assert both.next_grant() == 20_000
