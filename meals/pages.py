"""All pages of meals but the till's, and where they stand in the menu."""

from flask_babel import lazy_gettext as _l

from app.auth import Role
from app.auth.workplaces import register_workplaces
from app.features import NavItem
from meals import canteen_pages, overview_pages, queries, sale_pages, scan_pages, settlement_pages
from meals.deliveries import fetch_pages, round_pages
from meals.deliveries import pages as delivery_pages
from meals.desk import guest_pages
from meals.kitchen import pages as kitchen_pages
from meals.printing import pages as printing_pages
from meals.roles import READERS, STAFF
from meals.shifts import pages as shift_pages
from meals.tills import import_pages
from meals.tills import pages as till_device_pages

_READERS = frozenset[str](READERS)
_STAFF = frozenset[str](STAFF)

PAGES = (
    overview_pages.blueprint,
    sale_pages.blueprint,
    scan_pages.blueprint,
    canteen_pages.blueprint,
    guest_pages.blueprint,
    settlement_pages.blueprint,
    till_device_pages.blueprint,
    till_device_pages.enrolment,
    import_pages.blueprint,
    shift_pages.blueprint,
    kitchen_pages.blueprint,
    printing_pages.blueprint,
    delivery_pages.blueprint,
    round_pages.blueprint,
    fetch_pages.blueprint,
)
NAVIGATION = (
    NavItem(endpoint="overview.show_overview", label=_l("Overview"), icon="home", roles=_READERS, order=10),
    NavItem(endpoint="sales.list_sales", label=_l("Meals sold"), icon="receipt", roles=_READERS, order=20),
    NavItem(endpoint="shifts.list_shifts", label=_l("Shifts"), icon="clock", roles=_READERS, order=23),
    NavItem(
        endpoint="kitchen.choose_kitchen",
        label=_l("Kitchen"),
        icon="bowl",
        roles=frozenset({Role.CASHIER, Role.CANTEEN_MANAGER}),
        order=16,
    ),
    NavItem(
        endpoint="round.show_round",
        label=_l("Meals to bring"),
        icon="door",
        roles=frozenset({Role.DELIVERER}),
        order=12,
    ),
    NavItem(endpoint="deliveries.list_deliveries", label=_l("Deliveries"), icon="door", roles=_STAFF, order=17),
    NavItem(endpoint="fetched.list_fetches", label=_l("Fetched for others"), icon="people", roles=_STAFF, order=18),
    NavItem(endpoint="scans.list_scans", label=_l("Failed scans"), icon="warn", roles=_READERS, order=21),
    NavItem(
        endpoint="canteen_settlement.list_statements",
        label=_l("My statements"),
        icon="check",
        roles=frozenset({Role.CANTEEN_MANAGER}),
        order=24,
    ),
    NavItem(endpoint="canteens.list_canteens", label=_l("Canteens"), icon="bowl", roles=_READERS, order=22),
    NavItem(endpoint="tills.list_tills", label=_l("Tills and devices"), icon="scan", roles=_READERS, order=23),
)
# The frame of every page names the canteens of its reader, and accounts are given roles in them.
register_workplaces(queries.list_workplaces)

LANDING = {**dict.fromkeys(_READERS, "overview.show_overview"), Role.DELIVERER: "round.show_round"}
