"""Policy documents as text that a clerk writes and reads: YAML, with the line of every fault."""

from collections.abc import Mapping
from typing import Any

import yaml
from flask_babel import lazy_gettext as _l

from app.policies.kinds import Fault, Path

LONGEST_TEXT = 100_000
DEEPEST = 12
NULL = frozenset({"", "~", "null", "Null", "NULL"})
FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
LONGEST_NUMBER = 12

Lines = dict[Path, int]


class UnreadableText(Exception):
    """The text is not YAML as policy documents use it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.where)


class _Plain(yaml.SafeLoader):
    """Leaves plain words alone: a time of day is no number in base 60 here, and a day no date object."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own declaration


class _Writer(yaml.SafeDumper):
    """Writes nothing where nothing is meant, and no references."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Write what occurs twice twice: references are refused when it is read."""
        return True


_Writer.add_representer(type(None), lambda writer, _none: writer.represent_scalar("tag:yaml.org,2002:null", ""))


def read_text(text: str) -> tuple[Any, Lines]:
    """Read a document, and tell on which line each of its values stands.

    :raises UnreadableText: if it is no YAML, too long or deep, names something twice, or uses anchors
    """
    if len(text) > LONGEST_TEXT:
        raise UnreadableText(Fault((), _l("This text is too long for a policy document."), 1))
    lines: Lines = {}
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=_Plain)
        return (None if node is None else _value(node, (), lines)), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UnreadableText(Fault((), _l("This is not YAML: %(problem)s.", problem=error.problem), line)) from error
    except yaml.YAMLError as error:
        raise UnreadableText(Fault((), _l("There is a character in it that cannot be printed."), 1)) from error


def write_text(document: Mapping[str, Any]) -> str:
    """Write a document as YAML in the order of its keys, Chinese as it is."""
    text: str = yaml.dump(
        dict(document), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None
    )
    return text


def with_line(fault: Fault, lines: Lines) -> Fault:
    """Add the line of a fault, or that of the nearest value around it."""
    path = tuple(str(step) for step in fault.path)
    known = {tuple(str(step) for step in each): line for each, line in lines.items()}
    nearest = next((known[path[:length]] for length in range(len(path), -1, -1) if path[:length] in known), 1)
    return Fault(fault.path, fault.message, nearest)


def _check_events(text: str) -> None:
    """Refuse anchors, tags and depth before anything is built: a few lines of them could fill the memory."""
    depth = 0
    for event in yaml.parse(text, Loader=_Plain):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableText(Fault((), _l("Anchors (&, *) are not used here. Write it out."), line))
        if getattr(event, "tag", None):
            raise UnreadableText(Fault((), _l("Tags (!) are not used here."), line))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UnreadableText(Fault((), _l("This is nested too deep."), line))


def _value(node: yaml.Node, path: Path, lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), lines) for index, item in enumerate(node.value)]
    return _scalar(node.value) if getattr(node, "style", None) is None else node.value


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        line = key_node.start_mark.line + 1
        if not key:
            raise UnreadableText(Fault(path, _l("A name must be one word."), line))
        if key in found:
            raise UnreadableText(Fault((*path, key), _l("This is there twice."), line))
        found[key] = _value(value_node, (*path, key), lines)
        lines[(*path, key)] = line
    return found


def _scalar(text: str) -> Any:
    """Read a plain word as JSON would: nothing, true, false, a whole number, or text."""
    if text in NULL:
        return None
    if text in FLAGS:
        return FLAGS[text]
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else text
