"""Deadlines, steps and files: tables of cases."""

from datetime import date

import pytest

from app.policies.folder import read_folder
from app.policies.models import PolicyDocument
from subsidies.applications.policy import NAME, terms_of
from subsidies.applications.rules import Counting, Objection, add_days, object_to, sniff
from tests.subsidies.applications.factories import FOLDER, PDF, PNG

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("counting", "days", "due"),
    [
        (Counting.CALENDAR, 1, date(2026, 11, 21)),
        (Counting.CALENDAR, 30, date(2026, 12, 20)),
        (Counting.WORKING, 1, date(2026, 11, 23)),
        (Counting.WORKING, 5, date(2026, 11, 27)),
        (Counting.WORKING, 6, date(2026, 11, 30)),
    ],
)
def test_the_day_it_begins_with_does_not_count(counting: Counting, days: int, due: date) -> None:
    assert add_days(FRIDAY, days, counting=counting) == due


def test_days_off_do_not_count_and_worked_weekends_do() -> None:
    off, worked = frozenset({date(2026, 11, 23)}), frozenset({date(2026, 11, 22)})
    assert add_days(FRIDAY, 1, counting=Counting.WORKING, holidays=off) == date(2026, 11, 24)
    assert add_days(FRIDAY, 1, counting=Counting.WORKING, workdays=worked) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        # Wednesday before National Day 2026: eight days off, then a Thursday, a Friday and a worked Saturday.
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        # Friday before the Spring Festival: the Saturday is worked, nine days are off, a later Saturday is worked too.
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 26), 2, date(2026, 2, 28)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
    ],
)
def test_the_public_holidays_of_2026_are_those_of_the_notice(since: date, days: int, due: date) -> None:
    (document,) = (each for each in read_folder(FOLDER) if each["kind"] == NAME)
    terms = terms_of(PolicyDocument(id=1, body=document["body"]))
    assert terms.due(since, days) == due
    assert (terms.knows_days_off(2026), terms.knows_days_off(2027)) == (True, False)


@pytest.mark.parametrize(
    ("step", "state", "others", "today", "objection"),
    [
        ("check", "submitted", (), None, None),
        ("check", "checked", (), None, Objection.WRONG_STATE),
        ("decide", "checked", (1, 2), None, None),
        ("decide", "checked", (1, 7), None, Objection.SAME_PERSON),
        ("decide", "approved", (), None, Objection.WRONG_STATE),
        ("appeal", "refused", (), FRIDAY, None),
        ("appeal", "refused", (), date(2026, 11, 21), Objection.TOO_LATE),
        ("appeal", "upheld", (), FRIDAY, Objection.WRONG_STATE),
        ("decide_appeal", "appealed", (None, 7), None, Objection.SAME_PERSON),
        ("withdraw", "approved", (), None, Objection.WRONG_STATE),
        ("withdraw", "appealed", (), None, None),
        ("attach", "refused", (), None, Objection.WRONG_STATE),
    ],
)
def test_a_step_fits_a_state_a_person_and_a_day(
    step: str, state: str, others: tuple[int | None, ...], today: date | None, objection: Objection | None
) -> None:
    assert object_to(step, state=state, by=7, others=others, today=today, due_on=FRIDAY) == objection


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 picture \xff\xd9", "image/jpeg"),
        (b"%PDF-1.4 cut short", None),
        (b"\x89PNG\r\n\x1a\n cut short", None),
        (b"<html><script>alert(1)</script>%%EOF", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, media_type: str | None) -> None:
    assert sniff(content) == media_type
