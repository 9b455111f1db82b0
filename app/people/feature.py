"""What people hand to the application."""

from app.features import Feature
from app.people import api
from app.people.commands import people

FEATURE = Feature(name="people", api=(api.blueprint,), commands=(people,))
