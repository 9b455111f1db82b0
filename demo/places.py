"""Loads the tree of places: the official one, and the demonstration's streets and communities."""

from sqlalchemy.orm import Session

from app.areas import services as areas
from demo.files import read_places

CITY = "330100"


def load_places(session: Session) -> None:
    """Load the country's districts, ten streets of Hangzhou and their invented communities."""
    areas.load_official(session)
    areas.import_places(session, enumerate(read_places(), start=2))
