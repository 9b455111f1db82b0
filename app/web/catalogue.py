"""``python -m app.web.catalogue [FILE.po ...]``: collect the texts of code, pages and scripts into the one catalogue.

Texts that a file given on the command line translates are taken from it; what stays open is listed.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("app", "subsidies", "meals", "care_beds", "shops", "safety", "outreach", "portal", "demo")
CATALOGUE = Path(__file__).parent / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
KEYWORDS = ("_l", "_ln:1,2", "say")


def main(others: Sequence[str]) -> int:
    """Collect, merge, write and compile; return 1 while a text has no Chinese."""
    catalogue = collect()
    for name in others:
        for text in merge(catalogue, read(Path(name))):
            print(f"{name} puts this otherwise, and was not heard: {text!r}")  # noqa: T201 - this is a command
    write(catalogue)
    compile_catalogue()
    open_texts = find_open(catalogue)
    for text in open_texts:
        print(f"no Chinese yet: {text!r}")  # noqa: T201 - this is a command
    print(f"{len(catalogue)} texts, {len(open_texts)} without Chinese")  # noqa: T201
    return 1 if open_texts else 0


def collect() -> Catalog:
    """Return the catalogue with the texts of the sources as they are now, known Chinese kept."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        present = [name for name in SOURCES if (ROOT / name).is_dir()]
        command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "--mapping", "babel.cfg"]
        command += [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
        command += ["--add-location", "file", "--sort-output", "--no-wrap", "--output-file", str(template), *present]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - the command is ours
        found = read(template)
    catalogue = read(CATALOGUE) if CATALOGUE.exists() else Catalog(locale="zh_Hans_CN")
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    return catalogue


def merge(catalogue: Catalog, other: Catalog) -> list[str]:
    """Take the other's Chinese for texts of ours that have none; return where the two differ."""
    differing = []
    for message in other:
        ours = catalogue.get(message.id) if message.id else None
        if ours is None or not is_translated(message):
            continue
        if not is_translated(ours):
            ours.string = message.string
        elif ours.string != message.string:
            differing.append(str(message.id))
    return differing


def find_open(catalogue: Catalog) -> list[str]:
    """Return the texts without Chinese, or with Chinese that nobody confirmed."""
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not is_translated(message))]


def is_translated(message: Message) -> bool:
    """Say whether a text has its Chinese, in every plural form."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(forms) and all(forms)


def read(path: Path) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as source:
        return read_po(source, locale="zh_Hans_CN")


def write(catalogue: Catalog) -> None:
    """Write the catalogue, in an order that makes small differences."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    for message in catalogue:
        message.locations = sorted({(name, 1) for name, _line in message.locations})
    with CATALOGUE.open("wb") as target:
        write_po(target, catalogue, width=0, sort_output=True, omit_header=False, include_lineno=False)


def compile_catalogue() -> None:
    """Compile the catalogue where it is newer than what was compiled."""
    compiled = CATALOGUE.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= CATALOGUE.stat().st_mtime:
        return
    fresh = compiled.with_suffix(f".{os.getpid()}.mo")  # several processes may start at once
    with fresh.open("wb") as target:
        write_mo(target, read(CATALOGUE))
    fresh.replace(compiled)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
