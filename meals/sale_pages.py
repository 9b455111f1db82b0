"""Sales on pages: the list by filters in the address, and one sale explained to the fen."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import EXCLUDE, Schema, fields, validate
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.areas.checking import check_code
from app.areas.queries import find_area
from app.auth import Actor, Role, allow, current_actor
from app.auth.wording import area_name
from app.clock import business_day
from app.db import transaction
from app.errors import NotFound
from app.forms import read_form, shows_refusals
from app.idempotency import Key, fingerprint
from app.money import yuan
from app.people.queries import check_visible
from app.policies import queries as policies
from app.tokens import new_secret
from app.web.wording import group
from meals import queries, services
from meals.address import shared_chips, with_days
from meals.canteen_schemas import ID, write_items
from meals.deliveries.journey import list_facts
from meals.desk import repricing
from meals.page_words import (
    PAYER_NAMES,
    SALE_CHIPS,
    SALE_STATE_NAMES,
    WINDOW_NAMES,
    Chip,
    days_range,
    glance,
    is_english,
    name_of,
    pick,
    undo_reason,
)
from meals.queries import Sale, SaleFilter, SaleState, SaleSums
from meals.roles import READERS
from meals.rules import reason_from_json
from meals.sold_schemas import WINDOWS
from meals.wording import explain
from subsidies import queries as ledger
from subsidies.access import WALLET_READERS
from subsidies.findings.panels import about_panel
from subsidies.queries import MovementView

PAGE_LENGTH = 50

blueprint = Blueprint("sales", __name__, template_folder="templates", url_prefix="/meals/sales")


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    area = fields.String(load_default=None, validate=check_code)
    guest = fields.Integer(load_default=None, validate=ID)
    window = fields.String(load_default=None, validate=validate.OneOf(WINDOWS))
    state = fields.Enum(SaleState, by_value=True, load_default=None)
    find = fields.String(load_default="", validate=validate.Length(0, 40))


class ReversalForm(Schema):
    """Why a sale is undone, under a key made when the page was shown."""

    reason = fields.String(required=True, validate=validate.Length(2, 200))
    key = fields.String(required=True, validate=validate.Length(16, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One sale with the words, documents and entries behind it."""

    sale: Sale
    what: str
    chip: Chip
    shares: Sequence[Mapping[str, Any]]
    summary: str
    steps: Sequence[str]
    documents: Sequence[Mapping[str, Any]]
    entries: MovementView | None
    hash_right: bool
    may_undo: bool
    key: str
    findings: str
    has_book: bool
    claimed: MovementView | None
    claimed_why: Sequence[str]


def _sale_context(checkout_id: UUID) -> dict[str, Any]:
    with transaction() as session:
        shown = explain_sale(session, checkout_id=checkout_id, actor=current_actor())
        again = repricing.reprice_sale(session, shown.sale) if "again" in request.args else None
        journey = list_facts(session, sale_id=checkout_id)
    may_print = shown.sale.canteen_id in current_actor().canteen_ids
    return {**WORDS, "shown": shown, "sale": shown.sale, "again": again, "may_print": may_print, "journey": journey}


@blueprint.get("")
@allow(*READERS)
def list_sales() -> str:
    """List sales by filters, with one of them explained beside."""
    actor, today = current_actor(), business_day(clock.now())
    asked, faults = read_address(FilterIn())
    filters = SaleFilter(**with_days(asked, today))
    after = request.args.get("after")
    with transaction() as session:
        page = queries.list_checkouts(session, actor=actor, filters=filters, after=after, limit=PAGE_LENGTH)
        sums = queries.sum_checkouts(session, actor=actor, filters=filters)
        canteens = queries.list_canteen_names(session, actor=actor)
        shown = _chosen_sale(session, actor)
        place = find_area(session, filters.area) if filters.area else None
    return render_template(
        "meals/sales.html",
        **WORDS,
        page=page,
        filters=filters,
        faults=faults,
        sums=sums,
        canteens=canteens,
        shown=shown,
        title=write_title(filters, sums),
        chips=make_chips(filters, asked, canteens, area_name(place) if place else None),
        export=address_of(filters),
    )


@blueprint.get("/<uuid:checkout_id>")
@allow(*READERS)
def show_sale(checkout_id: UUID) -> str:
    """Explain one sale."""
    return render_template("meals/sale.html", **_sale_context(checkout_id))


@blueprint.post("/<uuid:checkout_id>/reversal")
@allow(Role.CANTEEN_MANAGER)
@shows_refusals("meals/sale.html", _sale_context)
def undo_sale(checkout_id: UUID) -> Response:
    """Undo a sale of the manager's canteen."""
    actor, form = current_actor(), read_form(ReversalForm)
    reason = form["reason"]
    key = Key(f"{actor.account_id}:{form['key']}", fingerprint("POST", request.path, {"reason": reason}))
    with transaction() as session:
        services.reverse_checkout(session, checkout_id=checkout_id, reason=reason, key=key, by=actor, now=clock.now())
    flash(_("Undone. Points went back to where they came from; hand back the cash."), "ok")
    return redirect(url_for("sales.show_sale", checkout_id=checkout_id), 303)  # type: ignore[return-value]


