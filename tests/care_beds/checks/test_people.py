"""Checks on who was there: kin, supervisors, seniors who were elsewhere."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app import clock, vault
from app.auth.actor import Role
from app.auth.models import Account, RoleGrant
from app.people.relatives.models import RelativeLink
from care_beds.beds.models import CareBed
from care_beds.providers.models import Carer, CarerKin
from tests.app.people.factories import make_account
from tests.care_beds.checks.world import DAY, STREET, World, ids
from tests.care_beds.factories import make_provider


def link(world: World, bed: CareBed, account: Account, *, state: str = "active") -> None:
    world.session.add(
        RelativeLink(
            senior_id=bed.senior_id,
            account_id=account.id,
            relation="child",
            state=state,
            asked_at=clock.now(),
            asked_by=world.office,
            decided_at=clock.now(),
            decided_by=world.office,
            ended_at=clock.now() if state == "ended" else None,
            ended_by=world.office if state == "ended" else None,
        )
    )
    world.session.flush()


def declare(world: World, carer: Carer, bed: CareBed, relation: str, *, is_cohabitant: bool = False) -> CarerKin:
    kin = CarerKin(
        carer_id=carer.id,
        senior_id=bed.senior_id,
        relation=relation,
        is_cohabitant=is_cohabitant,
        declared_on=DAY,
        declared_by=world.office,
    )
    world.session.add(kin)
    world.session.flush()
    return kin


def with_phone(world: World, phone: str) -> Account:
    account = make_account(world.session)
    account.phone_sealed, account.phone_index = vault.seal(phone), vault.index_of(phone)
    world.session.flush()
    return account


def test_kin_and_those_under_one_roof(world: World) -> None:
    carers, beds = [world.carer() for _ in range(4)], [world.bed() for _ in range(4)]
    daughter, lodger, stranger, ended = (
        world.visit(carer=carer, bed=bed) for carer, bed in zip(carers, beds, strict=True)
    )
    declare(world, carers[0], beds[0], "parent", is_cohabitant=True)
    declare(world, carers[1], beds[1], "none", is_cohabitant=True)
    declare(world, carers[2], beds[0], "sibling")
    declare(world, carers[3], beds[3], "spouse").ended_at = clock.now()
    world.session.flush()
    assert world.caught("B6") == ids(daughter, lodger)
    assert {stranger.id, ended.id}.isdisjoint(world.caught("B6"))
    assert [each.facts["why"] for each in world.check("B6")] == [["declared"], ["one_roof"]]


def test_families_whose_account_or_phone_is_the_carers(world: World) -> None:
    beds = [world.bed() for _ in range(3)]
    first, second, third = world.carer(), world.carer(phone="13911112222"), world.carer()
    link(world, beds[0], world.session.get_one(Account, first.account_id))
    link(world, beds[1], with_phone(world, "13911112222"))
    link(world, beds[2], world.session.get_one(Account, third.account_id), state="ended")
    caught = world.visit(carer=first, bed=beds[0]), world.visit(carer=second, bed=beds[1])
    world.visit(carer=third, bed=beds[2])
    assert world.caught("B6") == ids(*caught)
    assert [each.facts["why"] for each in world.check("B6")] == [["account"], ["family_phone"]]


def test_carer_and_senior_who_are_one_person_or_share_a_phone(world: World) -> None:
    number = "330106194103051236"
    same = world.visit(carer=world.carer(id_number=number), bed=world.bed(id_number=number))
    shared = world.visit(carer=world.carer(phone="13933334444"), bed=world.bed(phone="13933334444"))
    world.visit()
    assert world.caught("B6") == ids(same, shared)
    assert [each.facts["why"] for each in world.check("B6")] == [["same_person"], ["senior_phone"]]


def appoint(
    world: World, account_id: int, role: Role, *, until: date | None = None, provider_id: int | None = None
) -> None:
    world.session.add(
        RoleGrant(
            account_id=account_id,
            role=role,
            area_code=STREET,
            provider_id=provider_id,
            valid_from=date(2026, 1, 1),
            valid_until=until,
            granted_at=clock.now(),
        )
    )
    world.session.flush()


def test_carers_who_also_supervise(world: World) -> None:
    carer, former, second = world.carer(), world.carer(), world.carer(phone="13955556666")
    planner, elsewhere = world.carer(), world.carer()
    appoint(world, carer.account_id, Role.SUPERVISOR)
    appoint(world, former.account_id, Role.SUPERVISOR, until=DAY - timedelta(days=1))
    appoint(world, with_phone(world, "13955556666").id, Role.SUPERVISOR)
    appoint(world, planner.account_id, Role.PROVIDER_MANAGER, provider_id=world.provider.id)
    appoint(world, elsewhere.account_id, Role.PROVIDER_MANAGER, provider_id=make_provider(world.session).id)
    visits = {each.id: world.visit(carer=each) for each in (carer, former, second, planner, elsewhere)}
    assert world.caught("B10") == ids(visits[carer.id], visits[second.id], visits[planner.id])
    assert [each.facts["role"] for each in world.check("B10")] == ["supervisor", "supervisor", "provider_manager"]


def test_who_decided_about_a_visit_of_their_own(world: World) -> None:
    carer = world.carer()
    own, other = world.visit(carer=carer), world.visit(carer=carer, on=DAY - timedelta(days=1))
    world.clear(own, "far", by=carer.account_id)
    world.clear(other, "far")
    assert world.caught("B10", visits=1000) == ids(own)


def status(world: World, senior_id: int, status: str, from_on: date, *, until: date | None = None) -> None:
    world.session.execute(text("DELETE FROM senior_status WHERE senior_id = :id"), {"id": senior_id})
    world.session.execute(
        text(
            "INSERT INTO senior_status (senior_id, status, from_on, until_on, recorded_at)"
            " VALUES (:id, :status, :from_on, :until_on, :at)"
        ),
        {"id": senior_id, "status": status, "from_on": from_on, "until_on": until, "at": clock.now()},
    )


@pytest.mark.parametrize(
    ("how", "days_before", "until_after", "found"),
    [
        ("deceased", 1, None, 1),
        ("deceased", 0, None, 0),
        ("in_hospital", 1, None, 1),
        ("in_hospital", 0, None, 0),
        ("in_hospital", 3, 2, 1),
        ("in_hospital", 3, 1, 0),
        ("in_institution", 1, None, 1),
        ("moved_away", 9, None, 0),
        ("active", 9, None, 0),
    ],
)
def test_visits_to_somebody_who_was_not_there(
    world: World, how: str, days_before: int, until_after: int | None, found: int
) -> None:
    visit = world.visit()
    until = DAY + timedelta(days=until_after) if until_after else None
    status(world, visit.senior_id, how, DAY - timedelta(days=days_before), until=until)
    world.visit()
    assert world.caught("B12") == (ids(visit) if found else set())


def test_a_death_told_late_is_looked_at_from_its_day_on(world: World) -> None:
    long_ago = world.visit(on=date(2026, 8, 3))
    status(world, long_ago.senior_id, "deceased", date(2026, 8, 1))
    (found,) = world.check("B12")
    assert (world.caught("B12"), found.happened_on) == (ids(long_ago), date(2026, 8, 3))
