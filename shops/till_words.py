"""What a shopkeeper reads at the till: refusals, objections and limits in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.money import yuan
from shops.rules import Limit, Per, Why
from shops.words import category_name, in_language, limit_words

Told = Mapping[str, Any]


def tell_objection(objection: Told) -> str:
    """Say what stands against a basket, with the numbers."""
    named = in_language(objection["article"]) if "article" in objection else ""
    if objection["why"] == Why.FORBIDDEN:
        return str(_("%(what)s: points do not pay for this.", what=named))
    if objection["why"] == Why.POINTS_SHORT:
        held, asked = yuan(objection["held_fen"]), yuan(objection["asked_fen"])
        return str(_("The basket needs %(asked)s in points, there are %(held)s.", asked=asked, held=held))
    most, period = limit_words(_limit(objection)), _per(objection["per"])
    what = named or category_name(objection["category"])
    over = yuan(objection["over"]) if objection["count"] is None else objection["over"]
    return str(
        _("%(what)s: at most %(most)s %(period)s, %(over)s too many.", what=what, most=most, period=period, over=over)
    )


def tell_left(left: Told) -> str:
    """Say what a limit still allows once the basket is bought."""
    what = in_language(left["article"]) if "article" in left else category_name(left["category"])
    rest = limit_words(Limit(per=Per(left["per"]), count=_rest(left, "count"), fen=_rest(left, "fen")))
    return str(_("%(what)s: %(rest)s left %(period)s", what=what, rest=rest, period=_per(left["per"])))


def _rest(left: Told, unit: str) -> int | None:
    return None if left[unit] is None else max(left["left"], 0)


def _limit(told: Told) -> Limit:
    return Limit(per=Per(told["per"]), count=told["count"], fen=told["fen"])


def _per(per: str) -> str:
    words = {
        Per.DAY: _("a day"),
        Per.WEEK: _("this week"),
        Per.MONTH: _("this month"),
        Per.EVER: _("until further notice"),
    }
    return str(words[Per(per)])
