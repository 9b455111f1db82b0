"""The pages of what is to be destroyed: for administrators, whole in both languages."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.people.rules import Status
from tests.app.auth.factories import form_token, make_account, sign_in
from tests.app.ops.test_shredding import RULES
from tests.app.people.factories import CITY, make_senior
from tests.meals.factories import make_policy


def test_a_list_is_made_and_refused_with_a_reason(client: FlaskClient, session: Session) -> None:
    make_policy(session, area_code=CITY, kind="retention_rules", body=RULES)
    make_senior(session, status=Status.DECEASED, status_from=date(1990, 1, 1))
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR, area_code=CITY))
    empty = client.get("/ops/shredding")
    assert empty.status_code == 200
    made = client.post("/ops/shredding", data={"csrf_token": form_token(client, "/ops/shredding")})
    assert made.status_code == 303, made.text[:300]
    address = made.headers["Location"]
    own = client.get(address)
    assert own.status_code == 200
    assert "/approve" not in own.text
    assert client.post(f"{address}/approve", data={"csrf_token": form_token(client, address)}).status_code == 403
    sign_in(client, session, make_account(session, Role.ADMINISTRATOR, area_code=CITY))
    assert f"{address}/approve" in client.get(address).text
    form = {"csrf_token": form_token(client, address), "reason": "名单里有在世的人"}
    assert client.post(f"{address}/reject", data=form).status_code == 303
    assert "名单里有在世的人" in client.get(f"{address}?after=1.care").text


def test_nobody_else_opens_them(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, make_account(session, Role.STREET_CLERK, area_code=CITY))
    assert client.get("/ops/shredding").status_code == 403
