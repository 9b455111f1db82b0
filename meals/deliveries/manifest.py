"""What meals brought home hand to the manifest of meals: kinds of messages, checks, words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.exports.registry import register_export
from app.messages.kinds import register_kind as register_message
from meals.deliveries.checks import CHECKS
from meals.deliveries.exports import DELIVERIES
from meals.deliveries.journey import register_ways
from meals.deliveries.recomputing import recompute_fee
from meals.deliveries.telling import KINDS
from meals.deliveries.wording import explain_fee, explain_fee_back
from meals.deliveries.words import CANCEL_REASONS
from meals.page_words import BROUGHT_BACK
from subsidies.findings.registry import register_check
from subsidies.queries import register_explainer, register_recomputer

AUDIT_WORDS: Mapping[str, Any] = {
    "delivery.ordered": _l("Meal ordered to be brought home"),
    "delivery.cancelled": _l("Delivery cancelled"),
    "delivery.assigned": _l("Deliverer chosen"),
    "delivery.out": _l("Meal left the kitchen"),
    "delivery.handed": _l("Meal handed over"),
    "delivery.not_handed": _l("Meal could not be handed over"),
    "reveal.delivery": _l("Saw where a meal is brought"),
    "checkout.fetched": _l("Meal fetched for somebody else"),
    "field.fee_fen": _l("For the way"),
    "reason.delivery_returned": BROUGHT_BACK,
    **{f"reason.{name}": word for name, word in CANCEL_REASONS.items()},
}


def register_deliveries() -> None:
    """Let the product know of meals brought home."""
    for told in KINDS:
        register_message(told)
    for check in CHECKS:
        register_check(check)
    register_explainer("delivery", explain_fee)
    register_explainer("delivery_undone", explain_fee_back)
    register_recomputer("delivery", recompute_fee)
    register_export(DELIVERIES)
    register_ways()
