"""What pictures hand to the application."""

from app.features import Feature
from app.pictures import models  # noqa: F401 - the table is known once somebody imports it

FEATURE = Feature(name="pictures")
