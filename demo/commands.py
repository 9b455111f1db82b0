"""The command that loads the demonstration."""

import click

from app import clock
from app.config import settings
from app.console import Commands
from app.db import transaction
from demo import services
from demo.findings import run_checks
from demo.greeting import greet
from demo.safety_living import play_at_hand, play_over_broker, press


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


@demo.command("press-sos")
@click.argument("home", default=0, type=click.IntRange(0, 99))
def press_sos(home: int) -> None:
    """Press the red key in a home of the demonstration, by its number; 0 is the home of the log-in "elder"."""
    with transaction() as session:
        name = press(session, home, now=clock.now())
    click.echo(f"{name} calls for help: it rings at /desk.")


@demo.command("live")
@click.option("--broker/--at-hand", default=True, help="Whether the homes' words go by way of the MQTT broker.")
def live(broker: bool) -> None:
    """Let the homes of the demonstration live on at the pace of the clock, until told to stop."""
    if broker:
        play_over_broker(port=settings().mqtt_port)
    else:
        play_at_hand()
