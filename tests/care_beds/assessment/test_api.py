"""Assessments over HTTP: the level is worked out here, bad answers are refused by name, each role has its bounds."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.auth.actor import Actor, Role
from app.auth.models import Account
from care_beds.assessment.models import Assessment
from tests.app.people.factories import OTHER_STREET, bearer, make_senior
from tests.care_beds.assessment.answers import best, worth
from tests.care_beds.assessment.office import Bureau, make_level
from tests.care_beds.factories import make_care_staff
from tests.meals.test_pages import counted

API = "/api/v1/care-beds"


@dataclass(frozen=True)
class Desk:
    """A bureau whose people send requests."""

    bureau: Bureau
    client: FlaskClient

    def headers(self, who: Actor) -> dict[str, str]:
        return bearer(self.bureau.session, self.bureau.session.get_one(Account, who.account_id))

    def post(self, path: str, body: Any = None, who: Actor | None = None) -> Any:
        return self.client.post(f"{API}{path}", json=body or {}, headers=self.headers(who or self.bureau.first))

    def get(self, path: str, who: Actor | None = None) -> Any:
        return self.client.get(f"{API}{path}", headers=self.headers(who or self.bureau.first))

    def hand_in(self, items: dict[str, Any], **more: Any) -> Any:
        body = {
            "senior_id": self.bureau.senior.id,
            "items": items,
            "coma": False,
            "dementia_or_psychiatric_diagnosis": False,
            "risk_events_30d": 0,
        }
        return self.post("/assessments", {**body, **more})


@pytest.fixture
def desk(bureau: Bureau, client: FlaskClient) -> Desk:
    return Desk(bureau, client)


def test_a_whole_assessment_is_judged_here_and_waits_for_signatures(desk: Desk) -> None:
    answer = desk.hand_in(worth(52), risk_events_30d=2)
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert (made["total"], made["base_level"], made["level"], made["state"]) == (52, 2, 3, "complete")
    assert (made["changes"], sum(made["groups"].values())) == (["risk_events_30d"], 52)
    for who in (desk.bureau.first, desk.bureau.second):
        assert desk.post(f"/assessments/{made['id']}/signature", who=who).status_code == 200
    done = desk.post(f"/assessments/{made['id']}/informant", {"name": "王建国", "relation": "child"}).json
    assert "state" in done, done
    assert (done["state"], done["level"], done["valid_until"]) == ("signed", 3, "2027-11-20")
    level = desk.get(f"/seniors/{desk.bureau.senior.id}/level", desk.bureau.clerk).json
    assert (level["standing"]["level"], level["outside"]) == (3, [])


def test_a_dry_run_stores_nothing(desk: Desk) -> None:
    answer = desk.hand_in(best(), coma=True, dry_run=True)
    assert (answer.status_code, answer.json["level"], answer.json["id"]) == (200, 4, None)
    assert answer.json["contradictions"] == ["item_21"]
    assert desk.bureau.session.scalar(select(func.count()).select_from(Assessment)) == 0


def test_a_contradiction_is_kept_to_be_cleared_before_anybody_signs(desk: Desk) -> None:
    made = desk.hand_in(best(), coma=True).json
    assert (made["state"], made["level"]) == ("draft", 4)
    assert desk.post(f"/assessments/{made['id']}/signature").json["code"] == "assessment_draft"


def test_what_the_same_program_sends_later_takes_the_place_of_the_first(desk: Desk) -> None:
    first, second = desk.hand_in(worth(52)).json, desk.hand_in(worth(80)).json
    assert desk.get(f"/assessments/{first['id']}").json["state"] == "dropped"
    assert [each["id"] for each in desk.get("/assessments").json["items"]] == [second["id"]]


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"item_12": 4}, "item_12"),
        ({"item_01": -1}, "item_01"),
        ({"item_03": 2.5}, "item_03"),
        ({"item_05": None}, "item_05"),
        ({"item_06": "4"}, "item_06"),
        ({"item_07": True}, "item_07"),
        ({"item_27": 1}, "item_27"),
    ],
)
def test_bad_answers_are_refused_by_name(desk: Desk, change: dict[str, Any], item: str) -> None:
    answer = desk.hand_in(best(**change), dry_run=True)
    assert (answer.status_code, answer.json["code"]) == (422, "answers_refused")
    assert list(answer.json["errors"]["items"]) == [item]
    missing = desk.hand_in({name: value for name, value in best().items() if name != "item_26"})
    assert list(missing.json["errors"]["items"]) == ["item_26"]


@pytest.mark.parametrize("change", [{"coma": "perhaps"}, {"risk_events_30d": -1}, {"total": 90}, {"level": 0}])
def test_nothing_but_the_answers_is_taken(desk: Desk, change: dict[str, Any]) -> None:
    answer = desk.hand_in(best(), **change)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == list(change)


def test_answers_of_two_tablets_meet(desk: Desk) -> None:
    made = desk.post("/assessments/drafts", {"senior_id": desk.bureau.senior.id}).json
    path = f"/assessments/{made['id']}/answers"
    assert desk.post(path, {"device": "a", "entries": [{"key": "item_01", "value": 4}]}).json["kept"] == {"item_01": 1}
    crossed = desk.post(path, {"device": "b", "entries": [{"key": "item_01", "value": 2}]}, desk.bureau.second).json
    assert crossed == {"kept": {}, "crossed": [{"key": "item_01", "value": 4, "revision": 1, "by": "孙晓梅"}]}
    open_items = desk.post(f"/assessments/{made['id']}/completion")
    assert (open_items.status_code, len(open_items.json["errors"]["items"])) == (422, 25)
    assert desk.post(f"/assessments/{made['id']}/dropping", {"words": "改天再来"}).json["state"] == "dropped"


def test_each_role_has_its_bounds(desk: Desk) -> None:
    made = desk.hand_in(worth(52)).json
    one = f"/assessments/{made['id']}"
    session, place = desk.bureau.session, desk.bureau.senior.residence_area_code
    clerk, auditor = desk.bureau.clerk, make_care_staff(session, Role.AUDITOR, area_code=place)
    far = make_care_staff(session, Role.ASSESSOR, area_code=OTHER_STREET)
    assert desk.post(f"{one}/signature", who=clerk).json["code"] == "may_not_assess"
    assert desk.post(f"{one}/reopening", who=clerk).status_code == 403
    assert desk.post(f"{one}/signature", who=auditor).status_code == 403
    assert desk.get(one, auditor).status_code == 200
    assert desk.get("/assessments", auditor).json["items"][0]["name"] == "王*兰"
    assert desk.get("/assessments", clerk).json["items"][0]["name"] == "王玉兰"
    assert desk.get(one, far).status_code == 404
    assert desk.get("/assessments", far).json["items"] == []
    senior = desk.bureau.senior.id
    assert (
        desk.post(f"/seniors/{senior}/risk-events", {"kind": "fall", "happened_on": "2026-11-19"}, far).status_code
        == 404
    )


def test_results_from_elsewhere_and_events_are_kept(desk: Desk) -> None:
    senior, clerk = desk.bureau.senior.id, desk.bureau.clerk
    outside = {"scheme": "ltci", "level": "4", "assessed_on": "2026-05-01", "document_number": "HZ-7"}
    kept = desk.post(f"/seniors/{senior}/outside-levels", outside, clerk)
    assert kept.status_code == 201, kept.json
    assert desk.get(f"/seniors/{senior}/level", clerk).json["outside"][0]["level"] == "4"
    assert desk.post(f"/outside-levels/{kept.json['id']}/withdrawal", {"words": "看错了"}, clerk).status_code == 204
    event = desk.post(f"/seniors/{senior}/risk-events", {"kind": "fall", "happened_on": "2026-11-19"}, clerk)
    assert event.status_code == 201
    assert desk.post(f"/risk-events/{event.json['id']}/withdrawal", who=clerk).status_code == 204
    paper = {"level": 3, "assessed_on": "2026-03-01", "origin_place": "嘉兴市", "document_number": "JX-1"}
    made = desk.post(f"/seniors/{senior}/recognised-results", paper, clerk)
    assert (made.status_code, made.json["state"], made.json["origin"]) == (201, "complete", "recognised")


def test_people_are_due_by_the_day_their_result_ends(desk: Desk) -> None:
    session = desk.bureau.session
    ends = {name: make_senior(session, name=name) for name in ("赵大", "钱二", "孙三", "李四")}
    for name, until in (("赵大", date(2026, 11, 1)), ("钱二", date(2027, 1, 19)), ("孙三", date(2027, 1, 20))):
        make_level(session, ends[name], 2, assessed_on=date(2026, 1, 5), valid_until=until)
    make_level(session, ends["李四"], 2, assessed_on=date(2025, 1, 5), valid_until=date(2026, 1, 5))
    make_level(session, ends["李四"], 2, assessed_on=date(2026, 10, 5), valid_until=date(2027, 10, 5))
    clerk = desk.bureau.clerk
    due = desk.get("/assessments/due", clerk).json["items"]
    assert [(each["name"], each["days_left"]) for each in due] == [("赵大", -19), ("钱二", 60)]
    assert len(desk.get("/assessments/due?within_days=61", clerk).json["items"]) == 3
    first = desk.get("/assessments/due?limit=1", clerk).json
    assert desk.get(f"/assessments/due?limit=1&after={first['next']}", clerk).json["items"][0]["name"] == "钱二"


def test_lists_ask_the_same_few_questions_for_any_number(desk: Desk) -> None:
    seen = []
    for _ in range(2):
        for _ in range(2):
            desk.bureau.start(senior_id=make_senior(desk.bureau.session).id)
        with counted() as statements:
            desk.get("/assessments?limit=50")
        seen.append(len(statements))
    assert seen[0] == seen[1]
