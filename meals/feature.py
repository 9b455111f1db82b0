"""What meals hand to the application."""

from celery.schedules import crontab
from flask_babel import lazy_gettext as _l

from app.auth import Role
from app.auth.guard import register_tills
from app.exports.registry import register_export
from app.features import Feature, NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from meals import api, canteen_api, pages, person, settlement_api, till_pages
from meals.cash_lines import register_cash_lines
from meals.checks.catalogue import CHECKS
from meals.checks.links import register_sources
from meals.circumstances import register_sales
from meals.deliveries import api as delivery_api
from meals.deliveries.manifest import AUDIT_WORDS as DELIVERY_WORDS
from meals.deliveries.manifest import register_deliveries
from meals.desk.counting import DAY_COUNTS
from meals.desk.exports import EXPORTS
from meals.desk.repricing import reprice_booked
from meals.family_panel import meals_panel
from meals.kitchen import api as kitchen_api
from meals.personal_data import PERSONAL
from meals.policy import KINDS
from meals.printing import api as printing_api
from meals.roles import SELLERS
from meals.settling import canteen_reach
from meals.shifts import api as shift_api
from meals.shifts.exports import SHIFTS
from meals.telling import KINDS as TOLD
from meals.till_words import WORDS as TILL_WORDS
from meals.tills import api as tills_api
from meals.tills import shell_pages
from meals.tills.checks import CHECKS as TILL_CHECKS
from meals.tills.door import find_device
from meals.tills.wording import AUDIT_WORDS as DEVICE_WORDS
from meals.turns import TURN_EFFECTS
from meals.wording import explain_cause, explain_undoing
from subsidies.findings.registry import register_check
from subsidies.queries import register_explainer, register_recomputer
from subsidies.services import settlement

for kind in KINDS:
    register_kind(kind)
register_explainer("meal", explain_cause)
register_explainer("meal_undone", explain_undoing)
for check in (*CHECKS, *TILL_CHECKS):
    register_check(check)
register_sources()
register_sales()
register_cash_lines()
register_deliveries()
register_tills(find_device)
register_recomputer("meal", reprice_booked)

for told in TOLD:
    register_message(told)

for export in (*EXPORTS, SHIFTS):
    register_export(export)
register_export(
    settlement.lines_export(
        "canteen_settlement_lines",
        roles=(Role.CANTEEN_MANAGER,),
        reach=lambda session, actor: canteen_reach(session, actor=actor),
    )
)

FEATURE = Feature(
    name="meals",
    personal=PERSONAL,
    heading=_l("Canteen meals"),
    api=(
        api.blueprint,
        canteen_api.blueprint,
        settlement_api.blueprint,
        tills_api.blueprint,
        shift_api.blueprint,
        kitchen_api.blueprint,
        printing_api.blueprint,
        delivery_api.blueprint,
    ),
    pages=(*pages.PAGES, till_pages.blueprint, shell_pages.blueprint),
    tasks=("meals.tasks",),
    schedule={
        "meals.fold_days": {"schedule": crontab()},
        "meals.prove_sums": {"schedule": crontab(hour="3", minute="20", day_of_week="sunday")},
    },
    navigation=(
        *pages.NAVIGATION,
        NavItem(endpoint="till.show_till", label=_l("Till"), icon="scan", roles=frozenset(SELLERS), order=15),
    ),
    audit_words={
        "canteen.opened": _l("Canteen added"),
        "canteen.changed": _l("Canteen changed"),
        "canteen.closed_on": _l("Closed day added"),
        "canteen.reopened_on": _l("Closed day taken back"),
        "checkout.reversed": _l("Sale undone"),
        "checkout.claimed_back": _l("Public money of a sale claimed back"),
        "field.points_fen": _l("Points"),
        "field.public_fen": _l("Public subsidy"),
        **{name: word for name, word in TILL_WORDS.items() if name.startswith("reason.")},
        **DEVICE_WORDS,
        **DELIVERY_WORDS,
        "till.opened": _l("Till added"),
        "till.withdrawn": _l("Till withdrawn"),
        "shift.opened": _l("Shift opened"),
        "shift.closed": _l("Shift closed"),
        "field.float_fen": _l("Float"),
        "field.expected_fen": _l("Must lie in the drawer"),
        "field.counted_fen": _l("Counted"),
        "field.is_forced": _l("Without the till's own count"),
        "till.printing": _l("Receipts of a till switched"),
        "dish.added": _l("Dish added"),
        "dish.changed": _l("Dish changed"),
        "dish.sold_out": _l("Dish sold out"),
        "dish.back": _l("Dish there again"),
        "dish.priced": _l("Price set"),
        "dish.withdrawn": _l("Dish withdrawn"),
    },
    timeline=person.TIMELINE,
    senior_tabs=person.TABS,
    family_panels=(meals_panel,),
    day_counts=DAY_COUNTS,
    turn_effects=TURN_EFFECTS,
    landing={**pages.LANDING, Role.CASHIER: "till.show_till"},
)
