"""The family's view of a bed: applying, signing, what it is told; and what others than the family do not see."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.auth.actor import Role
from app.auth.models import Account
from app.messages.models import Notice
from app.people.relatives.rules import Relation, Topic
from care_beds.beds import services
from care_beds.beds.models import BedSignature, CareBed
from care_beds.beds.rules import Party
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.assessment.office import make_level
from tests.care_beds.beds.home import TODAY, YEAR_ON, Home


@pytest.fixture
def daughter(home: Home) -> Account:
    """A daughter who may know of visits."""
    account = make_relative(home.session, name="陈敏")
    make_link(home.session, home.senior, account, relation=Relation.CHILD, topics=[Topic.VISITS])
    return account


def post(client: FlaskClient, path: str, **typed: Any) -> Any:
    return client.post(path, data={"csrf_token": form_token(client, "/account"), **typed})


def kinds_told(home: Home) -> set[str]:
    return set(home.session.scalars(select(Notice.kind)))


def test_a_daughter_applies_signs_and_sees_the_bed(home: Home, daughter: Account, client: FlaskClient) -> None:
    mine = f"/family/{home.senior.id}/bed"
    sign_in(client, home.session, daughter)
    assert "政府补助" in client.get(mine).text
    made = post(client, f"{mine}/application", programme="public")
    assert made.status_code == 303, made.text
    bed = home.session.scalars(select(CareBed)).one()
    assert (bed.relation, bed.applied_by) == ("child", daughter.id)
    assert "床位正在办理" in client.get(f"/family/{home.senior.id}").text
    make_level(home.session, home.senior, 3)
    home.do(services.take_over_assessment, bed, home.assessor)
    home.plan(bed)
    home.do(services.draw_up, bed, home.clerk, from_on=TODAY, until_on=YEAR_ON)
    assert "care_beds.agreement_to_sign" in kinds_told(home)
    assert "等您签字" in client.get(f"/family/{home.senior.id}").text
    assert post(client, f"{mine}/signature", name="陈敏").status_code == 422
    assert post(client, f"{mine}/signature", name="陈敏", agrees="true").status_code == 303
    signature = home.session.scalars(select(BedSignature)).one()
    assert (signature.how, signature.relation, signature.party) == ("own", "child", "senior")
    assert post(client, f"{mine}/signature", name="陈敏", agrees="true").status_code == 409
    home.sign(bed, Party.PROVIDER)
    home.sign(bed, Party.STREET)
    home.build(bed)
    home.accept(bed)
    home.do(services.start, bed, home.clerk, on=TODAY)
    page = client.get(mine).text
    assert "安颐" in page
    assert "求助键" in page
    assert "care_beds.bed_step" in kinds_told(home)
    [item] = home.items(bed)
    assert client.get(f"/pictures/{item.before_picture_id}/small").status_code == 200


def test_without_consent_nothing_of_the_bed_is_shown(home: Home, client: FlaskClient) -> None:
    bed = home.serve()
    nephew = make_relative(home.session, name="周强")
    make_link(home.session, home.senior, nephew, relation=Relation.OTHER, topics=[Topic.MEALS])
    sign_in(client, home.session, nephew)
    assert client.get(f"/family/{home.senior.id}/bed").status_code == 403
    [item] = home.items(bed)
    assert client.get(f"/pictures/{item.before_picture_id}/small").status_code == 404


def test_a_nephew_sees_and_does_not_sign(home: Home, client: FlaskClient) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    home.do(services.draw_up, bed, home.clerk, from_on=TODAY, until_on=YEAR_ON)
    nephew = make_relative(home.session, name="周强")
    make_link(home.session, home.senior, nephew, relation=Relation.OTHER, topics=[Topic.VISITS])
    sign_in(client, home.session, nephew)
    mine = f"/family/{home.senior.id}/bed"
    assert "由老人本人、老伴、子女或监护人签字" in client.get(mine).text
    assert post(client, f"{mine}/signature", name="周强", agrees="true").status_code == 403


def test_a_senior_signs_alone(home: Home, client: FlaskClient) -> None:
    bed = home.apply()
    home.assess(bed)
    home.plan(bed)
    home.do(services.draw_up, bed, home.clerk, from_on=TODAY, until_on=YEAR_ON)
    account = make_relative(home.session, Role.ELDER, name="王玉兰")
    make_link(home.session, home.senior, account, relation=Relation.SELF)
    sign_in(client, home.session, account)
    mine = f"/family/{home.senior.id}/bed"
    assert post(client, f"{mine}/signature", name="王玉兰", agrees="true").status_code == 303
    assert home.session.scalars(select(BedSignature.relation)).one() == "self"
