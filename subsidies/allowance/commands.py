"""Grant runs on the command line: a month as a proposal with reasons, then for real after approval."""

from datetime import date, datetime
from typing import Any

import click
from flask_babel import gettext as _

from app import clock
from app.clock import business_day
from app.config import settings
from app.console import Commands, speaks
from app.db import transaction
from app.money import yuan
from app.policies.queries import get_policy
from subsidies.allowance import runs, speaking
from subsidies.allowance.looking import look_through
from subsidies.allowance.posting import count_posted, post_run
from subsidies.allowance.trying import month_before, try_programme

MONTH = click.DateTime(formats=["%Y-%m"])

grants = Commands("grants", help="The monthly grants of allowance programmes.")


@grants.command("preview")
@click.argument("programme")
@click.argument("month", type=MONTH)
@click.option("--area", help="Area code; a run for each area that has a document when left out.")
@click.option("--by", "username", help="Log-in name of whoever proposes it; the command line itself when left out.")
@speaks
def preview(programme: str, month: datetime, area: str | None, username: str | None) -> None:
    """Propose a month's grants of PROGRAMME: who is new, who drops out, who changes, and why. Posts nothing."""
    with transaction() as session:
        areas = [area] if area else speaking.list_areas(session, programme=programme, month=month.date())
    for each in areas:
        _preview(programme, month.date(), each, username)


def _preview(programme: str, month: date, area: str, username: str | None) -> None:
    with transaction() as session:
        run = speaking.open_run(
            session, programme=programme, month=month, area_code=area, username=username, now=clock.now()
        )
        run_id, maker_id = run.id, run.maker_id
        length = speaking.count_to_look_at(session, run_id)
    with click.progressbar(length=length, label=_("Looking at everybody")) as bar:
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
        length, label = max(speaking.count_granted(run) - count_posted(session, run_id), 0), speaking.title_of(run)
    with click.progressbar(length=length, label=label) as bar:
        post_run(run_id, clock=clock.now, tell=bar.update, hands=settings().posting_hands)
    with transaction() as session:
        run = runs.get_run(session, run_id=run_id, area_codes=None)
        told: dict[str, Any] = {"people": run.posted, "amount": yuan(run.posted_fen)}
    click.echo(_("%(people)s people, %(amount)s yuan are granted.", **told))


@grants.command("try")
@click.argument("policy_id", metavar="DOCUMENT", type=int)
@click.option("--month", type=MONTH, help="The month whose people it is tried on; the last one when left out.")
@speaks
def try_out(policy_id: int, month: datetime | None) -> None:
    """Tell what policy DOCUMENT would have cost last month, and who gains and loses. Writes nothing."""
    on = month.date() if month else month_before(business_day(clock.now()))
    with transaction() as session:
        trial = try_programme(session, get_policy(session, policy_id), month=on)
        for line in speaking.describe_trial(session, trial):
            click.echo(line)
