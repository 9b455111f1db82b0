"""Commands about findings: running the checks."""

import sys
from datetime import date, datetime

import click
from flask_babel import gettext as _

from app import clock
from app.console import Commands, speaks
from app.db import transaction
from subsidies.findings import queries, runs
from subsidies.findings.carrying import carry_out
from subsidies.findings.registry import find_check

findings = Commands("findings", help="What the checks on sales and points found.")


@findings.command("run")
@click.option("--check", "codes", multiple=True, metavar="CODE", help="Only this check, as R4; may be given again.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From the month of this day on.")
@speaks
def run_findings(codes: tuple[str, ...], since: datetime | None) -> None:
    """Run the checks over the days until yesterday. Safe to repeat: nothing is found twice."""
    first: date | None = since.date() if since else None
    with transaction() as session:
        run_id = runs.start_run(session, now=clock.now(), codes=codes, since=first, is_forced=True)
        count = len(runs.codes_left(session, run_id=run_id))
    # The bar goes to standard error, so that what is told can be kept in a file.
    with click.progressbar(length=count, file=sys.stderr) as bar:
        carry_out(run_id, tell=lambda _code: bar.update(1))
    click.get_current_context().exit(_tell(run_id))


def _tell(run_id: int) -> int:
    with transaction() as session:
        run = queries.get_run(session, run_id=run_id)
        for each in run.checks:
            check = find_check(each.check_code)
            words = {"found": each.found, "fresh": each.fresh, "seconds": f"{each.milliseconds / 1000:.2f}"}
            told = each.fault or _("%(found)s found, %(fresh)s of them new, %(seconds)s s", **words)
            click.echo(f"{each.check_code:<4} {check.title if check else ''}: {told}")
        days = {"since": run.since.isoformat(), "until": run.until.isoformat()}
        click.echo(_("From %(since)s to before %(until)s:", **days) + f" {run.fresh} / {run.found}")
        return 1 if run.faults else 0