def explain_sale(session: Session, *, checkout_id: UUID, actor: Actor) -> Explained:
    """Gather what a sale was decided by: reasons in words, documents, and the ledger's entries.

    :raises CheckoutNotFound: if there is none with this id in the actor's canteens
    """
    sale = queries.get_checkout(session, checkout_id=checkout_id, actor=actor)
    lines = pick(explain([reason_from_json(reason) for reason in sale.reasons])) if sale.reasons else []
    entries, claimed = _find_entries(session, sale), _find_claim(session, sale)
    may_undo = Role.CANTEEN_MANAGER in actor.roles and sale.canteen_id in actor.canteen_ids
    return Explained(
        sale=sale,
        what=write_items(sale.items),
        chip=SALE_CHIPS[sale.state],
        shares=_shares(sale),
        summary=lines[0] if lines else "",
        steps=lines[1:],
        documents=[_cite(policies.get_policy(session, policy_id)) for policy_id in sale.policy_ids],
        entries=entries,
        hash_right=entries is not None and ledger.is_hash_right(session, entries),
        may_undo=may_undo and not sale.reversed_at and claimed is None,
        key=new_secret(),
        findings=about_panel(session, kinds=("checkout", "transaction"), ref=str(sale.id), actor=actor),
        has_book=entries is not None and _may_open_book(session, sale, actor),
        claimed=claimed,
        claimed_why=pick(claimed.explanation) if claimed else (),
    )


def write_title(filters: SaleFilter, sums: SaleSums) -> str:
    """Say how many sales were found, and what they cost the public."""
    count = ngettext("%(num)s sale", "%(num)s sales", sums.count) % {"num": group(sums.count)}
    if filters.state is SaleState.REVERSED:
        count = ngettext("%(num)s sale undone", "%(num)s sales undone", sums.reversed) % {"num": group(sums.reversed)}
        return str(_("%(days)s: %(count)s", days=days_range(filters.from_on, filters.until_on), count=count))
    return str(
        _(
            "%(days)s: %(count)s, %(money)s of public money",
            days=days_range(filters.from_on, filters.until_on),
            count=count,
            money=glance(sums.public_fen),
        )
    )


def address_of(filters: SaleFilter) -> Mapping[str, Any]:
    """Return the parts of an address that these filters come from."""
    days = {"from": filters.from_on.isoformat(), "until": filters.until_on.isoformat()}
    others = {
        "canteen": filters.canteen_id,
        "area": filters.area,
        "guest": filters.guest,
        "window": filters.window,
        "state": filters.state and str(filters.state),
        "find": filters.find,
    }
    return {**days, **{name: value for name, value in others.items() if value not in (None, "")}}


def make_chips(
    filters: SaleFilter, asked: Mapping[str, Any], canteens: Sequence[Any], place: str | None = None
) -> Sequence[tuple[str, dict[str, None]]]:
    """Make a removable chip of each filter: its words, and the parts of the address to take away."""
    chips = shared_chips(filters, asked, canteens)
    if filters.window:
        chips.append((str(WINDOW_NAMES[filters.window]), {"window": None}))
    if filters.state:
        chips.append((str(SALE_STATE_NAMES[filters.state]), {"state": None}))
    if filters.area:
        chips.append((place or filters.area, {"area": None}))
    if filters.guest is not None:
        chips.append((_("guest %(number)s", number=filters.guest), {"guest": None}))
    if filters.find:
        chips.append((_("number %(find)s", find=filters.find), {"find": None}))
    return chips


def _chosen_sale(session: Session, actor: Actor) -> Explained | None:
    """Explain the sale that the address names beside its filters, if it names one."""
    try:
        chosen = UUID(request.args.get("sale", ""))
    except ValueError:
        return None
    return explain_sale(session, checkout_id=chosen, actor=actor)


def _find_entries(session: Session, sale: Sale) -> MovementView | None:
    """Find what the ledger has of a sale. That it has nothing where it must is for the page to say aloud."""
    if not sale.posted:
        return None
    try:
        return ledger.get_transaction(session, home=sale.senior_id, txn_id=sale.id)
    except NotFound:
        return None


def _find_claim(session: Session, sale: Sale) -> MovementView | None:
    """Find what gave a standing sale's money back, as after a death."""
    if not sale.posted or sale.reversed_at is not None:
        return None
    back = ledger.list_reversals(session, home=sale.senior_id, txn_id=sale.id)
    return ledger.get_transaction(session, home=sale.senior_id, txn_id=back[0]) if back else None


def _may_open_book(session: Session, sale: Sale, actor: Actor) -> bool:
    """Say whether the reader finds the guest's book: a canteen's sales are also those of guests from elsewhere."""
    if actor.roles & set(WALLET_READERS):
        with suppress(NotFound):
            check_visible(session, senior_id=sale.senior_id, actor=actor)
            return True
    return False


def _cite(document: Any) -> Mapping[str, Any]:
    return {"id": document.id, "title": pick(document.title), "valid_from": document.valid_from}


def _shares(sale: Sale) -> Sequence[Mapping[str, Any]]:
    """Return who paid what, for the bar: funders, the canteen, points and cash."""
    found = [
        *sale.shares,
        {"kind": "points", "amount_fen": sale.points_fen},
        {"kind": "cash", "amount_fen": sale.cash_fen},
        *([{"kind": "unpaid", "amount_fen": sale.unpaid_fen}] if sale.unpaid_fen else []),
    ]
    return [
        {"kind": each["kind"], "amount_fen": each["amount_fen"], "word": PAYER_NAMES[each["kind"]]} for each in found
    ]


WORDS: Mapping[str, Any] = {
    "undo_reason": undo_reason,
    "window_names": WINDOW_NAMES,
    "state_names": SALE_STATE_NAMES,
    "sale_chips": SALE_CHIPS,
    "name_of": name_of,
    "pick": pick,
    "yuan": yuan,
    "is_english": is_english,
}
