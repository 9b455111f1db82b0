"""The first administrator and lost passwords, from the command line."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Account, RoleGrant
from app.auth.passwords import is_password
from tests.app.areas.factories import make_place
from tests.app.auth.factories import DISTRICT, make_account

GOOD = "three-quiet-boats"


def test_the_first_administrator_is_made_with_a_password_that_is_asked_for(runner: Any, session: Session) -> None:
    make_place(session, DISTRICT)
    arguments = ["accounts", "create", "Guan", "--name", "管立新", "--role", "administrator", "--area", DISTRICT]
    result = runner.invoke(args=arguments, input=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0, result.output
    assert GOOD not in result.output
    account = session.scalars(select(Account).where(Account.username == "guan")).one()
    assert is_password(GOOD, account.password_hash)
    assert account.must_change_password
    assert session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == account.id)).all() == ["administrator"]


def test_a_password_can_not_be_given_as_an_argument(runner: Any, session: Session) -> None:
    result = runner.invoke(args=["accounts", "create", "guan", "--name", "管立新", "--password", GOOD])
    assert result.exit_code == 2


def test_a_role_without_its_area_is_refused(runner: Any, session: Session) -> None:
    result = runner.invoke(args=["accounts", "create", "guan", "--name", "管立新", "--role", "auditor"])
    assert result.exit_code == 2
    assert "--area" in result.output


def test_a_lost_password_is_replaced(runner: Any, session: Session) -> None:
    account = make_account(session, username="limin")
    result = runner.invoke(args=["accounts", "reset-password", "LiMin"], input="fresh-green-leaves\n" * 2)
    assert result.exit_code == 0, result.output
    session.refresh(account)
    assert is_password("fresh-green-leaves", account.password_hash)


def test_an_account_that_does_not_exist_is_named(runner: Any, session: Session) -> None:
    result = runner.invoke(args=["accounts", "reset-password", "nobody"], input="fresh-green-leaves\n" * 2)
    assert result.exit_code == 1
    assert "nobody" in result.output
