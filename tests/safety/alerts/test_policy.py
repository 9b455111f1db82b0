"""The document of ladders: what it refuses, how it reads, and that its absence costs no alarm."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy.orm import Session

import safety
from app import clock as clock_module
from app.policies.kinds import find_body_faults
from app.policies.models import PolicyDocument
from safety.alerts.policy import SAFETY_LADDERS, list_tables
from safety.alerts.policy_example import EXAMPLE
from safety.alerts.policy_reading import get_alert_rules, own_rules, read_alert_rules
from safety.alerts.policy_schema import SafetyLaddersIn
from safety.alerts.terms import Moment
from tests.app.areas.factories import make_place
from tests.app.auth.factories import STREET, make_account
from tests.conftest import FrozenClock

FILE = Path(safety.__file__).parent / "policies" / "330100-safety-ladders-2024.yaml"


def test_the_document_of_the_demonstration_says_what_holds_without_one(app: Flask) -> None:
    body = yaml.safe_load(FILE.read_text())["body"]
    assert find_body_faults(SAFETY_LADDERS, body, "330100") == []
    assert read_alert_rules(body, document_id=None) == own_rules()


def _set(path: str, value: Any) -> Callable[[Any], None]:
    def change(body: Any) -> None:
        *steps, last = path.split(".")
        for step in steps:
            body = body[int(step) if step.isdigit() else step]
        body[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_set("clears.0", "sos"), "body.clears.0"),
        (_set("ladders.0.rules", []), "body.ladders.1"),
        (_set("ladders.1.rules", ["sos"]), "body.ladders"),
        (_set("ladders.1.name", "fire"), "body.ladders.1.name"),
        (_set("ladders.0.steps.1.after_seconds", 4), "body.ladders.0.steps.1.after_seconds"),
        (_set("ladders.0.steps.1.ask", "callback"), "body.ladders.0.steps.1"),
        (_set("ladders.0.steps.6.after_seconds", 10), "body.ladders.0.steps.6.after_seconds"),
        (_set("ladders.0.steps.6.tells", "always"), "body.ladders.0.steps.6.after_seconds"),
        (_set("ladders.0.steps.1.ask", "contact"), "body.ladders.0.steps"),
        (_set("results.0.code", "well"), "body.results.1.code"),
        (_set("results.1.means", "none"), "body.results"),
        (_set("outcomes.5.group", "well"), "body.outcomes"),
        (_set("idle_minutes.p1", 16), "body.idle_minutes.p1"),
        (_set("shelve_minutes.p1", 5), "body.shelve_minutes.p1"),
        (_set("ladders.0.priority", 3), "body.ladders.0.priority"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_place(change: Callable[[Any], None], where: str, app: Flask) -> None:
    body = deepcopy(dict(EXAMPLE))
    change(body)
    assert where in [fault.where for fault in find_body_faults(SAFETY_LADDERS, body, "330100")]


def test_it_reads_as_tables(app: Flask) -> None:
    with app.test_request_context():
        tables = list_tables(SafetyLaddersIn().load(EXAMPLE))
    assert [len(each.rows) for each in tables] == [28, 22, 9, 9, 10]


def publish(session: Session, body: Any) -> None:
    now, (maker, checker) = clock_module.now(), (make_account(session), make_account(session))
    session.add(
        PolicyDocument(
            kind=SAFETY_LADDERS.name,
            area_code=make_place(session, STREET),
            valid_from=clock_module.business_day(now),
            title={"zh": "梯次", "en": "Ladders"},
            source={"mark": "INFER", "text": "测试"},
            body=body,
            state="published",
            maker_id=maker.id,
            checker_id=checker.id,
            submitted_at=now,
            decided_at=now,
            created_at=now,
        )
    )
    session.flush()


def test_a_place_has_its_own_times(session: Session, clock: FrozenClock) -> None:
    publish(session, {**EXAMPLE, "tell_family": {"p1": ["closed"], "p2": [], "p3": []}})
    today = clock_module.business_day(clock_module.now())
    found = get_alert_rules(session, area_code=STREET, on=today)
    assert found.tell_family[1] == {Moment.CLOSED}
    assert get_alert_rules(session, area_code="330106003", on=today).document_id is None


def test_a_document_that_cannot_be_read_any_more_costs_no_alarm(session: Session, clock: FrozenClock) -> None:
    publish(session, {"ladders": []})
    today = clock_module.business_day(clock_module.now())
    assert get_alert_rules(session, area_code=STREET, on=today) == own_rules()
