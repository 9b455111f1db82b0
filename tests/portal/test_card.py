"""A lost card, reported by the family; and what an account may set for itself."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.auth.models import AccessToken
from app.people.models import Card
from tests.app.auth.factories import form_token, make_token
from tests.conftest import FrozenClock
from tests.portal.conftest import Home, open_home


def report(home: Home) -> int:
    """Press the button and confirm."""
    token = form_token(home.client, f"/family/{home.senior_id}/card")
    return home.client.post(f"/family/{home.senior_id}/card/loss", data={"csrf_token": token}).status_code


def test_a_lost_card_pays_nowhere_from_that_moment(home: Home) -> None:
    number = home.card.number
    assert f"… {number[-4:]}" in home.page("/card")
    assert report(home) == 303
    refused = home.lunch.sell(number)
    assert refused.status_code == 409
    assert refused.get_json()["code"] == "card_lost"
    page = home.page("/card")
    assert f"尾号 {number[-4:]} 的卡已挂失" in page
    assert number not in page
    entry = home.session.scalars(select(AuditEntry).where(AuditEntry.action == "card.lost")).one()
    assert entry.account_id == home.account.id


def test_reporting_twice_changes_nothing(home: Home) -> None:
    report(home)
    assert report(home) == 404
    states = home.session.scalars(select(Card.state).where(Card.senior_id == home.senior_id)).all()
    assert states == ["lost"]


def test_who_may_see_nothing_of_a_person_touches_no_card(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    home = open_home(session, client, clock, topics=())
    assert home.status("/card") == 403
    token = form_token(client, "/family/settings")
    assert client.post(f"/family/{home.senior_id}/card/loss", data={"csrf_token": token}).status_code == 403
    assert session.get_one(Card, home.card.number).state == "issued"


def test_nobody_reports_the_card_of_a_stranger(home: Home) -> None:
    stranger = home.lunch.guest()
    token = form_token(home.client, f"/family/{home.senior_id}/card")
    answer = home.client.post(f"/family/{stranger.senior_id}/card/loss", data={"csrf_token": token})
    assert answer.status_code == 404
    assert home.session.get_one(Card, stranger.number).state == "issued"


def test_settings_name_the_devices_and_end_another(home: Home) -> None:
    other = make_token(home.session, home.account)
    page = home.client.get("/family/settings").get_data(as_text=True)
    assert "在 2 台设备上登录" in page or "2 台" in page
    token = form_token(home.client, "/family/settings")
    row = home.session.scalars(select(AccessToken).order_by(AccessToken.id.desc())).first()
    assert row is not None
    answer = home.client.post(f"/family/settings/devices/{row.id}/log-out", data={"csrf_token": token})
    assert answer.status_code == 303
    ended = home.client.get("/api/v1/people/seniors", headers={"Authorization": f"Bearer {other.secret}"})
    assert ended.status_code == 401


def test_the_text_size_is_kept_with_the_account(home: Home) -> None:
    token = form_token(home.client, "/family/settings")
    home.client.post("/text-size", data={"csrf_token": token, "text_size": "elder", "next": "/family"})
    home.client.delete_cookie("text_size")
    assert 'data-size="elder"' in home.page()
