"""What tests of seals may ask for: a directory of their own, a signing key, the owner of the database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from subsidies.seals.keys import SealingKey, sealing_key


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Publish into a directory of the test's own."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, seal_dir=str(tmp_path / "seals"))
    yield tmp_path / "seals"
    app.config["SETTINGS"] = before


@pytest.fixture
def key(app: Flask) -> SealingKey:
    return sealing_key()


@pytest.fixture
def owner_engine(app: Flask) -> Iterator[Engine]:
    engine = create_engine(app.config["OWNER_DATABASE_URL"])
    yield engine
    engine.dispose()
