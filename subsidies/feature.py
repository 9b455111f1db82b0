"""What points hand to the application."""

from app.features import Feature
from subsidies import queries  # noqa: F401

FEATURE = Feature(name="subsidies")
