"""Commands that fill the tree of places."""

from collections.abc import Iterator
from pathlib import Path

import click

from app.areas import services
from app.areas.official import Place
from app.config import settings
from app.console import Commands
from app.db import transaction
from app.spreadsheets import BadCell, Layout, Row, read_rows

LAYOUT = Layout(
    columns={
        "code": ("区划代码", "代码", "编码"),
        "name": ("名称", "区划名称"),
        "name_en": ("英文名称", "英文名"),
        "parent": ("上级代码", "上级"),
    },
    required=("code", "name", "parent"),
)

areas = Commands("areas", help="The tree of places: provinces down to communities.")


@areas.command("load")
def load() -> None:
    """Load the official provinces, cities and districts of the whole country."""
    with transaction() as session:
        loaded = services.load_official(session)
    click.echo(f"{loaded.changed} places new or changed, {loaded.unchanged} unchanged.")


@areas.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Take streets and communities from FILE (CSV or Excel: code, name, name_en, parent), all or nothing."""
    with transaction() as session:
        loaded = services.import_places(session, _places(file.read_bytes()))
    click.echo(f"{loaded.changed} places new or changed, {loaded.unchanged} unchanged.")


def _places(data: bytes) -> Iterator[tuple[int, Place]]:
    for row in read_rows(data, LAYOUT, most_rows=settings().import_rows):
        yield row.number, Place(_text(row, "code"), _text(row, "name"), _text(row, "name_en"), _text(row, "parent"))


def _text(row: Row, column: str) -> str:
    """Return a cell's text; a cell that cannot be told is empty, and the checks then name the row."""
    cell = row.cells.get(column, "")
    return "" if isinstance(cell, BadCell) else cell
