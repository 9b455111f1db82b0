"""Movements of all books: by filters, page by page, masked, within one's areas; and who holds a programme's points."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import Role
from app.errors import Invalid
from app.people.models import Senior
from subsidies.desk import folding, holders
from subsidies.desk.reading import MovementFilter, list_all_movements, sum_movements
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_account, sign_in
from tests.app.people.factories import make_senior
from tests.conftest import FrozenClock
from tests.subsidies.factories import CITY, NOON, STREET, Accounts, grant, reverse, spend

DAY = NOON.date()
ALL = MovementFilter(from_on=DAY.replace(day=1), until_on=DAY)


@pytest.fixture
def seniors(session: Session, accounts: Accounts, clock: FrozenClock) -> list[Senior]:
    """Return three people; each was granted and paid, one was given back."""
    people = [make_senior(session, name=name, hukou_area=STREET) for name in ("王玉兰", "李大根", "陈阿娟")]
    for senior in people:
        grant(session, senior.id, 2000, funder=accounts.city)
        paid = spend(session, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs)
    reverse(session, people[-1].id, paid.txn_id)
    return people


def test_every_movement_is_listed_once_page_by_page(session: Session, seniors: list[Senior]) -> None:
    seen, after = [], None
    while True:
        page = list_all_movements(session, filters=ALL, area_codes=[CITY], after=after, limit=2)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert len({line.id for line in seen}) == len(seen) == 7
    assert [line.booked_at for line in seen] == sorted((line.booked_at for line in seen), reverse=True)
    assert {line.guest for line in seen} == {"王*兰", "李*根", "陈*娟"}
    with pytest.raises(Invalid):
        list_all_movements(session, filters=ALL, area_codes=[CITY], after="x")


@pytest.mark.parametrize("kept", [False, True])
def test_filters_narrow_and_sums_are_those_of_the_rows(
    session: Session, seniors: list[Senior], accounts: Accounts, kept: bool
) -> None:
    if kept:
        assert folding.fold(session, before=NOON + timedelta(days=1))
        assert folding.is_right(session)
    for narrowed, count in (
        ({}, 7),
        ({"kind": "grant"}, 3),
        ({"kind": "reversal"}, 1),
        ({"account": accounts.canteen}, 4),
        ({"account": accounts.district}, 4),
        ({"programme": "no-such"}, 0),
        ({"area": STREET}, 4),
    ):
        filters = MovementFilter(from_on=DAY, until_on=DAY, **narrowed)
        items = list_all_movements(session, filters=filters, area_codes=[CITY]).items
        assert len(items) == count, narrowed
        sums = sum_movements(session, filters=filters, area_codes=[CITY])
        if "account" not in narrowed:
            assert sum(each.in_fen - each.out_fen for each in sums) == sum(line.change_fen for line in items)
            assert sum(each.public_fen - each.public_back_fen for each in sums) == sum(x.public_fen for x in items)


def test_what_was_booked_elsewhere_is_not_seen(session: Session, seniors: list[Senior]) -> None:
    for codes, count in (([STREET], 4), (["330106"], 0), ([], 0)):
        assert len(list_all_movements(session, filters=ALL, area_codes=codes).items) == count
        assert bool(sum_movements(session, filters=ALL, area_codes=codes)) == bool(count)


def test_a_guest_of_another_place_is_listed_without_a_way_to_the_book(
    session: Session, client: FlaskClient, seniors: list[Senior]
) -> None:
    for senior in seniors[1:]:
        senior.residence_area_code = senior.hukou_area_code = make_place(session, "330106003")
    session.flush()
    items = list_all_movements(session, filters=ALL, area_codes=[STREET]).items
    assert {line.home for line in items if line.is_near} == {seniors[0].id}
    assert {line.home for line in items} == {senior.id for senior in seniors}
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code=STREET))
    page = client.get(f"/ledger/movements?from={DAY}&until={DAY}").text
    assert f"/wallets/{seniors[0].id}/transactions/" in page
    assert f"/wallets/{seniors[1].id}/transactions/" not in page


def test_holders_of_a_programme_are_listed_within_ones_areas(session: Session, seniors: list[Senior]) -> None:
    programme = sum_movements(
        session, filters=MovementFilter(from_on=DAY, until_on=DAY, kind="grant"), area_codes=[CITY]
    )[0].programme
    page = holders.list_holders(session, programme=programme, area_codes=[CITY], limit=2)
    assert [each.granted_fen for each in page.items] == [2000, 2000]
    rest = holders.list_holders(session, programme=programme, area_codes=[CITY], after=page.next or 0)
    assert [each.guest for each in rest.items] == ["陈*娟"]
    assert holders.list_holders(session, programme=programme, area_codes=["330106"]).items == []


def test_the_pages_lead_from_sums_to_people_and_entries(
    session: Session, client: FlaskClient, seniors: list[Senior]
) -> None:
    sign_in(client, session, make_account(session, Role.AUDITOR, area_code=CITY))
    page = client.get(f"/ledger/movements?from={DAY}&until={DAY}&kind=spend&area={STREET}&account=x").text
    assert f"/wallets/{seniors[0].id}/transactions/" in page
    assert "王*兰" in page
    assert "王玉兰" not in page
    assert "account" in page
    assert client.get("/ledger/programmes/none").status_code == 200
    assert client.get(f"/ledger/movements?from={DAY}&until=2026-01-01").status_code == 422
