"""The pages of beds without a browser: the whole way from a senior's page into service, refusals beside their form."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock as clocks
from app.audit.models import AuditEntry
from app.auth.actor import Actor, Role
from app.auth.models import Account
from app.people.models import SeniorStatus
from app.people.rules import Status
from care_beds.beds import services
from care_beds.beds.models import CareBed
from care_beds.beds.panels import BedPanel, MonthVisits, _months, _panels, register_months, register_panel
from care_beds.beds.rules import CloseReason
from care_beds.beds.tasks import propose_bed_steps
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import make_status
from tests.care_beds.assessment.office import make_level
from tests.care_beds.beds.home import TODAY, YEAR_ON, Home, a_picture
from tests.care_beds.factories import make_bed_in_service, make_care_staff
from tests.meals.test_pages import counted

HOME = "/care/beds"


class Desk:
    """A browser at a desk: whoever sits there, and forms sent from it."""

    def __init__(self, home: Home, client: FlaskClient) -> None:
        self.home, self.client = home, client

    def sit(self, actor: Actor) -> None:
        """Log somebody in."""
        sign_in(self.client, self.home.session, self.home.session.get_one(Account, actor.account_id))

    def post(self, path: str, **typed: Any) -> Any:
        """Send a form."""
        token = form_token(self.client, "/account")
        return self.client.post(path, data={"csrf_token": token, **typed})

    def step(self, path: str, **typed: Any) -> None:
        """Send a form that is not refused."""
        answer = self.post(path, **typed)
        assert answer.status_code == 303, answer.text

    def get(self, path: str) -> str:
        """Look at a page."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)


@pytest.fixture
def desk(home: Home, client: FlaskClient) -> Desk:
    """A browser."""
    return Desk(home, client)


def photo(shade: int = 100) -> tuple[BytesIO, str]:
    return BytesIO(a_picture(shade)), "door.jpg"


def test_a_bed_goes_through_all_its_pages(desk: Desk, home: Home) -> None:
    desk.sit(home.clerk)
    assert "申请家庭养老床位" in desk.get(f"/people/seniors/{home.senior.id}?tab=care")
    assert "政府补助" in desk.get(f"{HOME}/new/{home.senior.id}")
    asked = {"programme": "public", "relation": "child", "applicant_name": "陈敏", "applied_on": TODAY}
    made = desk.post(f"{HOME}/new/{home.senior.id}", **asked)
    assert made.status_code == 303, made.text
    one = made.headers["Location"]
    assert "没有有效的评估" in desk.get(one)
    make_level(home.session, home.senior, 3)
    desk.step(f"{one}/assessment")
    survey = {
        "surveyed_on": TODAY,
        "dwelling": "flat",
        "lives_with": "alone",
        "hazards": ["wet_floor", "dark"],
        "lat": "30.2875",
        "lon": "120.1625",
        "items": ["grab_bar"],
        "devices": ["sos"],
        "agrees_to_devices": "true",
    }
    desk.step(f"{one}/survey?which=survey", **survey)
    assert "安颐" in desk.get(one)
    desk.step(f"{one}/provider?which=provider", provider_id=home.provider.id)
    bed = home.session.scalars(select(CareBed)).one()
    services.adopt_plan(home.session, bed_id=bed.id, plan_id=1, by=home.clerk, now=clocks.now())
    refused = desk.post(f"{one}/agreement?which=draw", from_on=TODAY, until_on=TODAY)
    assert refused.status_code == 409
    assert "终止日要在起始日之后" in refused.text
    desk.step(f"{one}/agreement?which=draw", from_on=TODAY, until_on=YEAR_ON)
    desk.step(f"{one}/signatures?which=sign-street", party="street", name="方琳")
    paper = {"party": "senior", "name": "陈敏", "relation": "child", "is_paper": "true"}
    desk.step(f"{one}/signatures?which=sign-senior", **paper)
    desk.sit(home.manager)
    assert "机构签字" in desk.get(one)
    desk.step(f"{one}/signatures?which=sign-provider", party="provider", name="钱国英")
    build(desk, home, one)
    desk.sit(home.supervisor)
    assert "验收" in desk.get(one)
    [device] = home.devices(bed)
    desk.step(f"{one}/devices/{device.id}/test?tab=built", works="true")
    desk.step(f"{one}/acceptance?which=accept")
    desk.sit(home.clerk)
    desk.step(f"{one}/start?which=start", on=TODAY)
    life = desk.get(one)
    assert "王玉兰的床位，已服务 1 天" in life
    assert "<svg" in life
    for tab, word in (("papers", "陈敏"), ("built", "SN-0001"), ("story", "开始服务")):
        assert word in desk.get(f"{one}?tab={tab}")
    assert "服务中" in desk.get(HOME)
    assert bed.number in desk.get(f"/people/seniors/{home.senior.id}?tab=care")


