"""Grant runs on the command line: a month as a proposal with reasons, then for real after approval."""

from datetime import date, datetime
from typing import Any

import click
from flask_babel import gettext as _

from app import clock
from app.console import Commands, speaks
from app.db import transaction
from app.money import yuan
from subsidies.allowance import runs, speaking
from subsidies.allowance.looking import look_through
from subsidies.allowance.posting import post_run

MONTH = click.DateTime(formats=["%Y-%m"])

grants = Commands("grants", help="The monthly grants of allowance programmes.")


@grants.command("preview")
@click.argument("programme")
@click.argument("month", type=MONTH)
@click.option("--area", help="Area code; all documents of the programme together when left out.")
@click.option("--by", "username", help="Log-in name of whoever proposes it; the command line itself when left out.")
@speaks
def preview(programme: str, month: datetime, area: str | None, username: str | None) -> None:
    """Propose a month's grants of PROGRAMME: who is new, who drops out, who changes, and why. Posts nothing."""
    with transaction() as session:
        run = speaking.open_run(
            session, programme=programme, month=month.date(), area_code=area, username=username, now=clock.now()
        )
        run_id, maker_id = run.id, run.maker_id
    with click.progressbar(length=people_of(run_id), label=_("Looking at everybody")) as bar:
        look_through(run_id, clock=clock.now, tell=bar.update)
    with transaction() as session:
        run = speaking.finish_preview(session, run_id=run_id, maker_id=maker_id, now=clock.now())
        for line in speaking.describe_run(session, run):
            click.echo(line)


@grants.command("post")
@click.argument("run_id", metavar="RUN", type=int)
@speaks
def post(run_id: int) -> None:
    """Grant what RUN decided, once somebody else has approved it; safe to repeat."""
    with transaction() as session:
        run = runs.get_run(session, run_id=run_id, area_codes=None)
        length, label = max(speaking.count_granted(run) - run.posted, 0), speaking.title_of(run)
    with click.progressbar(length=length, label=label) as bar:
        post_run(run_id, clock=clock.now, tell=bar.update)
    with transaction() as session:
        run = runs.get_run(session, run_id=run_id, area_codes=None)
        told: dict[str, Any] = {"people": run.posted, "amount": yuan(run.posted_fen)}
    click.echo(_("%(people)s people, %(amount)s yuan are granted.", **told))


def people_of(run_id: int) -> int:
    """Return how many people a run looks at."""
    with transaction() as session:
        return speaking.count_to_look_at(session, run_id)


def month_of(text: str) -> date:
    """Read a month such as 2026-11."""
    return datetime.strptime(text, "%Y-%m").replace(tzinfo=clock.now().tzinfo).date()
