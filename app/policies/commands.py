"""Policy documents from the command line: filling a new installation from a folder."""

from pathlib import Path

import click
from flask_babel import force_locale
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor
from app.auth.queries import find_account_id
from app.console import Commands
from app.db import transaction
from app.policies.folder import read_folder
from app.policies.services import seed_policies


@click.group(cls=Commands)
def policies() -> None:
    """Fill an installation with policy documents."""


@policies.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--maker", required=True, help="Log-in name of the account that drafts them.")
@click.option("--checker", required=True, help="Log-in name of another account, that publishes them.")
def seed(folder: Path, maker: str, checker: str) -> None:
    """Publish the YAML documents of FOLDER that are not there yet; safe to repeat."""
    with force_locale("en"), transaction() as session:
        done = seed_policies(
            session,
            documents=read_folder(folder),
            maker=_actor(session, maker),
            checker=_actor(session, checker),
            now=clock.now(),
        )
    click.echo(f"{done.published} published, {done.unchanged} there before, {done.skipped} for places not loaded.")


def _actor(session: Session, username: str) -> Actor:
    account_id = find_account_id(session, username=username)
    if account_id is None:
        raise click.ClickException(f"There is no account {username}.")
    return Actor(account_id=account_id, name=username, device="command line")
