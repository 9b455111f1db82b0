"""The policy kind ``city_targets``: what the figures of the picture should come to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, whole
from app.policies.kinds import Fault, Kind, Table
from portal.city.rules import SHARES, Target
from portal.city.words import FIGURE_NAMES

NAME = "city_targets"
EXAMPLE: Mapping[str, Any] = {
    "targets": [
        {"figure": "cards", "at_least_percent": 95},
        {"figure": "seats", "at_least_percent": 40, "at_most_percent": 250},
        {"figure": "spent", "at_least_percent": 80},
        {"figure": "expired", "at_most_percent": 5},
        {"figure": "visits", "at_least_percent": 95},
        {"figure": "visiting", "at_least_percent": 100},
    ]
}


class OneTargetIn(PlainSchema):
    """What one figure should come to."""

    figure = choice(SHARES, required=True)
    at_least_percent = whole(0, 1000, load_default=None)
    at_most_percent = whole(0, 1000, load_default=None)


class CityTargetsIn(PlainSchema):
    """Body of a ``city_targets`` document."""

    targets = fields.List(fields.Nested(OneTargetIn), required=True, validate=validate.Length(1, len(SHARES)))


def find_faults(loaded: Mapping[str, Any], _area_code: str) -> Iterable[Fault]:
    """Name what makes no sense in a ``city_targets`` body."""
    seen = set()
    for place, each in enumerate(loaded["targets"]):
        least, most = each["at_least_percent"], each["at_most_percent"]
        if least is None and most is None:
            yield Fault(("targets", place), _l("Say how much it should be at least, or at most."))
        elif least is not None and most is not None and least > most:
            yield Fault(("targets", place, "at_most_percent"), _l("Nothing can be this much and so little at once."))
        if each["figure"] in seen:
            yield Fault(("targets", place, "figure"), _l("This figure has a target already."))
        seen.add(each["figure"])


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``city_targets`` body into a table."""
    rows = tuple(
        (str(FIGURE_NAMES[each["figure"]]), _percent(each["at_least_percent"]), _percent(each["at_most_percent"]))
        for each in loaded["targets"]
    )
    columns = (gettext("Figure"), gettext("At least"), gettext("At most"))
    return (Table(part="targets", title=gettext("Targets"), columns=columns, rows=rows),)


CITY_TARGETS = Kind(
    name=NAME,
    label=_l("Targets of the picture"),
    schema=CityTargetsIn,
    checks=find_faults,
    tables=list_tables,
    example=dict(EXAMPLE),
)


def find_targets(session: Session, *, area_code: str, on: date) -> Mapping[str, Target]:
    """Return the targets of a place and day by figure; none where no document holds."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    if document is None:
        return {}
    return {
        each["figure"]: Target(
            figure=each["figure"], at_least=_ten(each["at_least_percent"]), at_most=_ten(each["at_most_percent"])
        )
        for each in CityTargetsIn().load(document.body)["targets"]
    }


def _ten(percent: int | None) -> int | None:
    return None if percent is None else percent * 10


def _percent(count: int | None) -> str:
    return "–" if count is None else f"{count}%"
