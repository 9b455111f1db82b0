"""Commands about seals, in the group of the ledger's commands."""

import sys
from datetime import datetime
from pathlib import Path

import click
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.db import transaction
from subsidies.commands import ledger
from subsidies.seals import services
from subsidies.seals.exporting import Period, count_rows, export_ledger
from subsidies.seals.journal import write_journal
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
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR|FILE")
@click.option("--from", "since", type=DAY, help="First day; whole seals, so a little more than asked.")
@click.option("--until", type=DAY, help="The day after the last one.")
@click.option("--format", "form", type=click.Choice(["csv", "beancount"]), default="csv", show_default=True)
def export(target: Path, since: datetime | None, until: datetime | None, form: str) -> None:
    """Seal the books, then write them: CSV files for verify_export.py into an empty DIR, or a beancount FILE."""
    period = Period(since.date() if since else None, until.date() if until else None)
    if form == "beancount" and not period.is_whole:
        raise click.UsageError("A journal holds all of the books: leave out --from and --until.")
    services.seal_now(now=clock.now())
    with transaction() as session:
        count = _write(session, target, period, form)
        services.note_export(session, target=str(target), period=period, transactions=count, now=clock.now())
    click.echo(_("%(count)s transactions written to %(target)s.", count=count, target=target))


def _write(session: Session, target: Path, period: Period, form: str) -> int:
    # The bar goes to standard error, so that what is told can be kept in a file.
    with click.progressbar(length=count_rows(session, period=period), file=sys.stderr) as bar:
        if form == "beancount":
            return write_journal(session, file=target, progress=lambda rows: bar.update(rows * 3))
        rows = export_ledger(session, folder=target, period=period, salt=export_salt(), progress=bar.update)
        return rows["transactions"]
