"""Commands about running the product: keys, log-ins, drills of restoring, and destroying what may not be kept."""

import sys
from datetime import datetime
from pathlib import Path

import click

from app import clock
from app.console import Commands, speaks
from app.db import transaction
from app.ops import drilling, ending, rotating, shredding, shredding_runs, speaking

LEFT = "busy (run this again) or sealed with a key that is not at hand (add it to CHONGYANG_VAULT_OLD_KEYS)."
ops = Commands("ops", help="Running the product.")


@ops.command("restore-drill")
@click.option(
    "--into", default="", help="Address of an empty database, by its owner. Empty: a fresh cluster of our own."
)
@click.option("--pictures", type=click.Path(path_type=Path), help="Where the copied pictures lie. Empty: those in use.")
@click.option("--quiet", is_flag=True, help="Name faults only.")
@speaks
def restore_drill(into: str, pictures: Path | None, quiet: bool) -> None:
    """Dump the database, restore it into a fresh one, and prove that nothing is missing; exit 1 with each fault."""
    tell = speaking.quiet if quiet else speaking.aloud
    report = drilling.run_drill(into=into, pictures=pictures, tell=tell, clock=clock.now)
    for fault in report.faults:
        click.echo(fault)
    if not quiet:
        click.echo(speaking.say_report(report))
    click.get_current_context().exit(1 if report.faults else 0)


@ops.command("rotate-keys")
@click.option("--rows", default=500, show_default=True, type=click.IntRange(1, 10_000), help="Rows of a transaction.")
@click.option("--pause", default=0.0, show_default=True, type=click.FloatRange(0, 60), help="Seconds between two.")
@click.option("--dry-run", is_flag=True, help="Count what an old key sealed, and change nothing.")
def rotate_keys(rows: int, pause: float, dry_run: bool) -> None:
    """Seal all personal data with CHONGYANG_VAULT_KEY; safe to stop and to run again while everybody works."""
    waiting = rotating.count_waiting()
    for name, count in waiting.items():
        click.echo(f"{name}: {count}")
    if dry_run or not waiting:
        click.echo("Nothing was changed." if dry_run else "Everything is sealed with the key in use.")
        return
    with click.progressbar(length=sum(waiting.values()), file=sys.stderr) as bar:
        done = rotating.rotate(rows=rows, pause=pause, progress=bar.update, now=clock.now)
    click.echo(f"{done} rows sealed anew.")
    left = sum(rotating.count_waiting().values())
    click.echo(f"{left} rows are left, {LEFT}" if left else "The old keys are not needed any more.")
    click.get_current_context().exit(1 if left else 0)


@ops.command("show-keys")
def show_keys() -> None:
    """Print the public halves and short names of the keys in use; never a secret."""
    for name, told in speaking.list_keys():
        click.echo(f"{name}: {told}")


@ops.command("end-tokens")
@click.option("--kind", type=click.Choice(["session", "remembered", "bearer", "till", "all"]), required=True)
@click.option("--user", default="", help="Only those of this account.")
def end_tokens(kind: str, user: str) -> None:
    """End log-ins and tokens at once, such as after a leak; everybody logs in anew."""
    with transaction() as session:
        count = ending.end_tokens(session, kind=kind, username=user, now=clock.now())
    click.echo(f"{count} ended.")


@ops.command("shred")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="What is due on this day. Empty: today.")
@click.option("--dry-run", is_flag=True, help="Say what is due and how many rows that is; write nothing.")
@click.option("--by", "username", default="", help="Whose list it becomes: an administrator's account.")
@speaks
def shred(until: datetime | None, dry_run: bool, username: str) -> None:
    """List the personal data that may no longer be kept, for a second person to approve."""
    today = clock.business_day(clock.now())
    day = min(until.date(), today) if until else today
    if dry_run:
        with transaction() as session:
            for line in speaking.say_due(session, until=day):
                click.echo(line)
        return
    with transaction() as session:
        maker = ending.find_administrator(session, username=username, now=clock.now())
        made = shredding.propose(session, until=day, by=maker, now=clock.now())
        click.echo(speaking.say_list(made))


@ops.command("carry-out")
@click.argument("shredding_id", type=int)
@speaks
def carry_out(shredding_id: int) -> None:
    """Destroy what stands on an approved list; safe to stop and to run again."""
    with transaction() as session:
        waiting = shredding.list_open(session, shredding_id=shredding_id)
    with click.progressbar(waiting, file=sys.stderr) as bar:
        done = shredding_runs.carry_out(shredding_id, bar, clock=clock.now)
    click.echo(f"{done} of {len(waiting)} lines carried out.")
