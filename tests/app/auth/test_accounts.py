"""Administrators make accounts, give and end roles, close accounts, and reset passwords, inside their own area."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import vault
from app.audit.models import AuditEntry
from app.auth import accounts, queries, workplaces
from app.auth.actor import HeldRole, Role
from app.auth.errors import (
    OutsideOwnArea,
    OwnAccount,
    PasswordRefused,
    PersonalAccount,
    UsernameTaken,
    WrongOwnPassword,
)
from app.auth.models import Account, RoleGrant
from app.auth.passwords import NO_PASSWORD, is_password
from app.auth.queries import list_accounts
from app.errors import Invalid, NotFound
from tests.app.areas.factories import make_place
from tests.app.auth.factories import (
    DISTRICT,
    OTHER_DISTRICT,
    PASSWORD,
    STREET,
    bearer,
    form_token,
    make_account,
    make_actor,
    make_token,
    sign_in,
)
from tests.conftest import FrozenClock
from tests.meals.factories import make_canteen


@pytest.fixture
def admin(clock: FrozenClock, client: FlaskClient, session: Session) -> Account:
    account = make_account(session, Role.ADMINISTRATOR, name="管立新")
    sign_in(client, session, account)
    return account


def send(client: FlaskClient, path: str, **fields: object) -> object:
    return client.post(path, data={"csrf_token": form_token(client, "/account"), **fields})


def actions(session: Session) -> set[str]:
    return set(session.scalars(select(AuditEntry.action)))


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_replaced(
    client: FlaskClient, session: Session, admin: Account
) -> None:
    page = send(client, "/accounts/new", username="Li.Min", name="李敏").get_data(as_text=True)  # type: ignore[attr-defined]
    account = session.scalars(select(Account).where(Account.username == "li.min")).one()
    shown = page.split('<span class="answer num">', 1)[1].split("<", 1)[0]
    assert is_password(shown, account.password_hash)
    assert shown not in client.get(f"/accounts/{account.id}").get_data(as_text=True)
    fresh = client.application.test_client()
    sign_in(fresh, session, account)
    assert fresh.get("/account").location == "/account/password"
    refused = fresh.delete("/api/v1/auth/tokens/current", headers=bearer(make_token(session, account)))
    assert refused.json is not None
    assert refused.json["code"] == "password_change_required"


@pytest.mark.parametrize(
    ("username", "name"),
    [("", "李敏"), ("x", "李敏"), ("li min", "李敏"), ("李敏", "李敏"), ("limin", ""), ("a" * 65, "x")],
)
def test_a_bad_name_comes_back_with_the_reason_beside_the_field(
    client: FlaskClient, session: Session, admin: Account, username: str, name: str
) -> None:
    answer = client.post(
        "/accounts/new", data={"csrf_token": form_token(client, "/account"), "username": username, "name": name}
    )
    assert answer.status_code == 422
    assert "field--bad" in answer.get_data(as_text=True)


def test_two_accounts_cannot_share_a_user_name(session: Session, clock: FrozenClock) -> None:
    make_account(session, username="limin")
    with pytest.raises(UsernameTaken):
        accounts.create_account(session, username=" LiMin", name="李敏", password=None, by=None, now=clock.now())


def test_a_role_is_given_and_ended_on_the_page(client: FlaskClient, session: Session, admin: Account) -> None:
    account = make_account(session, name="周敏")
    make_place(session, STREET)
    send(client, f"/accounts/{account.id}/roles", role="street_clerk", area_code=STREET)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
    assert (grant.role, grant.area_code, grant.granted_by) == ("street_clerk", STREET, admin.id)
    page = client.get(f"/accounts/{account.id}").get_data(as_text=True)
    assert "街道经办员" in page
    send(client, f"/accounts/{account.id}/roles/{grant.id}/end")
    session.refresh(grant)
    assert grant.valid_until is not None
    assert {"role.granted", "role.ended"} <= actions(session)


def test_a_cashiers_role_names_a_canteen_and_takes_its_area(
    client: FlaskClient, session: Session, admin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    canteen = make_canteen(session, area_code=STREET)
    place = workplaces.Workplace(id=canteen.id, name="文晖一食堂", area_code=STREET)
    monkeypatch.setattr(workplaces, "_listers", [])
    workplaces.register_workplaces(lambda _session, *, area_codes, ids: [place])
    account = make_account(session)
    send(client, f"/accounts/{account.id}/roles", role="cashier", canteen_id=canteen.id)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
    assert (grant.canteen_id, grant.area_code) == (canteen.id, STREET)


@pytest.mark.parametrize("fields", [{"role": "cashier"}, {"role": "auditor"}, {"role": "emperor"}, {}])
def test_a_role_without_its_place_is_refused_in_words(
    client: FlaskClient, session: Session, admin: Account, fields: dict[str, str]
) -> None:
    account = make_account(session)
    answer = client.post(f"/accounts/{account.id}/roles", data={"csrf_token": form_token(client, "/account"), **fields})
    assert answer.status_code == 422
    assert session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).all() == []


def test_an_administrator_gives_no_role_outside_the_own_area(session: Session, clock: FrozenClock) -> None:
    by = make_actor(make_account(session), HeldRole(Role.ADMINISTRATOR, DISTRICT))
    account = make_account(session)
    make_place(session, OTHER_DISTRICT)
    with pytest.raises(OutsideOwnArea):
        accounts.grant_role(
            session, account_id=account.id, role=Role.AUDITOR, area_code=OTHER_DISTRICT, by=by, now=clock.now()
        )


def test_an_administrator_does_not_see_or_change_accounts_of_another_area(
    client: FlaskClient, session: Session, admin: Account, clock: FrozenClock
) -> None:
    theirs = make_account(session, Role.AUDITOR, area_code=OTHER_DISTRICT, name="外区人")
    assert client.get(f"/accounts/{theirs.id}").status_code == 404
    assert "外区人" not in client.get("/accounts/").get_data(as_text=True)
    by = make_actor(admin, HeldRole(Role.ADMINISTRATOR, DISTRICT))
    with pytest.raises(NotFound):
        accounts.reset_password(session, account_id=theirs.id, by=by, now=clock.now())


def test_an_account_that_also_works_elsewhere_is_not_ours_to_close(session: Session, clock: FrozenClock) -> None:
    both = make_account(session, Role.AUDITOR, area_code=DISTRICT)
    make_place(session, OTHER_DISTRICT)
    accounts.grant_role(
        session, account_id=both.id, role=Role.AUDITOR, area_code=OTHER_DISTRICT, by=None, now=clock.now()
    )
    by = make_actor(make_account(session), HeldRole(Role.ADMINISTRATOR, DISTRICT))
    with pytest.raises(OutsideOwnArea):
        accounts.disable_account(session, account_id=both.id, by=by, now=clock.now())


def test_nobody_changes_their_own_roles_or_closes_their_own_account(session: Session, clock: FrozenClock) -> None:
    account = make_account(session, Role.ADMINISTRATOR)
    by = make_actor(account, HeldRole(Role.ADMINISTRATOR, DISTRICT))
    with pytest.raises(OwnAccount):
        accounts.grant_role(
            session, account_id=account.id, role=Role.DISTRICT_APPROVER, area_code=DISTRICT, by=by, now=clock.now()
        )
    with pytest.raises(OwnAccount):
        accounts.disable_account(session, account_id=account.id, by=by, now=clock.now())


def test_a_closed_account_can_be_opened_again(client: FlaskClient, session: Session, admin: Account) -> None:
    account = make_account(session, Role.AUDITOR)
    opened = make_token(session, account)
    send(client, f"/accounts/{account.id}/disable")
    session.refresh(account)
    assert account.disabled_at is not None
    send(client, f"/accounts/{account.id}/enable")
    session.refresh(account)
    assert account.disabled_at is None
    assert client.delete("/api/v1/auth/tokens/current", headers=bearer(opened)).status_code == 401


def test_a_new_password_ends_every_session_and_lifts_the_lock(
    client: FlaskClient, session: Session, admin: Account
) -> None:
    account = make_account(session, Role.AUDITOR)
    opened = make_token(session, account)
    program = client.application.test_client()
    for _ in range(5):
        program.post("/api/v1/auth/tokens", json={"username": account.username, "password": "wrong-wrong"})
    page = send(client, f"/accounts/{account.id}/password").get_data(as_text=True)  # type: ignore[attr-defined]
    shown = page.split('<span class="answer num">', 1)[1].split("<", 1)[0]
    assert program.delete("/api/v1/auth/tokens/current", headers=bearer(opened)).status_code == 401
    again = program.post("/api/v1/auth/tokens", json={"username": account.username, "password": shown})
    assert again.status_code == 201


def test_nobody_of_the_office_makes_a_password_for_a_relative_and_comes_in_with_it(
    client: FlaskClient, session: Session, admin: Account, clock: FrozenClock
) -> None:
    relative = make_account(session, Role.FAMILY)
    newcomer = make_account(session)
    newcomer.phone_sealed, newcomer.phone_index = vault.seal("13800138001"), vault.index_of("13800138001")
    colleague = make_account(session, Role.AUDITOR, Role.FAMILY)
    by = make_actor(admin, HeldRole(Role.ADMINISTRATOR, DISTRICT))
    for account in (relative, newcomer):
        with pytest.raises(PersonalAccount):
            accounts.reset_password(session, account_id=account.id, by=by, now=clock.now())
        assert "/password" not in client.get(f"/accounts/{account.id}").get_data(as_text=True).split("<main")[1]
    assert accounts.reset_password(session, account_id=colleague.id, by=by, now=clock.now())


def test_who_is_also_somebodys_relative_elsewhere_stays_in_the_hands_of_the_own_office(
    session: Session, clock: FrozenClock
) -> None:
    both = make_account(session, Role.AUDITOR, area_code=DISTRICT)
    make_place(session, OTHER_DISTRICT)
    accounts.grant_role(
        session, account_id=both.id, role=Role.FAMILY, area_code=OTHER_DISTRICT, by=None, now=clock.now()
    )
    assert queries.find_home_area(session, account_id=both.id) == DISTRICT
    theirs = make_actor(make_account(session), HeldRole(Role.ADMINISTRATOR, OTHER_DISTRICT))
    with pytest.raises(OutsideOwnArea):
        accounts.disable_account(session, account_id=both.id, by=theirs, now=clock.now())
    ours = make_actor(make_account(session), HeldRole(Role.ADMINISTRATOR, DISTRICT))
    accounts.disable_account(session, account_id=both.id, by=ours, now=clock.now())
    assert both.disabled_at == clock.now()


def test_ones_own_new_password_ends_all_other_sessions(client: FlaskClient, session: Session) -> None:
    account = make_account(session, Role.AUDITOR)
    other = make_token(session, account)
    sign_in(client, session, account)
    send(client, "/account/password", old_password=PASSWORD, new_password="another-quiet-harbour")
    assert client.get("/account").status_code == 200
    assert client.delete("/api/v1/auth/tokens/current", headers=bearer(other)).status_code == 401
    session.refresh(account)
    assert is_password("another-quiet-harbour", account.password_hash)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("wrong", "another-quiet-harbour", WrongOwnPassword),
        (PASSWORD, PASSWORD, PasswordRefused),
        (PASSWORD, "short", PasswordRefused),
    ],
)
def test_a_password_change_is_refused_with_its_reason(
    session: Session, clock: FrozenClock, old: str, new: str, error: type[Exception]
) -> None:
    actor = make_actor(make_account(session))
    with pytest.raises(error) as refused:
        accounts.change_password(session, actor=actor, old=old, new=new, now=clock.now())
    assert refused.value.errors  # type: ignore[attr-defined]


def test_guessing_the_own_password_is_locked_as_at_the_door(session: Session, clock: FrozenClock) -> None:
    actor = make_actor(make_account(session))
    for _ in range(5):
        with pytest.raises(WrongOwnPassword):
            accounts.change_password(session, actor=actor, old="wrong", new="x" * 9, now=clock.now())
    with pytest.raises(WrongOwnPassword):
        accounts.change_password(session, actor=actor, old=PASSWORD, new="another-quiet-harbour", now=clock.now())
    clock.advance(minutes=16)
    accounts.change_password(session, actor=actor, old=PASSWORD, new="another-quiet-harbour", now=clock.now())


def test_whoever_came_in_by_a_code_chooses_a_first_password_soon_after(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    account = make_account(session, Role.FAMILY)
    account.password_hash = NO_PASSWORD
    sign_in(client, session, account)
    assert 'name="old_password"' not in client.get("/account/password").get_data(as_text=True)
    weak = send(client, "/account/password", new_password="12345678")
    assert weak.status_code == 422  # type: ignore[attr-defined]
    clock.advance(minutes=16)
    late = send(client, "/account/password", new_password="seven-green-doors")
    assert late.status_code == 409  # type: ignore[attr-defined]
    assert account.password_hash == NO_PASSWORD
    sign_in(client, session, account)
    send(client, "/account/password", new_password="seven-green-doors")
    session.refresh(account)
    assert is_password("seven-green-doors", account.password_hash)
    assert 'name="old_password"' in client.get("/account/password").get_data(as_text=True)
    assert send(client, "/account/password", new_password="nine-white-bowls").status_code == 422  # type: ignore[attr-defined]


def test_a_role_must_not_end_before_it_begins(session: Session, clock: FrozenClock) -> None:
    account = make_account(session)
    make_place(session, DISTRICT)
    with pytest.raises(Invalid):
        accounts.grant_role(
            session,
            account_id=account.id,
            role=Role.AUDITOR,
            area_code=DISTRICT,
            valid_until=(clock.now() - timedelta(days=1)).date(),
            by=None,
            now=clock.now(),
        )


def test_accounts_are_found_by_name_and_role_and_paged(session: Session) -> None:
    for number in range(5):
        make_account(session, Role.AUDITOR, username=f"reader{number}", name=f"读者{number}")
    make_account(session, Role.STREET_CLERK, username="clerk", name="周敏")
    page = list_accounts(session, area_codes=[DISTRICT], words="READER", limit=3)
    assert [account.username for account in page.items] == ["reader0", "reader1", "reader2"]
    rest = list_accounts(session, area_codes=[DISTRICT], words="reader", after=page.next or "", limit=3)
    assert [account.username for account in rest.items] == ["reader3", "reader4"]
    assert rest.next is None
    by_role = list_accounts(session, area_codes=[DISTRICT], role="street_clerk")
    assert [account.username for account in by_role.items] == ["clerk"]
    assert list_accounts(session, area_codes=[DISTRICT], words="100%_").items == []
