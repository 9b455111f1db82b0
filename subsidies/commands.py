"""Commands about the ledger."""

import sys

import click

from app.console import Commands
from app.db import transaction
from subsidies.checking import find_faults
from subsidies.ledger.verify import count_transactions

ledger = Commands("ledger", help="The books of points.")


@ledger.command("verify")
@click.option("--quiet", is_flag=True, help="Name faults only.")
def verify_ledger(quiet: bool) -> None:
    """Check the whole ledger against itself and against its seals; exit 1 with each fault named."""
    faults = 0
    with transaction() as session:
        for fault in find_faults(
            session, tell=lambda name: None if quiet else click.echo(f"checking {name}", file=sys.stderr)
        ):
            click.echo(str(fault))
            faults += 1
        checked = count_transactions(session)
    if not quiet:
        click.echo(f"{checked} transactions checked, {faults} faults.")
    click.get_current_context().exit(1 if faults else 0)
