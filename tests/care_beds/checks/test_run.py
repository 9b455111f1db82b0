"""A night's run over one tampered visit of each kind: all are found, the honest ones left, each told on its page."""

from datetime import datetime, time, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.actor import Role
from app.clock import ZONE
from app.tokens import new_id
from app.vault import mask_name
from app.web.language import LANGUAGE_COOKIE
from care_beds.checks.catalogue import CHECKS
from care_beds.visits.models import CareVisit
from subsidies.findings import runs
from subsidies.findings.models import Finding, FindingSource
from tests.app.auth.factories import sign_in
from tests.app.people.factories import make_staff
from tests.care_beds.checks.test_people import appoint, declare, status
from tests.care_beds.checks.world import CITY, DAY, NO_PLACE, World, at_home_or, pay
from tests.subsidies.factories import grant, open_accounts, spend
from tests.subsidies.findings.factories import make_document

CODES = [check.code for check in CHECKS]


def tamper(world: World) -> dict[str, set[int]]:
    """Make one visit, or a pair, of each kind that auditors found elsewhere."""
    traveller, doubled, tireless, both = (world.carer() for _ in range(4))
    odd: dict[str, list[CareVisit]] = {
        "B1": [world.visit(came=NO_PLACE)],
        "B2": [
            world.visit(carer=traveller, planned=30, lasted=30),
            world.visit(carer=traveller, at=time(9, 40), came=at_home_or(90_000), left=at_home_or(90_000)),
        ],
        "B3": [world.visit(carer=doubled), world.visit(carer=doubled, at=time(9, 20), planned_at=time(11))],
        "B4": [world.visit(carer=tireless, at=time(hour), planned=200, lasted=200) for hour in (6, 11, 16)],
        "B5": [world.visit(lasted=12)],
        "B6": [world.visit()],
        "B7": [world.visit(came={"picture_id": world.picture(0x0F1E2D3C4B5A6978, file="old").id}) for _ in range(2)],
        "B8": [world.visit(came={"distance_m": 3000})],
        "B9": [world.visit()],
        "B10": [world.visit(carer=both)],
        "B11": [world.visit()],
        "B12": [world.visit()],
    }
    kin, signed, drained, dead = (odd[code][0] for code in ("B6", "B9", "B11", "B12"))
    declare(world, world.session.get_one(type(both), kin.carer_id), kin, "parent")
    world.confirm(signed, before_end=timedelta(hours=3))
    appoint(world, both.account_id, Role.SUPERVISOR)
    drain(world, drained)
    status(world, dead.senior_id, "deceased", DAY - timedelta(days=2))
    return {code: {visit.id for visit in visits} for code, visits in odd.items()}


def drain(world: World, visit: CareVisit) -> None:
    given = datetime(2026, 7, 1, 9, tzinfo=ZONE)
    grant(world.session, visit.senior_id, 30_000, funder=open_accounts(world.session).city, now=given)
    txn_id, merchant = new_id(), world.provider.merchant_account
    spend(world.session, visit.senior_id, 29_000, merchant=merchant, txn_id=txn_id, purpose="care")
    pay(world, visit, price_fen=29_000, payer="points", txn_id=txn_id)


def run_checks(session: Session) -> None:
    run_id = runs.start_run(session, now=clock_module.now(), codes=CODES, is_forced=True)
    for code in CODES:
        runs.run_check(session, run_id=run_id, code=code, now=clock_module.now())


def found_by(session: Session) -> dict[str, set[int]]:
    query = (
        select(Finding.check_code, FindingSource.ref)
        .join(FindingSource, FindingSource.finding_id == Finding.id)
        .where(FindingSource.kind == "care_visit")
    )
    found: dict[str, set[int]] = {}
    for code, ref in session.execute(query):
        found.setdefault(code, set()).add(int(ref))
    return found


def test_one_tampered_visit_of_each_kind_is_found_and_honest_ones_are_left(world: World) -> None:
    make_document(world.session)
    odd, honest = tamper(world), {world.visit(on=DAY - timedelta(days=n)).id for n in range(3)}
    run_checks(world.session)
    found = found_by(world.session)
    assert found == odd
    assert honest.isdisjoint(set().union(*found.values()))
    run_checks(world.session)
    assert found_by(world.session) == odd
    assert len(world.session.scalars(select(Finding.id)).all()) == len(CODES)


def test_each_finding_is_told_with_its_rows_in_both_languages(world: World, client: FlaskClient) -> None:
    make_document(world.session)
    tamper(world)
    run_checks(world.session)
    sign_in(client, world.session, make_staff(world.session, role=Role.AUDITOR, area_code=CITY))
    numbers = {row.check_code: row.id for row in world.session.execute(select(Finding.check_code, Finding.id))}
    for language, carer, died in (("zh", "安颐居家养老服务中心赵巧珍", "去世"), ("en", "赵巧珍, 安颐", "died on")):
        client.set_cookie(LANGUAGE_COOKIE, language)
        told = {code: client.get(f"/findings/{number}").get_data(as_text=True) for code, number in numbers.items()}
        assert all(mask_name("王秀英") in text for text in told.values())
        assert [code for code, text in told.items() if carer not in text] == ["B11"]
        assert died in told["B12"]
    assert all("/care/visits/" in text for text in told.values())
    assert "/care/carers/" in told["B1"]
