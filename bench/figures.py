"""The shape of a figure, and how figures are shown and kept."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measurement: what came out, what it is held against, and whether the aim is met."""

    name: str
    value: float
    unit: str
    reference: float | None
    ratio: float | None
    aim: str
    met: bool
    note: str = ""


def show(figures: list[Figure]) -> str:
    """Lay figures out as a table."""
    head = ("name", "value", "unit", "reference", "ratio", "aim", "met", "note")
    rows = [
        head,
        *(
            (
                f.name,
                _number(f.value),
                f.unit,
                _number(f.reference),
                _number(f.ratio),
                f.aim,
                "yes" if f.met else "NO",
                f.note,
            )
            for f in figures
        ),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def keep(figures: list[Figure], path: Path) -> None:
    """Write figures as JSON, those of earlier runs of other names kept."""
    before = json.loads(path.read_text()) if path.exists() else []
    names = {figure.name for figure in figures}
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [old for old in before if old["name"] not in names]
    path.write_text(json.dumps([*kept, *(asdict(figure) for figure in figures)], indent=1, ensure_ascii=False) + "\n")


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"
