"""What tests of the picture share."""

from tests.app.conftest import count_statements
from tests.meals.conftest import lunch, office

__all__ = ["count_statements", "lunch", "office"]
