"""The data files of the demonstration."""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.areas.official import Place

FOLDER = Path(__file__).resolve().parent / "data"


@lru_cache(maxsize=8)
def read_yaml(name: str) -> Any:
    """Return what a YAML file of the demonstration says."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def read_places() -> tuple[Place, ...]:
    """Return the streets and communities of the demonstration, each after the place that holds it."""
    with (FOLDER / "places.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Place(row["code"], row["name"], row["name_en"], row["parent"]) for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def community_codes() -> tuple[str, ...]:
    """Return the codes of the demonstration's communities."""
    return tuple(place.code for place in read_places() if len(place.code) == 12)
