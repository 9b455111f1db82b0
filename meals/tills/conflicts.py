"""Where the server would have decided otherwise than a till did: the words for it, by the check that names them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from meals.errors import REFUSALS, REFUSED_CODES
from meals.wording import NO_SUBSIDY

Conflict = Mapping[str, Any]

POINTS, BARRED, SUBSIDY, LATE, LIMITS, NUMBERS, KEPT = (f"OFF{n}" for n in range(1, 8))

BARRING = frozenset({*REFUSALS, *(refusal.code for refusal in REFUSED_CODES.values())})
CODES: Mapping[str, frozenset[str]] = {
    POINTS: frozenset({"points_gone"}),
    BARRED: BARRING,
    SUBSIDY: frozenset(
        {*map(str, NO_SUBSIDY), "shares_differ", "price_differs", "points_over_rule", "shown_otherwise"}
    ),
    LATE: frozenset({"late", "period_closed", "clock_suspect", "clock_ahead", "clock_behind", "long_ago"}),
    LIMITS: frozenset(
        {
            "over_sale_limit",
            "over_pending_sales",
            "over_pending_sum",
            "roster_old",
            "device_revoked",
            "cashier_unknown",
            "seq_reused",
            "undo_late",
            "undone_twice",
            "undone_claimed",
            "undone_elsewhere",
        }
    ),
    KEPT: frozenset({"unreadable", "nobody"}),
}
CHECK_OF: Mapping[str, str] = {code: check for check, codes in CODES.items() for code in codes}


def by_check(conflicts: Sequence[Conflict]) -> Mapping[str, list[Conflict]]:
    """Sort conflicts by the check that names them, in the order of the checks."""
    found: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        found[CHECK_OF[conflict["code"]]].append(conflict)
    return {code: found[code] for code in sorted(found)}


def told(conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    """Say conflicts as a till is told them."""
    return [{"code": code, "reasons": list(reasons)} for code, reasons in by_check(conflicts).items()]
