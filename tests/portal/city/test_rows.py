"""The rows behind a number: as many as the number says, and the same ones."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from psycopg.types.range import Range
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Role
from app.clock import ZONE
from app.people.models import Senior
from app.people.rules import Status
from care_beds.visits.models import VisitGap
from outreach.visiting import record_visit
from portal.city import folding
from safety.alerts import services as answering
from subsidies.desk.reading import SPENT, MovementFilter, list_all_movements
from subsidies.queries import get_wallet
from subsidies.services import open_account
from tests.app.people.factories import bearer, make_card, make_senior, make_staff
from tests.care_beds.factories import make_bed, make_bed_in_service, make_line, make_plan, make_visit
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET
from tests.outreach import factories as visiting
from tests.portal.city.test_folding import TODAY, kept
from tests.safety.alerts.world import answer_after, make_world
from tests.subsidies.factories import grant, open_accounts, reverse, spend
from tests.subsidies.findings.factories import make_finding


def fold(session: Session, clock: FrozenClock, days: int = 62) -> None:
    folding.fold(session, counts=folding.list_counts(), days=days, now=clock.now())


def log_in(session: Session) -> dict[str, str]:
    """Log an auditor of the city in, now."""
    return bearer(session, make_staff(session, role=Role.AUDITOR, area_code=CITY))


def rows_of(client: FlaskClient, headers: dict[str, str], area: str, figure: str, **asked: Any) -> list[str]:
    """Return the rows behind a number, page by page, each as the text of its cells."""
    found: list[str] = []
    address: str | None = f"/city/{area}/rows/{figure}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"
    while address:
        answer = client.get(address, headers=headers, follow_redirects=True)
        assert answer.status_code == 200, address
        body = re.search(r"<tbody>(.*?)</tbody>", answer.text, re.DOTALL)
        rows = re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL) if body else []
        found += [re.sub(r"<[^>]+>", " ", row) for row in rows]
        following = re.search(r'href="([^"]*after=[^"]+)"', answer.text)
        address = following.group(1).replace("&amp;", "&") if following else None
    return found


def test_alerts_answered_in_time_are_the_rings_that_were_judged(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    world = make_world(session)
    answer_after(world, clock, 40, 100, 400)
    world.sos()
    fold(session, clock)
    auditor = log_in(session)
    area = world.home.area_code[:9]
    rows = rows_of(client, auditor, area, "answered_60")
    assert len(rows) == kept(session, area, TODAY, "answered_of_60") == 3
    in_time = [row for row in rows if "达标" in row]
    assert len(in_time) == kept(session, area, TODAY, "answered_in_60") == 1
    assert len(rows_of(client, auditor, area, "alerts")) == kept(session, area, TODAY, "alerts") == 4


def test_alerts_attended_in_time_are_those_to_which_somebody_was_sent(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    world = make_world(session)
    waits = (None, 20, 70, None)
    for minutes in waits:
        incident = world.sos()
        about = {"incident_id": incident.id, "by": world.operator}
        answering.take(session, **about, now=world.now)
        change = "UPDATE safety_incident SET sent_at = opened_at, attended_at = opened_at + :wait WHERE id = :id"
        if minutes:
            session.execute(text(change), {"id": incident.id, "wait": timedelta(minutes=minutes)})
            session.refresh(incident)
        answering.close(session, **about, outcome="well", words="没事", now=world.now)
        clock.advance(hours=1)
    session.expire_all()
    fold(session, clock)
    auditor = log_in(session)
    area = world.home.area_code[:9]
    query = text("SELECT code FROM city_day WHERE area_code = :area AND code LIKE 'attended_of_%'")
    seconds = sorted(int(code.rpartition("_")[2]) for code in session.scalars(query, {"area": area}))
    assert seconds
    for each in seconds:
        rows = rows_of(client, auditor, area, f"attended_{each}")
        assert len(rows) == kept(session, area, TODAY, f"attended_of_{each}") == 2
        in_time = [row for row in rows if "达标" in row]
        assert len(in_time) == kept(session, area, TODAY, f"attended_in_{each}")


def test_points_spent_are_payments_less_what_was_given_back(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    accounts, now = open_accounts(session), clock.now()
    senior = make_senior(session, hukou_area=STREET)
    grant(session, senior.id, 5000, funder=accounts.district, now=now)
    paid = spend(session, senior.id, 800, merchant=accounts.canteen, now=now)
    spend(session, senior.id, 300, merchant=accounts.canteen, now=now)
    assert paid.txn_id
    reverse(session, senior.id, paid.txn_id, now=now)
    fold(session, clock)
    auditor = log_in(session)
    area = session.scalar(text("SELECT area_code FROM ledger.account WHERE id = :id"), {"id": accounts.canteen})
    filters = MovementFilter(from_on=TODAY.replace(day=1), until_on=TODAY, kind=SPENT, area=area)
    lines = list_all_movements(session, filters=filters, area_codes=[CITY]).items
    assert [line.kind for line in lines] == ["reversal", "spend", "spend"]
    assert -sum(line.change_fen for line in lines) == kept(session, area, TODAY, "points_spent") == 300
    for figure in ("points_spent", "spent"):
        assert len(rows_of(client, auditor, area[:9], figure)) == 3
    assert get_wallet(session, home=senior.id, on=TODAY).balance_fen == 4700


def test_people_with_points_granted_are_each_told_once_and_are_of_those_who_count(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    accounts, now = open_accounts(session), clock.now()
    young = make_senior(session, hukou_area=STREET, birth_on=date(1976, 1, 1))
    dead = make_senior(session, hukou_area=STREET, status=Status.DECEASED)
    old = make_senior(session, hukou_area=STREET, name="王玉兰")
    for senior in (young, dead, old, old):
        grant(session, senior.id, 5000, funder=accounts.district, now=now)
    fold(session, clock)
    auditor = log_in(session)
    assert kept(session, STREET, TODAY, "people_granted") == kept(session, STREET, TODAY, "people_60") == 1
    (row,) = rows_of(client, auditor, STREET, "granted")
    assert "王*兰" in row
    assert "100.00" in row


def test_visits_not_made_are_the_missed_ones_and_the_days_without_anybody(
    session: Session, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed = make_bed_in_service(session)
    visits = [
        make_visit(session, bed=bed, state=state, start=time(hour))
        for hour, state in ((9, "missed"), (11, "missed"), (13, "finished"))
    ]
    line = make_line(session, plan=make_plan(session, bed=bed), carer=None)
    for back in range(2):
        make_gap(session, visits[0], line=line, due_on=TODAY - timedelta(days=back))
    fold(session, clock)
    auditor = log_in(session)
    monkeypatch.setattr("portal.city.leading.PAGE_LENGTH", 3)
    area, codes = bed.area_code[:9], ("visits_missed", "visits_nobody")
    told = sum(kept(session, area, TODAY - timedelta(days=back), code) for back in range(2) for code in codes)
    assert len(rows_of(client, auditor, area, "visits_undone")) == told == 4
    assert len(rows_of(client, auditor, area, "visits_undone", on=TODAY)) == 3
    assert client.get(f"/city/{area}/rows/visits_undone?after=9.x", headers=auditor).status_code == 422


def make_gap(session: Session, visit: Any, *, line: Any, due_on: date) -> VisitGap:
    """Write down that nobody could come on a day."""
    start = datetime.combine(due_on, time(15), tzinfo=ZONE)
    gap = VisitGap(
        plan_line_id=line.id,
        due_on=due_on,
        bed_id=visit.bed_id,
        senior_id=visit.senior_id,
        provider_id=visit.provider_id,
        area_code=visit.area_code,
        service=visit.service,
        planned=Range(start, start + timedelta(hours=1)),
        reason="no_carer",
        found_at=start,
    )
    session.add(gap)
    session.flush()
    return gap


def test_people_are_told_as_they_were_on_the_day(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    first = make_senior(session, hukou_area=STREET, name="王玉兰")
    card = make_card(session, first)
    fold(session, clock)
    clock.advance(days=1)
    make_card(session, make_senior(session, hukou_area=STREET, name="孙根法"))
    card.state, card.changed_at = "lost", clock.now()
    session.flush()
    fold(session, clock)
    auditor = log_in(session)
    for day, people, cards in ((TODAY, 1, 1), (TODAY + timedelta(days=1), 2, 1)):
        assert kept(session, STREET, day, "people_60") == people
        assert len(rows_of(client, auditor, STREET, "people_60", on=day)) == people
        assert len(rows_of(client, auditor, STREET, "cards", on=day)) == kept(session, STREET, day, "cards_60") == cards


def test_findings_are_told_by_the_day_they_were_found(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    make_finding(session, happened_on=date(2026, 10, 3))
    clock.advance(days=1)
    make_finding(session)
    fold(session, clock)
    auditor = log_in(session)
    assert len(rows_of(client, auditor, STREET, "findings_found")) == 2
    for day in (TODAY, TODAY + timedelta(days=1)):
        rows = rows_of(client, auditor, STREET, "findings_found", on=day)
        assert len(rows) == kept(session, STREET, day, "findings_found") == 1


def test_beds_being_prepared_are_not_those_in_service(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    area = make_bed_in_service(session).area_code
    make_bed(session)
    fold(session, clock)
    auditor = log_in(session)
    assert kept(session, area, TODAY, "bed_applied") == 1
    assert len(rows_of(client, auditor, area[:9], "beds_preparing")) == 1


def test_overdue_visits_are_those_of_people_whose_visit_is_overdue(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    visiting.publish_rules(session)
    people: list[Senior] = [visiting.make_person(session, name=name) for name in ("王玉兰", "孙根法", "李阿毛")]
    visiting.rescore(session, *people)
    clock.advance(days=8)
    worker = visiting.make_someone(session)
    record_visit(session, senior_id=people[0].id, found=visiting.found(), by=worker, now=clock.now())
    session.execute(
        text("UPDATE outreach_task SET due_on = :day WHERE senior_id = :id AND state = 'open'"),
        {"day": TODAY + timedelta(days=60), "id": people[1].id},
    )
    fold(session, clock)
    auditor = log_in(session)
    today = TODAY + timedelta(days=8)
    rows = rows_of(client, auditor, visiting.DISTRICT, "visiting_overdue")
    assert len(rows) == kept(session, visiting.DISTRICT, today, "outreach_overdue") == 1
    assert len(rows_of(client, auditor, visiting.DISTRICT, "visiting")) == 3


def test_a_figure_that_nobody_counted_in_the_month_is_not_told_as_nothing(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    make_senior(session, hukou_area=STREET)
    fold(session, clock)
    auditor = log_in(session)
    session.execute(text("DELETE FROM city_fold WHERE source = 'people'"))
    page = client.get(f"/city/{STREET}/figures/people_60", headers=auditor).text
    assert re.search(r"<h1>[^<]*–[^<]*</h1>", page)


def test_a_picture_that_nobody_counts_any_more_grows_old_beyond_the_end_of_the_month(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    open_account(session, kind="district", area_code=DISTRICT, name="区")
    fold(session, clock)
    counted = clock.now()
    clock.set(datetime(2026, 12, 1, 0, 30, tzinfo=ZONE))
    auditor = log_in(session)
    page = client.get("/city/wall", headers=auditor).text
    as_of = re.search(r'id="as-of" datetime="([^"]+)"[^>]*>([^<]+)<', page)
    assert as_of
    assert datetime.fromisoformat(as_of.group(1)) == counted
    assert as_of.group(2) == "11月20日 11:48"
