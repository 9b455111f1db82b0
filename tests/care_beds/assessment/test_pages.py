"""The pages of assessments without a browser: who sees what, forms without scripts, refusals that keep the rest."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.auth.guard import COOKIE
from app.auth.models import Account
from app.auth.services import TokenKind
from app.messages.models import Notice
from care_beds.assessment import tasks
from care_beds.assessment.drafting import Entry
from care_beds.assessment.models import Assessment, OutsideLevel, RiskEvent
from tests.app.auth.factories import PASSWORD, make_token
from tests.app.people.factories import make_senior
from tests.care_beds.assessment.answers import best, worth
from tests.care_beds.assessment.office import Bureau, make_level
from tests.care_beds.factories import make_care_staff
from tests.conftest import FrozenClock

HOME = "/care/assessments"


class Visitor:
    """Somebody of the bureau at a screen."""

    def __init__(self, client: FlaskClient, session: Session, who: Actor) -> None:
        account = session.get_one(Account, who.account_id)
        self.client, self.cookie = client, make_token(session, account, TokenKind.SESSION).secret

    def get(self, path: str = "") -> Any:
        self.client.set_cookie(COOKIE, self.cookie)
        return self.client.get(f"{HOME}{path}")

    def post(self, path: str, **form: Any) -> Any:
        self.client.set_cookie(COOKIE, self.cookie)
        page = self.client.get("/account")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.client.post(f"{HOME}{path}", data={**form, "csrf_token": token})


@pytest.fixture
def assessor(bureau: Bureau, client: FlaskClient) -> Visitor:
    return Visitor(client, bureau.session, bureau.first)


@pytest.fixture
def clerk(bureau: Bureau, client: FlaskClient) -> Visitor:
    return Visitor(client, bureau.session, bureau.clerk)


def test_an_assessment_without_scripts(bureau: Bureau, assessor: Visitor) -> None:
    started = assessor.post(f"/of/{bureau.senior.id}/new", reason="first", assessed_on="2026-11-20")
    assert started.status_code == 303
    row = bureau.session.scalars(select(Assessment)).one()
    page = assessor.get(f"/{row.id}/form").text
    assert 'value="4"' in page
    assert "吃" in page
    saved = assessor.post(f"/{row.id}/parts/movement", item_09="4", item_12="3", revision="0")
    assert saved.headers["Location"].endswith("#mind")
    assert row.answers == {"item_09": 4, "item_12": 3}
    refused = assessor.post(f"/{row.id}/parts/movement", item_12="9", revision="1")
    assert refused.status_code == 422
    assert "12 上下楼梯" in refused.text
    missing = assessor.post(f"/{row.id}/completion")
    assert missing.status_code == 422
    assert "26 社会交往：还没评" in missing.text
    assert "昏迷：还没问" in missing.text


def test_a_page_that_is_older_than_anothers_answer_overwrites_nothing(bureau: Bureau, assessor: Visitor) -> None:
    row = bureau.start()
    bureau.save(row, Entry("item_09", 1), device="tablet-2", by=bureau.second)
    answer = assessor.post(f"/{row.id}/parts/movement", item_09="4", item_10="4", revision="0")
    assert answer.headers["Location"].endswith("#movement")
    assert row.answers == {"item_09": 1, "item_10": 4}
    assert "别人已经改过" in assessor.get(f"/{row.id}/form").text


def test_the_second_assessor_signs_on_the_same_tablet_with_their_own_password(
    bureau: Bureau, assessor: Visitor
) -> None:
    row = bureau.start()
    bureau.fill(row, worth(52))
    bureau.complete(row)
    second = bureau.session.get_one(Account, bureau.second.account_id).username
    first = bureau.session.get_one(Account, bureau.first.account_id).username
    wrong = assessor.post(f"/{row.id}/second", username=second, password="not this one")
    assert wrong.status_code == 422
    assert assessor.post(f"/{row.id}/signature").status_code == 303
    twice = assessor.post(f"/{row.id}/second", username=first, password=PASSWORD)
    assert twice.status_code == 409
    clerk = bureau.session.get_one(Account, bureau.clerk.account_id).username
    assert assessor.post(f"/{row.id}/second", username=clerk, password=PASSWORD).status_code == 403
    assert assessor.post(f"/{row.id}/second", username=second, password=PASSWORD).status_code == 303
    untold = assessor.post(f"/{row.id}/informant", name="王建国", relation="child")
    assert untold.status_code == 422
    assert 'value="王建国"' in untold.text
    assert assessor.post(f"/{row.id}/informant", name="王建国", relation="child", agrees="true").status_code == 303
    assert row.state == "signed"
    report = assessor.get(f"/{row.id}").text
    assert "中度失能" in report
    assert "王建国" in report
    assert assessor.get(f"/{row.id}/form").status_code == 303


def test_the_street_reads_and_does_not_assess(bureau: Bureau, clerk: Visitor, client: FlaskClient) -> None:
    row = bureau.assess(worth(52))
    assert "王玉兰" in clerk.get("?all=1").text
    assert "中度失能" in clerk.get(f"/{row.id}").text
    assert clerk.get(f"/{row.id}/form").status_code == 403
    assert clerk.post(f"/{row.id}/reopening").status_code == 403
    auditor = make_care_staff(bureau.session, Role.AUDITOR, area_code=bureau.senior.residence_area_code)
    looked = Visitor(client, bureau.session, auditor).get(f"/{row.id}").text
    assert "王*兰" in looked
    assert "王建国" not in looked


def test_results_from_elsewhere_are_typed_from_their_paper(bureau: Bureau, clerk: Visitor, assessor: Visitor) -> None:
    of = f"/of/{bureau.senior.id}"
    paper = {"level": "3", "assessed_on": "2026-03-01", "origin_place": "嘉兴市", "document_number": "JX-1"}
    refused = clerk.post(f"{of}/recognised", **{**paper, "assessed_on": "2023-03-01"})
    assert refused.status_code == 422
    assert 'value="嘉兴市"' in refused.text
    assert clerk.post(f"{of}/recognised", **paper).status_code == 303
    row = bureau.session.scalars(select(Assessment)).one()
    for who in (clerk, assessor):
        assert who.post(f"/{row.id}/signature").status_code == 303
    assert "嘉兴市" in assessor.get(f"/{row.id}").text
    assert bureau.senior.ability_level == 3


def test_other_schemes_and_events_stand_on_the_persons_page(bureau: Bureau, clerk: Visitor) -> None:
    of = f"/of/{bureau.senior.id}"
    assert clerk.post(f"{of}/outside", scheme="ltci", level="4", assessed_on="2026-05-01").status_code == 303
    assert clerk.post(f"{of}/outside", scheme="mzt_039", level="4", assessed_on="2026-05-01").status_code == 422
    assert clerk.post(f"{of}/risks", kind="fall", happened_on="2026-11-19", words="厨房").status_code == 303
    page = clerk.get(of).text
    assert "4 级 重度失能Ⅱ级" in page
    assert "厨房" in page
    outside = bureau.session.scalars(select(OutsideLevel)).one()
    event = bureau.session.scalars(select(RiskEvent)).one()
    assert clerk.post(f"{of}/outside/{outside.id}/withdrawal", words="看错了").status_code == 303
    assert clerk.post(f"{of}/risks/{event.id}/withdrawal").status_code == 303
    assert "厨房" not in clerk.get(of).text


def test_the_seniors_page_tells_the_level(bureau: Bureau, assessor: Visitor) -> None:
    bureau.assess(best())
    assessor.client.set_cookie(COOKIE, assessor.cookie)
    page = assessor.client.get(f"/people/seniors/{bureau.senior.id}?tab=care").text
    assert "能力完好" in page
    assert "现在评估" in page


def test_whom_it_is_time_to_assess_again(bureau: Bureau, assessor: Visitor) -> None:
    soon, over = (make_senior(bureau.session, name=name) for name in ("赵大", "钱二"))
    make_level(bureau.session, soon, 2, assessed_on=date(2026, 1, 5), valid_until=date(2026, 12, 5))
    make_level(bureau.session, over, 2, assessed_on=date(2025, 1, 5), valid_until=date(2026, 1, 5))
    page = assessor.get("/due").text
    assert page.index("钱二") < page.index("赵大")
    assert "已过期 319 天" in page
    assert "赵大" not in assessor.get("/due?days=0").text


def test_offices_are_told_once_a_week(bureau: Bureau, clock: FrozenClock) -> None:
    soon, over, far = (make_senior(bureau.session) for _ in range(3))
    make_level(bureau.session, soon, 2, valid_until=date(2027, 1, 19))
    make_level(bureau.session, over, 2, valid_until=date(2026, 11, 1))
    make_level(bureau.session, far, 2, valid_until=date(2027, 6, 1))
    for _twice in range(2):
        tasks.tell_reassessments()
    told = {each.account_id: each.params for each in bureau.session.scalars(select(Notice))}
    assert told[bureau.first.account_id] == {"soon": 1, "over": 1}
    assert bureau.clerk.account_id in told
    clock.advance(days=7)
    tasks.tell_reassessments()
    again = bureau.session.scalars(select(Notice).where(Notice.account_id == bureau.first.account_id)).all()
    assert len(again) == 2
