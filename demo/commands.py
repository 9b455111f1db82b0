"""The command that loads the demonstration."""

import click

from app import clock
from app.console import Commands
from app.db import transaction
from demo import services
from demo.findings import run_checks
from demo.greeting import greet


@click.group(cls=Commands)
def demo() -> None:
    """Fill an empty database with an invented city to look at."""


@demo.command()
@click.option("--seniors", default=services.SENIORS, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--days", default=services.DAYS, show_default=True, type=click.IntRange(0, 366), help="Days of history.")
def load(seniors: int, days: int) -> None:
    """Load the demonstration: places, canteens, policies, seniors, points and meals."""
    with (
        click.progressbar(length=services.steps(days), label="Loading the demonstration") as bar,
        transaction() as session,
    ):
        loaded = services.load(session, seniors=seniors, days=days, now=clock.now(), tell=bar.update)
    services.refresh_statistics()
    run_checks()
    click.echo(f"{loaded.seniors} seniors, {loaded.canteens} canteens, {loaded.grants} grants, {loaded.sales} meals.")
    click.echo(greet())
