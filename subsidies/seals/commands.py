"""Commands about seals, in the group of the ledger's commands."""

import click
from flask_babel import gettext as _

from app import clock
from subsidies.commands import ledger
from subsidies.seals import services


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
