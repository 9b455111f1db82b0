"""What is doubtful about a visit is decided once, by a supervisor who has no part in it."""

from typing import Any

import pytest
from sqlalchemy import select

from app.auth.actor import Role
from care_beds.visits import services
from care_beds.visits.errors import ExceptionNotFound, OwnVisit, VisitMoved
from care_beds.visits.models import CareVisit, VisitException
from care_beds.visits.rules import Decision
from tests.care_beds.factories import hold_care_documents, make_care_staff, make_carer
from tests.care_beds.visits.town import Town, planned
from tests.conftest import FrozenClock


def excepted(town: Town, clock: FrozenClock, *codes: str) -> list[VisitException]:
    visit = planned(town, state="finished")
    services.raise_exceptions(town.session, visit=visit, found={code: {"m": 430} for code in codes}, now=clock.now())
    query = select(VisitException).where(VisitException.visit_id == visit.id).order_by(VisitException.code)
    return list(town.session.scalars(query))


def decide(town: Town, clock: FrozenClock, raised: VisitException, **more: Any) -> VisitException:
    asked = {"exception_id": raised.id, "decision": Decision.CLEARED, "words": "电话问过老人", "by": town.supervisor}
    return services.decide_exception(town.session, **{**asked, "now": clock.now(), **more})


def test_a_supervisor_decides_each_thing_once_and_one_that_does_not_hold_is_enough(
    town: Town, clock: FrozenClock
) -> None:
    far, short = excepted(town, clock, "far", "short")
    visit = town.session.get_one(CareVisit, far.visit_id)
    assert visit.exception == "open"
    decide(town, clock, far)
    assert visit.exception == "open"
    decide(town, clock, short, decision=Decision.REJECTED)
    assert visit.exception == "rejected"
    with pytest.raises(VisitMoved):
        decide(town, clock, far)
    services.raise_exceptions(town.session, visit=visit, found={"far": {}}, now=clock.now())
    assert visit.exception == "rejected"


def test_nobody_decides_about_their_own_provider(town: Town, clock: FrozenClock) -> None:
    (far,) = excepted(town, clock, "far")
    with pytest.raises(OwnVisit):
        decide(town, clock, far, by=town.manager)
    double = make_care_staff(town.session, Role.SUPERVISOR)
    helper = make_carer(town.session, provider=town.provider)
    as_supervisor = type(double)(
        account_id=helper.account.id, name="两头", roles=double.roles, area_codes=double.area_codes, held=double.held
    )
    with pytest.raises(OwnVisit):
        decide(town, clock, far, by=as_supervisor)
    elsewhere = make_care_staff(town.session, Role.SUPERVISOR, area_code="330106003")
    with pytest.raises(ExceptionNotFound):
        decide(town, clock, far, by=elsewhere)
    decide(town, clock, far, by=double)


def test_a_manager_decides_only_where_a_document_lets_them(town: Town, clock: FrozenClock) -> None:
    hold_care_documents(town.session, manager_may_decide=True)
    (far,) = excepted(town, clock, "far")
    with pytest.raises(OwnVisit):
        decide(town, clock, far, by=town.carer.actor)
    decide(town, clock, far, by=town.manager)
