"""What tests of the picture share."""

from tests.meals.conftest import lunch, office

__all__ = ["lunch", "office"]
