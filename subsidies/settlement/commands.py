"""Commands of settlement."""

import click

from app import clock
from app.console import Commands, speaks
from app.db import transaction
from subsidies.settlement import monthly
from subsidies.settlement.drafting import Made, make_statements

settlement = Commands("settlement", help="Statements of what merchants are owed.")


@settlement.command("make")
@click.argument("period")
@click.option("--area", default="", help="Only this area and what lies within, such as 330106.")
@speaks
def make(period: str, area: str) -> None:
    """Make the statements of PERIOD, such as 2026-10 or 2026-Q4; safe to repeat."""
    with transaction() as session:
        work = monthly.plan(session, period=period, area_code=area, now=clock.now())
    made = Made()
    with click.progressbar(work, label=period) as steps:
        for each in steps:
            with transaction() as session:
                made += make_statements(session, period=each.period, area_code=each.area_code, by=None, now=clock.now())
    click.echo(f"{made.statements} statements, {made.completed} completed, {made.lines} lines.")
