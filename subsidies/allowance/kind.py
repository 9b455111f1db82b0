"""The policy kind of allowance programmes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.policies.kinds import Kind, More
from subsidies.allowance.access import READERS
from subsidies.allowance.checks import find_programme_faults
from subsidies.allowance.schema import AllowanceProgrammeIn
from subsidies.allowance.tables import programme_tables

NAME = "allowance_programme"


def code_of(body: Mapping[str, Any]) -> str:
    """Return the code that tells a programme from the others of its place."""
    return str(body.get("code", ""))


ALLOWANCE_PROGRAMME = Kind(
    name=NAME,
    label=_l("Allowance programme"),
    schema=AllowanceProgrammeIn,
    checks=find_programme_faults,
    tables=programme_tables,
    variant=code_of,
    more=(More(_l("Try it on last month's people"), "grants.show_trial", frozenset(READERS)),),
    example={
        "code": "chongyang-age",
        "unit_fen": 100,
        "who": [
            {"when": {"age": {"from": 80, "until": 90}, "hukou": True}, "points": 75},
            {"when": {"age": {"from": 90}, "hukou": True}, "points": 150},
        ],
        "by": "data",
        "pays_for": ["meals", "home_help"],
        "issue": {"day": 1},
        "expiry": {"mode": "months", "months": 12},
        "conflicts": [{"with": "chongyang-disability", "rule": "higher_only", "mark": "INFER"}],
    },
)
