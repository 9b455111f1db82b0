"""What people hand to the application."""

from app.features import Feature
from app.people import api

FEATURE = Feature(name="people", api=(api.blueprint,))
