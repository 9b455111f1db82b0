"""The policy kind that says when ended points are booked."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.policies.fields import PlainSchema, whole
from app.policies.kinds import Body, Fault, Kind, Table

NAME = "expiry_rules"


class ExpiryRulesIn(PlainSchema):
    """How many whole days pass between a lot's last good day and the night in which it is booked."""

    sweep_after_days = whole(0, 31, required=True)


def find_faults(_body: Body, _area_code: str) -> Iterable[Fault]:
    """Object to nothing that the shape allows."""
    return ()


def describe(body: Body) -> Sequence[Table]:
    """Put a document into words."""
    days = str(body["sweep_after_days"])
    return [
        Table(
            part="sweep_after_days",
            title=_("When ended points are booked"),
            columns=(_("Setting"), _("Number of days")),
            rows=((_("After the last good day, so that late sales of tills without a network still find them"), days),),
        )
    ]


EXPIRY_RULES = Kind(
    name=NAME,
    label=_l("Expiry rules"),
    schema=ExpiryRulesIn,
    checks=find_faults,
    tables=describe,
    example={"sweep_after_days": 1},
)
