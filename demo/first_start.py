"""The first start of the product on an empty database loads the demonstration."""

import click

from app import clock
from app.db import transaction
from demo import services
from demo.findings import run_checks
from demo.safety_living import catch_up


def ensure_demo(*, seniors: int = services.SENIORS, days: int = services.DAYS) -> None:
    """Load the demonstration if nobody has used this database yet; leave every other alone.

    Homes of a demonstration that was loaded before tell what they did while nobody listened.
    """
    with transaction() as session:
        if not services.is_untouched(session):
            catch_up(session, now=clock.now())
            return
        with click.progressbar(length=services.steps(days), label="Loading the demonstration") as bar:
            services.load(session, seniors=seniors, days=days, now=clock.now(), tell=bar.update)
    services.refresh_statistics()
    run_checks()
