"""Accounts from the command line: the first administrator, and a lost password."""

import click

from app import clock
from app.auth import queries
from app.auth.accounts import create_account, grant_role, reset_password
from app.auth.actor import CANTEEN_ROLES, PROVIDER_ROLES, SHOP_ROLES, STAFF_ROLES, Role
from app.db import transaction

AREA_ROLES = [role.value for role in STAFF_ROLES if role not in CANTEEN_ROLES | PROVIDER_ROLES | SHOP_ROLES]


@click.group()
def accounts() -> None:
    """Make accounts and reset passwords."""


@accounts.command("create")
@click.argument("username")
@click.option("--name", prompt=True, help="The person's name.")
@click.option("--role", type=click.Choice(AREA_ROLES), help="A role to begin with; others are given on the website.")
@click.option("--area", help="The division code the role is for, such as 330106.")
def create(username: str, name: str, role: str | None, area: str | None) -> None:
    """Make an account, for the first administrator of an installation."""
    if (role is None) != (area is None):
        raise click.UsageError("--role and --area go together.")
    password = _ask_password()
    with transaction() as session:
        now = clock.now()
        account, _ = create_account(session, username=username, name=name, password=password, by=None, now=now)
        if role and area:
            grant_role(session, account_id=account.id, role=Role(role), area_code=area, by=None, now=now)
    click.echo(f"Account {username} made. It must choose a new password at its first log-in.")


@accounts.command("reset-password")
@click.argument("username")
def reset(username: str) -> None:
    """Give an account a new password and end everything it is logged in with."""
    password = _ask_password()
    with transaction() as session:
        account_id = queries.find_account_id(session, username=username)
        if account_id is None:
            raise click.ClickException(f"There is no account {username}.")
        reset_password(session, account_id=account_id, by=None, now=clock.now(), password=password)
    click.echo(f"Password of {username} reset. It must choose its own at the next log-in.")


def _ask_password() -> str:
    """Ask on the terminal: an argument would stay in the shell's history and in the list of processes."""
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
