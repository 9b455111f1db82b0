"""Commands about turns of life: looking back after deaths."""

import click
from flask_babel import gettext as _

from app import clock
from app.console import Commands, speaks
from app.db import transaction
from app.money import yuan
from portal.turns import watching
from portal.turns.effects import list_effects

turns = Commands("turns", help="Turns of life and what follows from them.")


@turns.command("look-back")
@click.option("--months", type=click.IntRange(1, 60), help="How long ago a death may be; else as the rules say.")
@speaks
def look_back(months: int | None) -> None:
    """Find what was spent in the months after deaths, and put it to findings. Safe to repeat."""
    after, people, spends, amount_fen = 0, 0, 0, 0
    while True:
        with transaction() as session:
            seen = list(
                watching.look_back(session, effects=list_effects(), months=months, after=after, now=clock.now())
            )
        for each in seen:
            for line in watching.tell(each):
                click.echo(line)
            spends += sum(effect.count for _name, effect in each.found)
            amount_fen += sum(effect.amount_fen or 0 for _name, effect in each.found)
        people += len(seen)
        if len(seen) < watching.AT_A_TIME:
            break
        after = seen[-1].senior_id
    told = {"people": people, "spends": spends, "amount": yuan(amount_fen)}
    click.echo(_("Deaths looked at: %(people)s. Spends afterwards: %(spends)s, %(amount)s yuan.", **told))
