"""Commands about people: taking in a file of seniors."""

import sys
from pathlib import Path

import click
from flask_babel import gettext as _

from app import clock
from app.config import settings
from app.console import Commands, speaks
from app.db import transaction
from app.people.files import template
from app.people.importing import Mode, Report, import_file
from app.people.wording import FIELD_NAMES, say
from app.spreadsheets import estimate_rows

people = Commands("people", help="Seniors and their cards.")


def print_template(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Print the template and stop, when it was asked for."""
    if wanted:
        click.echo(template(), nl=False)
        ctx.exit()


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@click.option("--good-rows", is_flag=True, help="Take the good rows even when others are refused.")
@speaks
@click.option(
    "--template",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_template,
    help="Print the header line and one good example row.",
)
def import_people(file: Path, dry_run: bool, good_rows: bool) -> None:
    """Take in the seniors of FILE (CSV or Excel): all of them, or nothing. Safe to repeat."""
    report = _import(file, _mode(dry_run, good_rows))
    _tell(report)
    click.get_current_context().exit(1 if report.refused else 0)


def _mode(dry_run: bool, good_rows: bool) -> Mode | None:
    if dry_run:
        return None
    return Mode.GOOD_ROWS if good_rows else Mode.ALL


def _import(file: Path, mode: Mode | None) -> Report:
    data = file.read_bytes()
    # The bar goes to standard error, so that what is told can be kept in a file.
    with transaction() as session, click.progressbar(length=estimate_rows(data), file=sys.stderr) as bar:
        return import_file(
            session,
            data=data,
            name=file.name,
            mode=mode,
            actor=None,
            now=clock.now(),
            most_rows=settings().import_rows,
            progress=bar.update,
        )


def _tell(report: Report) -> None:
    for fault in report.faults:
        place = _("row %(row)s, %(column)s", row=fault.row, column=fault.column or "-")
        click.echo(f"{place} ({FIELD_NAMES[fault.column]}): {say(fault.code, fault.params)}")
    click.echo(
        _(
            "%(rows)s rows: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(refused)s refused.",
            rows=report.rows,
            new=report.new,
            changed=report.changed,
            unchanged=report.unchanged,
            refused=report.refused,
        )
    )
    click.echo(_("Saved.") if report.written else _("Nothing was saved."))
