"""The policy kind that says how many years after a death or a move what is kept of a person may be kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.ops.wording import DATA_NAMES
from app.personal_data import Data
from app.policies.fields import PlainSchema, choice, line, listed, part, whole
from app.policies.kinds import Body, Fault, Kind, Table

NAME = "retention_rules"
DECEASED, MOVED_AWAY = "deceased", "moved_away"


class RuleIn(PlainSchema):
    """How long one kind of data is kept, and by which rule."""

    data = choice([each.value for each in Data], required=True)
    years_after_death = whole(1, 60, required=True)
    years_after_move = whole(1, 60, required=True)
    basis = line(300, required=True)


class RetentionRulesIn(PlainSchema):
    """Body of a ``retention_rules`` document."""

    rules = listed(part(RuleIn), least=len(Data), most=len(Data), required=True)


@dataclass(frozen=True, slots=True)
class Retention:
    """What a document says: the years by kind of data and by what happened."""

    policy_id: int
    years: dict[tuple[str, str], int]

    def due_on(self, data: str, cause: str, since_on: date) -> date:
        """Return the first day on which a kind of data may no longer be kept."""
        return years_later(since_on, self.years[data, cause])


def read_retention(policy_id: int, body: Body) -> Retention:
    """Read a published document."""
    loaded: dict[str, Any] = RetentionRulesIn().load(body)
    years = {}
    for rule in loaded["rules"]:
        years[rule["data"], DECEASED] = rule["years_after_death"]
        years[rule["data"], MOVED_AWAY] = rule["years_after_move"]
    return Retention(policy_id, years)


def years_later(day: date, years: int) -> date:
    """Return the same day so many years on; a 29th of February becomes a 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def find_faults(body: Body, _area_code: str) -> Iterator[Fault]:
    """Object to kinds of data that stand there twice, and to names that outlive what they explain."""
    seen = [rule["data"] for rule in body["rules"]]
    for n, data in enumerate(seen):
        if data in seen[:n]:
            yield Fault(("rules", n, "data"), _l("This kind of data stands here twice."))
    longest = {rule["data"]: rule for rule in body["rules"]}.get(Data.IDENTITY)
    for n, rule in enumerate(body["rules"]):
        for field in ("years_after_death", "years_after_move"):
            if longest and rule[field] > longest[field]:
                yield Fault(("rules", n, field), _l("Nothing may be kept longer than the name it belongs to."))


def describe(body: Body) -> Sequence[Table]:
    """Put a document into words."""
    rows = tuple(
        (
            str(DATA_NAMES.get(rule["data"], rule["data"])),
            str(rule["years_after_death"]),
            str(rule["years_after_move"]),
            rule["basis"],
        )
        for rule in body["rules"]
    )
    columns = (_("Data"), _("Years after a death"), _("Years after a move"), _("Basis"))
    return [Table(part="rules", title=_("How long personal data is kept"), columns=columns, rows=rows)]


def _example(data: Data, death: int, move: int) -> dict[str, Any]:
    return {"data": data.value, "years_after_death": death, "years_after_move": move, "basis": "INFER"}


RETENTION_RULES = Kind(
    name=NAME,
    label=_l("Retention rules"),
    schema=RetentionRulesIn,
    checks=find_faults,
    tables=describe,
    example={"rules": [_example(data, 30 if data is Data.IDENTITY else 10, 30) for data in Data]},
)
