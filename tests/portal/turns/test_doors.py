"""A dead person does not come back by another form, whatever way the ID number is written."""

from collections.abc import Callable
from typing import Any

import pytest

from app import clock, vault
from app.errors import DomainError
from app.people.cards import issue_card, reopen_card, replace_card
from app.people.importing import Mode, import_file
from app.people.models import Senior
from app.people.relatives import services as relatives
from app.people.relatives.own_accounts import make_counter_code
from app.people.relatives.rules import Relation, Topic
from app.people.services import record_status, register_senior
from app.people.turns import TurnKind
from care_beds.beds import applying
from portal.turns.services import record_turn
from safety.kits import homes
from subsidies.applications import services as applications
from tests.app.people.factories import make_id_number, make_senior
from tests.meals.factories import STREET
from tests.portal.turns.cast import DIED, TODAY, Life

OLD = make_id_number(serial=345)
WAYS = {"18": OLD, "15": OLD[:6] + OLD[8:17], "lower": OLD.lower(), "spaces": f" {OLD}　"}


@pytest.fixture
def dead(life: Life) -> Senior:
    """Return somebody whose death was recorded."""
    senior = make_senior(life.session, name="陈大山", id_number=OLD, hukou_area=STREET, ability_level=3)
    asked = life.asked(TurnKind.DEATH)
    asked = type(asked)(senior_id=senior.id, kind=TurnKind.DEATH, from_on=DIED, reason="社区核实")
    record_turn(life.session, asked=asked, effects=life.effects, by=life.clerk, now=clock.now())
    return senior


@pytest.mark.parametrize("way", WAYS)
def test_no_registration_and_no_import_brings_the_dead_back(life: Life, dead: Senior, way: str) -> None:
    fields = {"name": "陈大山", "id_number": WAYS[way], "hukou_area": STREET, "residence_area": STREET}
    with pytest.raises(DomainError) as refused:
        register_senior(life.session, fields=fields, actor=life.clerk, now=clock.now())
    assert refused.value.code == "deceased_registered"
    data = f"姓名,身份证号,户籍地,居住地,发卡\n陈大山,{WAYS[way]},{STREET},{STREET},是\n".encode()
    report = import_file(
        life.session, data=data, name="x.csv", mode=Mode.GOOD_ROWS, actor=life.clerk, now=clock.now(), most_rows=10
    )
    assert [fault.code for fault in report.faults] == ["deceased_registered"]
    assert life.count("senior", "name = '陈大山'") == 1


def _bed(life: Life, senior_id: int) -> Any:
    applicant = applying.Applicant(relation="child", name="陈敏", phone="13800138000")
    given = {"programme": "public", "applicant": applicant, "applied_on": TODAY}
    return applying.apply(life.session, senior_id=senior_id, **given, actor=life.clerk, now=clock.now())


def _kit(life: Life, senior_id: int) -> Any:
    application = homes.Application(payer="own", lives_alone=True, kin_near=False, agreed_by="senior", agreed_on=TODAY)
    return homes.apply(life.session, senior_id=senior_id, application=application, actor=life.clerk, now=clock.now())


OFFER: dict[str, Any] = {
    "name": "陈敏",
    "relation": Relation.CHILD,
    "is_guardian": False,
    "witnessed": relatives.Witnessed(topics=frozenset(Topic), how="spoken"),
}
DOORS: dict[str, Callable[[Life, int], Any]] = {
    "card": lambda life, senior_id: issue_card(life.session, senior_id=senior_id, actor=life.clerk, now=clock.now()),
    "status": lambda life, senior_id: record_status(
        life.session,
        senior_id=senior_id,
        status="active",  # type: ignore[arg-type]
        from_on=TODAY,
        until_on=None,
        actor=life.clerk,
        now=clock.now(),
    ),
    "relative": lambda life, senior_id: relatives.offer_link(
        life.session, senior_id=senior_id, **OFFER, actor=life.clerk, now=clock.now()
    ),
    "own account": lambda life, senior_id: make_counter_code(
        life.session, senior_id=senior_id, actor=life.clerk, now=clock.now()
    ),
    "bed": _bed,
    "kit": _kit,
    "allowance": lambda life, senior_id: applications.apply(
        life.session,
        senior_id=senior_id,
        programme="chongyang-disability",
        applicant=applications.Applicant(relation="self", name="陈大山"),
        applied_on=TODAY,
        actor=life.clerk,
        now=clock.now(),
    ),
    "turn": lambda life, senior_id: record_turn(
        life.session,
        asked=type(life.asked(TurnKind.RETURN))(
            senior_id=senior_id, kind=TurnKind.RETURN, from_on=TODAY, reason="回来了"
        ),
        effects=life.effects,
        by=life.clerk,
        now=clock.now(),
    ),
}


CODES = {
    "card": "senior_deceased",
    "status": "invalid",
    "relative": "link_deceased",
    "own account": "link_deceased",
    "bed": "senior_gone",
    "kit": "senior_gone",
    "allowance": "senior_deceased",
    "turn": "dead_already",
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_lets_the_dead_in(life: Life, dead: Senior, door: str) -> None:
    with pytest.raises(DomainError) as refused:
        DOORS[door](life, dead.id)
    assert refused.value.code == CODES[door]
    assert (
        life.count("senior_status", "senior_id = :id AND status <> 'deceased' AND from_on >= :on", id=dead.id, on=DIED)
        == 0
    )


def test_a_card_of_the_dead_is_not_replaced_and_not_reopened_while_the_death_stands(life: Life) -> None:
    life.turn(TurnKind.DEATH)
    with pytest.raises(DomainError):
        replace_card(life.session, number=life.card.number, actor=life.clerk, now=clock.now())
    assert not reopen_card(life.session, number=life.card.number, actor=life.clerk, now=clock.now())
    assert vault.unseal(life.senior.id_number_sealed)
