"""The house keeps its own rules: guards, tasks, settings, sizes, names."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from app.auth.guard import list_unguarded
from app.config import TOOL_NAMES, Settings, env_name
from app.features import loaded_features
from app.schedule import beat_schedule

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "subsidies", "meals", "care_beds", "shops", "safety", "outreach", "portal", "demo")
FILE_LINES, FUNCTION_LINES, EDGE_LINES = 400, 60, 20
EDGES = {"api.py", "pages.py", "tasks.py", "commands.py"}
VAGUE = re.compile(r"^(utils?|helpers?|common|manager|process|handle|data\d)$")


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def length(node: ast.FunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    assert list_unguarded(app) == []


def test_every_scheduled_task_exists_under_its_name(app: Flask) -> None:
    named = set()
    for feature in loaded_features(app):
        for module in feature.tasks:
            text = (ROOT / Path(*module.split("."))).with_suffix(".py").read_text()
            named |= set(re.findall(r'name="([a-z_.]+)"', text))
    assert set(beat_schedule(app)) <= named


def test_every_setting_is_documented_and_nothing_else() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", text, re.MULTILINE))
    assert documented == {env_name(field.name) for field in fields(Settings)} | TOOL_NAMES


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small_and_well_named(path: Path) -> None:
    assert path.read_text().count("\n") <= FILE_LINES
    assert not VAGUE.match(path.stem)
    for node in functions(path):
        limit = EDGE_LINES if path.name in EDGES else FUNCTION_LINES
        assert length(node) <= limit, f"{node.name} has {length(node)} lines"
        assert not VAGUE.match(node.name)


def test_no_file_of_others_is_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in tracked if "/vendor/" in name or name.startswith("node_modules")] == []


def test_locked_dependencies_name_no_registry() -> None:
    for file in [*ROOT.glob("requirements/*.txt"), ROOT / "package-lock.json"]:
        assert "://" not in re.sub(r'"(url|funding)": "[^"]*"', "", file.read_text()), file.name


def test_no_schema_checks_with_a_function_that_returns_false() -> None:
    """marshmallow 4 heeds only what a check raises: ``validate=is_code`` would let everything through."""
    unheeded = re.compile(r"validate=(?:is_|may_|has_|lambda)")
    found = [str(path) for path in sources() if unheeded.search(path.read_text())]
    assert found == []
