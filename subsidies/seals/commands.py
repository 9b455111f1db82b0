"""Commands about seals, in the group of the ledger's commands."""

import sys
from datetime import datetime
from pathlib import Path

import click
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from subsidies.commands import ledger
from subsidies.seals import services
from subsidies.seals.exporting import Period, count_rows, export_ledger
from subsidies.seals.keys import export_salt

DAY = click.DateTime(["%Y-%m-%d"])


@ledger.command("seal")
def seal_ledger() -> None:
    """Seal what changed in the books since the last seal, sign it and publish it."""
    sealed = services.seal_now(now=clock.now())
    if sealed is None:
        click.echo(_("Nothing to seal: the books are as they were sealed last, or another process is sealing them."))
        return
    click.echo(
        _(
            "Seal %(height)s covers %(leaves)s books, root %(root)s.",
            height=sealed.height,
            leaves=sealed.leaves,
            root=sealed.root.hex(),
        )
    )


@ledger.command("export")
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--from", "since", type=DAY, help="First day; whole seals, so a little more than asked.")
@click.option("--until", type=DAY, help="The day after the last one.")
def export(target: Path, since: datetime | None, until: datetime | None) -> None:
    """Seal the books, then write them for an auditor into the empty directory DIR; verify_export.py checks them."""
    period = Period(since.date() if since else None, until.date() if until else None)
    services.seal_now(now=clock.now())
    with transaction() as session:
        length = count_rows(session, period=period)
        # The bar goes to standard error, so that what is told can be kept in a file.
        with click.progressbar(length=length, file=sys.stderr) as bar:
            rows = export_ledger(session, folder=target, period=period, salt=export_salt(), progress=bar.update)
        services.note_export(session, target=str(target), period=period, rows=rows, now=clock.now())
    click.echo(_("%(count)s transactions written to %(target)s.", count=rows["transactions"], target=target))
