"""Policy documents in a folder of YAML files, for filling an installation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.policies.documents import read_document
from app.policies.errors import PolicyInvalid
from app.policies.kinds import Fault
from app.policies.yaml_text import UnreadableText, read_text, with_line


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """Read every YAML file of a folder.

    :raises PolicyInvalid: if one has not the outer shape of a document; names the file and line
    """
    return [_read_file(file) for file in sorted(folder.glob("*.yaml"))]


def _read_file(file: Path) -> dict[str, Any]:
    try:
        raw, lines = read_text(file.read_text(encoding="utf-8"))
    except UnreadableText as error:
        raise PolicyInvalid(_in_file(file, [error.fault])) from error
    document, faults = read_document(raw)
    if faults:
        raise PolicyInvalid(_in_file(file, [with_line(fault, lines) for fault in faults]))
    return document


def _in_file(file: Path, faults: list[Fault]) -> Iterator[Fault]:
    for fault in faults:
        yield Fault((f"{file.name}, line {fault.line or 1}", *fault.path), fault.message, fault.line)
