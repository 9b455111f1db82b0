"""What the list of deliveries shows for its address, and what the reader may do with it."""

from datetime import date
from typing import Any

from flask import request

from app import clock
from app.address import read_address
from app.auth import Role, current_actor
from app.clock import business_day
from app.db import transaction
from meals import queries
from meals.address import shared_chips
from meals.deliveries import reading, summing
from meals.deliveries.forms import FilterIn
from meals.deliveries.page_words import WORDS, write_title
from meals.deliveries.reading import DeliveryFilter
from meals.roles import READERS, SELLERS

PAGE_LENGTH = 50


def list_context() -> dict[str, Any]:
    """Gather the deliveries that the address asks for, and what they come to."""
    actor, now = current_actor(), clock.now()
    today = business_day(now)
    asked, faults = read_address(FilterIn())
    filters = DeliveryFilter(**{**asked, **_days(asked, today)})
    with transaction() as session:
        page = reading.list_deliveries(
            session, actor=actor, filters=filters, after=request.args.get("after"), limit=PAGE_LENGTH
        )
        sums = summing.sum_deliveries(session, actor=actor, filters=filters)
        cash = summing.sum_by_deliverer(session, actor=actor, filters=filters)
        overdue = reading.list_overdue(session, deliveries=page.items, now=now)
        canteens = queries.list_canteen_names(session, actor=actor)
    shown = {"page": page, "sums": sums, "cash": cash, "overdue": overdue, "canteens": canteens}
    return {
        **WORDS,
        **shown,
        "filters": filters,
        "faults": faults,
        "title": write_title(filters, sums),
        "chips": make_chips(filters, asked, canteens),
        "export": {name: value for name, value in request.args.items() if name != "after" and value},
        "today": today,
        "may": rights(),
    }


def rights() -> dict[str, bool]:
    """Say what the caller's roles may do with deliveries at all."""
    roles = current_actor().roles
    sells, reads = bool(roles & set(SELLERS)), bool(roles & set(READERS))
    return {"sell": sells, "manage": Role.CANTEEN_MANAGER in roles, "read": reads}


def make_chips(filters: DeliveryFilter, asked: dict[str, Any], canteens: Any) -> Any:
    """Make a removable chip of each filter."""
    chips = shared_chips(filters, asked, canteens)  # type: ignore[arg-type]  # days and a canteen, like sales
    if filters.window:
        chips.append((str(WORDS["window_names"][filters.window]), {"window": None}))
    if filters.state:
        chips.append((str(WORDS["state_chips"][filters.state].word), {"state": None}))
    if filters.source:
        chips.append((str(WORDS["source_names"][filters.source]), {"source": None}))
    return chips


def _days(asked: dict[str, Any], today: date) -> dict[str, Any]:
    until_on = asked["until_on"] or max(today, asked["from_on"] or today)
    return {"from_on": asked["from_on"] or (asked["until_on"] or today), "until_on": until_on}
