"""What stands on the lines of the family's pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.language import ENGLISH, current_language
from app.web.wording import in_language
from meals.queries import Eaten
from portal.queries import Entry
from portal.rules import Sort

SORT_NAMES: Mapping[Sort, Any] = {
    Sort.MEAL: _l("Meals"),
    Sort.DELIVERY: _l("Brought home"),
    Sort.SERVICE: _l("Services"),
    Sort.SHOP: _l("Shopping"),
    Sort.GRANT: _l("Granted"),
    Sort.BACK: _l("Given back"),
    Sort.ENDED: _l("Ended"),
}
CARE_NAMES: Mapping[str, Any] = {
    "bed_month": _l("Bed subsidy of the month"),
    "construction": _l("Building of the bed"),
}
MEAL_NAMES: Mapping[str, Any] = {"breakfast": _l("Breakfast"), "lunch": _l("Lunch"), "dinner": _l("Dinner")}
SHARE_NAMES: Mapping[str, Any] = {
    "city": _l("City"),
    "district": _l("District"),
    "street": _l("Street"),
    "community": _l("Community"),
    "charity": _l("Charity"),
    "concession": _l("Canteen's own discount"),
    "points": _l("Points"),
    "cash": _l("Cash"),
}


def title_of(entry: Entry) -> str:
    """Name a line of the statement as people at the counter would."""
    if entry.meal is not None:
        eaten = _eaten(entry.meal)
        return str(_("Given back: %(what)s", what=eaten)) if entry.sort is Sort.BACK else eaten
    if entry.movement is not None and entry.movement.kind == "claw_back":
        return str(_("Claimed back"))
    named = _care(entry)
    if named:
        return str(_("Given back: %(what)s", what=named)) if entry.sort is Sort.BACK else named
    names = {
        Sort.SERVICE: _("Service"),
        Sort.SHOP: _("Shopping"),
        Sort.MEAL: _("Meal"),
        Sort.DELIVERY: _("Meal brought home"),
        Sort.GRANT: _("Points granted"),
        Sort.BACK: _("Given back"),
        Sort.ENDED: _("Points ended"),
    }
    return str(names[entry.sort])


def _care(entry: Entry) -> str:
    """Name what a line about care at home was for: the service, the month, or the building of a bed."""
    cause = entry.movement.cause if entry.movement else {}
    what = str(cause.get("what", "")).removesuffix("_undone")
    if what == "visit":
        return str(in_language(cause["names"]))
    return str(CARE_NAMES[what]) if what in CARE_NAMES else ""


def place_of(meal: Eaten) -> str:
    """Name the canteen of a meal in the language of the page."""
    return (current_language() == ENGLISH and meal.canteen_en) or meal.canteen


def share_lines(meal: Eaten) -> Sequence[Mapping[str, Any]]:
    """Return who paid what for a meal, in the order of the bar, each with its word."""
    paid = [*((share["kind"], share["amount_fen"]) for share in meal.shares)]
    paid += [("points", meal.points_fen), ("cash", meal.cash_fen)]
    return [{"kind": kind, "amount_fen": fen, "word": SHARE_NAMES[kind]} for kind, fen in paid if fen]


def _eaten(meal: Eaten) -> str:
    """Write which meal it was, and what was on the tray."""
    is_english = current_language() == ENGLISH
    names = [(is_english and item.get("name_en")) or item["name"] for item in meal.items]
    if not names:
        return str(MEAL_NAMES[meal.meal])
    more = _(" and more") if len(names) > 1 else ""
    return f"{MEAL_NAMES[meal.meal]} {names[0]}{more}"
