"""The accounts of everyone who pays for the demonstration's meals or grants points."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.areas.queries import find_names
from app.areas.rules import level_of
from demo.files import read_places
from demo.places import CITY
from subsidies import services as ledger

# By kind of funder and place.
Funders = Mapping[tuple[str, str], int]


def open_funders(session: Session) -> Funders:
    """Open the accounts of everyone who pays for meals or grants points, by kind and place."""
    places = read_places()
    codes = {CITY, *(place.code for place in places), *(place.code[:6] for place in places)}
    wanted = [(str(level_of(code)), code, f"{area.name}助餐资金") for code, area in find_names(session, codes).items()]
    return {
        (kind, code): ledger.open_account(session, kind=kind, area_code=code, name=name)
        for kind, code, name in [*sorted(wanted), ("charity", CITY, "演示慈善基金")]
    }
