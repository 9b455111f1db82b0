"""Which rules of alerts hold where: from the document of the place, else the product's own."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import structlog
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from safety.alerts.goals import Goal, Goals
from safety.alerts.ladders import Ladder, Means, Rung, Step, Tells
from safety.alerts.policy_example import EXAMPLE
from safety.alerts.policy_schema import SafetyLaddersIn
from safety.alerts.terms import AlertRules, Choice, Group, Moment, Outcome, Result, Rising, Unanswered

NAME = "safety_ladders"

log = structlog.get_logger(__name__)


def get_alert_rules(session: Session, *, area_code: str, on: date) -> AlertRules:
    """Return the rules of a place and day: those published, else the product's own, so that no alarm is lost."""
    return rules_of_places(session, area_codes=[area_code], on=on)[area_code]


def rules_of_places(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, AlertRules]:
    """Return the rules of many places on a day in one statement."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    read = {code: _read_or_own(each.body, document_id=each.id) for code, each in known.items()}
    return {
        place: next((read[code] for code in (place, *ancestors(place)) if code in read), own_rules())
        for place in set(area_codes)
    }


@cache
def own_rules() -> AlertRules:
    """Return the rules that hold where nobody has published any."""
    return read_alert_rules(EXAMPLE, document_id=None)


def read_alert_rules(body: Mapping[str, Any], *, document_id: int | None) -> AlertRules:
    """Turn a body into rules.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded: dict[str, Any] = SafetyLaddersIn().load(body)
    return AlertRules(
        document_id=document_id,
        ladders=[_rising(each) for each in loaded["ladders"]],
        idle_minutes=_by_priority(loaded["idle_minutes"]),
        coming_minutes=loaded["coming_minutes"],
        shelve_minutes=_by_priority(loaded["shelve_minutes"]),
        clears=frozenset(loaded["clears"]),
        settle_minutes=loaded["settle_minutes"],
        tell_family={
            key: frozenset(Moment(each) for each in told) for key, told in _by_priority(loaded["tell_family"]).items()
        },
        reopen_hours=loaded["reopen_hours"],
        goals=Goals(answer=_goals(loaded["answered"]), attend=_goals(loaded["attended"])),
        results=[
            Result(code=each["code"], name=each["name"], means=Means(each["means"])) for each in loaded["results"]
        ],
        outcomes=[Outcome(**{**each, "group": Group(each["group"])}) for each in loaded["outcomes"]],
        causes=[Choice(**each) for each in loaded["causes"]],
        silent_seconds=loaded["silent_seconds"],
        remind_minutes=loaded["remind_minutes"],
        desk_silence=timedelta(minutes=loaded["desk_silent_minutes"]),
        unanswered=Unanswered(**loaded["unanswered"]),
    )


def _read_or_own(body: Mapping[str, Any], *, document_id: int) -> AlertRules:
    """Read a published body; one that an older edition wrote otherwise must not cost an alarm."""
    try:
        return read_alert_rules(body, document_id=document_id)
    except ValidationError:
        log.exception("safety.ladders_unreadable", policy_id=document_id)
        return own_rules()


def _rising(loaded: Mapping[str, Any]) -> Rising:
    steps = [
        Step(rung=Rung(each["ask"]), after_seconds=each["after_seconds"], tells=Tells(each["tells"]), nth=each["nth"])
        for each in loaded["steps"]
    ]
    ladder = Ladder(
        name=loaded["name"],
        steps=steps,
        repeat_minutes=loaded["repeat_minutes"],
        contact_rounds=loaded["contact_rounds"],
    )
    return Rising(ladder=ladder, priority=loaded["priority"], rules=frozenset(loaded["rules"]))


def _goals(loaded: Iterable[Mapping[str, int]]) -> tuple[Goal, ...]:
    return tuple(Goal(within=timedelta(seconds=each["seconds"]), permille=each["permille"]) for each in loaded)


def _by_priority(loaded: Mapping[str, Any]) -> dict[int, Any]:
    return {int(key[1:]): value for key, value in loaded.items()}
