"""What is refused about policy documents."""

from collections import defaultdict
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden, Invalid, NotFound, Refused
from app.policies.kinds import Fault
from app.policies.rules import Clash, Misfit


class PolicyNotFound(NotFound):
    """There is no such document, or it does not concern the caller."""

    code = "policy_not_found"
    detail = _l("There is no such policy document, or it does not concern your area.")


class PolicyInvalid(Invalid):
    """The document has faults; ``errors`` names each by its place, ``faults`` keeps their lines."""

    code = "policy_invalid"
    detail = _l("This document cannot be kept as it is. Nothing was saved.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        errors: dict[str, list[object]] = defaultdict(list)
        for fault in self.faults:
            errors[fault.where or "document"].append(fault.message)
        super().__init__(errors=errors)


class OutsideOwnArea(Forbidden):
    """The document is for a place that the caller does not look after."""

    code = "outside_own_area"
    detail = _l("This document is for a place outside your area.")


class PolicyOverlaps(Refused):
    """Another published document of the kind and area holds on some of the days."""

    code = "policy_overlaps"


class PolicyLeavesHole(Refused):
    """Between this document and its neighbour there would be days without one."""

    code = "policy_leaves_hole"


class PolicyRewritesPast(Refused):
    """It would end a document on a day that has passed."""

    code = "policy_rewrites_past"


def misfit_error(misfit: Misfit) -> Refused:
    """Say why a document does not fit among the others, and what to do."""
    days = {"number": misfit.other.id, "first": misfit.from_on, "last": misfit.until_on or _l("until replaced")}
    if misfit.clash is Clash.OVERLAP:
        text = _l("It overlaps document %(number)s, which holds from %(first)s (%(last)s). Choose other days.", **days)
        return PolicyOverlaps(text)
    if misfit.clash is Clash.HOLE:
        text = _l(
            "From %(first)s until %(last)s there would be no document, next to document %(number)s."
            " Let one begin on the day the other ends.",
            **days,
        )
        return PolicyLeavesHole(text)
    text = _l(
        "Document %(number)s has been in force since before %(first)s, and meals were sold by it."
        " Let the new one begin on %(last)s or later.",
        **days,
    )
    return PolicyRewritesPast(text)