def build(desk: Desk, home: Home, one: str) -> None:
    """Fit the home out as its manager."""
    bed = home.session.scalars(select(CareBed)).one()
    [item] = home.items(bed)
    assert "改造前" in desk.get(f"{one}?tab=built")
    refused = desk.post(f"{one}/items/{item.id}/before?tab=built&which=item{item.id}-before")
    assert refused.status_code == 422
    desk.step(f"{one}/items/{item.id}/before?tab=built", picture=photo())
    desk.step(f"{one}/items/{item.id}/done?tab=built", picture=photo(9), cost="350.50", done_on=TODAY)
    assert home.items(bed)[0].cost_fen == 35_050
    desk.step(f"{one}/devices?tab=built", kind="sos", serial="SN-0001", installed_on=TODAY)
    desk.step(f"{one}/fitted-out?which=adapt")


def test_a_bed_rests_goes_on_and_closes_on_its_page(desk: Desk, home: Home) -> None:
    bed = make_bed_in_service(home.session, senior=home.senior, provider=home.provider)
    one = f"{HOME}/{bed.id}"
    desk.sit(home.clerk)
    refused = desk.post(f"{one}/suspension?which=suspend", reason="other", from_on=TODAY)
    assert (refused.status_code, "写明原因" in refused.text) == (422, True)
    desk.step(f"{one}/suspension?which=suspend", reason="away", from_on="2026-11-18", words="去女儿家")
    assert "暂停" in desk.get(f"{one}?tab=story")
    desk.step(f"{one}/resumption?which=resume", on=TODAY)
    moved = {"surveyed_on": TODAY, "dwelling": "house", "lives_with": "family", "area": bed.area_code}
    desk.step(f"{one}/move?tab=papers&which=move", address="新家 2 号", **moved)
    desk.step(f"{one}/agreement?tab=papers&which=draw", from_on=TODAY, until_on=YEAR_ON, provider_id=home.provider.id)
    desk.step(f"{one}/agreement/taken-back?tab=papers")
    shown = desk.post(f"{one}/address?which=door", reason="电话核对住址")
    assert "新家 2 号" in shown.text
    assert home.session.scalars(select(AuditEntry).where(AuditEntry.action == "reveal.bed_address")).one()
    assert desk.post(f"{one}/address?which=door", reason="").status_code == 422
    desk.step(f"{one}/closing?which=close", reason="wish", on=TODAY)
    assert "已撤床" in desk.get(one)


def test_an_application_is_refused_and_another_withdrawn(desk: Desk, home: Home) -> None:
    desk.sit(home.clerk)
    first = home.apply()
    assert desk.post(f"{HOME}/{first.id}/refusal?which=refuse").status_code == 422
    desk.step(f"{HOME}/{first.id}/refusal?which=refuse", reason="不符合条件")
    second = home.apply()
    desk.step(f"{HOME}/{second.id}/withdrawal?which=withdraw", reason="不想办了")
    assert "不想办了" in desk.get(f"{HOME}/{second.id}?tab=story")


