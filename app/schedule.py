"""Everything the product does by itself, and when: collected from the features' manifests."""

from typing import Any

from flask import Flask

from app.features import loaded_features


def beat_schedule(app: Flask) -> dict[str, dict[str, Any]]:
    """Return the entries for Celery's beat, by task name."""
    entries: dict[str, dict[str, Any]] = {}
    for feature in loaded_features(app):
        for name, entry in feature.schedule.items():
            entries[name] = {"task": name, **entry}
    return entries
