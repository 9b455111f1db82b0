"""The sweep on the command line."""

from datetime import date, datetime

import click
from flask_babel import gettext as _

from app import clock
from app.clock import business_day
from app.console import speaks
from app.db import transaction
from app.money import yuan
from subsidies.commands import ledger
from subsidies.expiry import queries
from subsidies.expiry.sweeping import sweep

DAY = click.DateTime(formats=["%Y-%m-%d"])


@ledger.command("expire")
@click.option("--until", type=DAY, help="Last good day to book; as the rules say when left out.")
@speaks
def expire(until: datetime | None) -> None:
    """Book points that have ended, beside live sales; safe to repeat."""
    with transaction() as session:
        last = find_last_day(queries.find_last_swept(session, today=business_day(clock.now())), until)
        total = queries.count_ended(session, until=last)
    with click.progressbar(length=total, label=_("Points that ended by %(day)s", day=last.isoformat())) as bar:
        done = sweep(until=last, clock=clock.now, tell=lambda part: bar.update(part.booked))
    told = {"lots": done.booked, "lost": yuan(done.lost_fen), "moved": yuan(done.moved_fen)}
    click.echo(_("%(lots)s lots booked: %(lost)s yuan ended unused, %(moved)s yuan were moved.", **told))
    if done.busy:
        click.echo(_("%(lots)s lots were in use at a till; they come with the next run.", lots=done.busy))


def find_last_day(by_rule: date, asked: datetime | None) -> date:
    """Return the last good day to book: the day asked for, but never today or later.

    :raises click.BadParameter: if points of that day can still be spent
    """
    if asked is None:
        return by_rule
    if asked.date() >= business_day(clock.now()):
        raise click.BadParameter(_("Points of this day can still be spent."), param_hint="--until")
    return asked.date()