def test_lists_and_the_map_show_what_is_late(desk: Desk, home: Home) -> None:
    home.apply(applied_on=date(2026, 10, 1))
    make_bed_in_service(home.session, provider=home.provider)
    desk.sit(home.clerk)
    page = desk.get(HOME)
    assert "1 张床位超期" in page
    assert "已评估" not in desk.get(f"{HOME}?state=overdue")
    assert "没有符合的床位" in desk.get(f"{HOME}?state=adapted")
    assert "1 张床位超期" in desk.get(f"{HOME}?state=nonsense&area=12")
    assert "按社区看" in page
    assert "2 张床位" in desk.get(f"{HOME}/map")
    sign_in_english(desk)
    assert "1 bed is overdue" in desk.get(HOME)


def sign_in_english(desk: Desk) -> None:
    """Switch the page's language."""
    desk.client.set_cookie("language", "en")


def test_another_street_sees_nothing(desk: Desk, home: Home) -> None:
    bed = home.apply()
    desk.sit(make_care_staff(home.session, Role.STREET_CLERK, area_code="330106003"))
    assert desk.client.get(f"{HOME}/{bed.id}").status_code == 404
    assert bed.number not in desk.get(HOME)


def test_others_hand_pieces_to_the_page(desk: Desk, home: Home) -> None:
    bed = make_bed_in_service(home.session, senior=home.senior, provider=home.provider)
    before, months = dict(_panels), list(_months)
    try:
        panel = BedPanel(name="tea", label="茶水", render=lambda *_a, **_k: "<p>三杯</p>", roles={Role.STREET_CLERK})
        register_panel(panel)
        register_months(
            lambda *_a, **_k: {date(2026, 11, 1): MonthVisits(planned=8, done=6, minutes=324, is_met=False)}
        )
        desk.sit(home.clerk)
        assert "三杯" in desk.get(f"{HOME}/{bed.id}?tab=tea")
        life = desk.get(f"{HOME}/{bed.id}")
        assert "十一月还差 2 次" in life
        assert 'class="short"' in life
    finally:
        _panels.clear()
        _panels.update(before)
        _months[:] = months


def test_an_auditor_sees_names_masked_and_takes_no_step(desk: Desk, home: Home) -> None:
    bed = home.serve()
    desk.sit(make_care_staff(home.session, Role.AUDITOR))
    page = desk.get(f"{HOME}/{bed.id}")
    assert "王玉兰" not in page
    assert "/closing" not in page
    answer = desk.post(f"{HOME}/{bed.id}/closing", reason=CloseReason.WISH, on=TODAY)
    assert answer.status_code == 403


def test_the_list_asks_the_same_however_many_beds_there_are(desk: Desk, home: Home) -> None:
    make_bed_in_service(home.session, provider=home.provider)
    desk.sit(home.clerk)
    desk.get(HOME)
    with counted() as few:
        desk.get(HOME)
    for _ in range(4):
        make_bed_in_service(home.session, provider=home.provider)
    home.session.flush()
    with counted() as many:
        desk.get(HOME)
    assert len(many) == len(few)


def test_the_nightly_look_is_safe_to_run_twice(home: Home) -> None:
    bed = make_bed_in_service(home.session, senior=home.senior, provider=home.provider)
    home.session.execute(SeniorStatus.__table__.delete().where(SeniorStatus.senior_id == home.senior.id))
    make_status(home.session, home.senior, status=Status.IN_INSTITUTION, from_on=date(2026, 11, 1))
    propose_bed_steps()
    propose_bed_steps()
    assert (bed.proposal, bed.proposal_reason) == ("close", "in_institution")
    told = home.session.scalars(select(AuditEntry).where(AuditEntry.action == "bed.proposed")).all()
    assert len(told) == 1
