"""Commands about the picture of the city: count anew, and compare what is kept with what is so."""

from datetime import datetime, timedelta

import click

from app import clock
from app.clock import business_day
from app.console import Commands
from app.db import transaction
from portal.city import folding

city = Commands("city", help="The picture of the city.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@city.command("refold")
@click.option("--since", type=DAY, help="First day; two months ago if nothing is said.")
@click.option("--check", is_flag=True, help="Only compare, and exit 1 where a sum differs.")
def refold(since: datetime | None, check: bool) -> None:
    """Count all days anew, from the tables of all features; or only compare."""
    now = clock.now()
    until, differing = business_day(now), 0
    first = since.date() if since else until - timedelta(days=61)
    act = folding.find_differences if check else folding.refold
    for count in folding.list_counts():
        with transaction() as session:
            found = act(session, count=count, since=first, until=until, now=now)
        click.echo(f"{count.name}: {found} sums {'differ' if check else 'written'}.")
        differing += found
    click.get_current_context().exit(1 if check and differing else 0)
