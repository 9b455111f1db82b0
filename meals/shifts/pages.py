"""Shifts on pages: the list, one shift with its totals, and a canteen's day by till."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from marshmallow import EXCLUDE, Schema, fields

from app import clock
from app.address import read_address
from app.areas.checking import check_code
from app.auth import Role, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.errors import NotFound
from app.forms import read_form, shows_refusals
from app.money import yuan
from app.web.wording import group
from meals import queries
from meals.address import shared_chips, with_days
from meals.canteen_forms import Yuan
from meals.canteen_schemas import ID, line
from meals.page_words import PAYER_NAMES, PAYER_ORDER, days_range, glance, name_of
from meals.queries import SaleFilter
from meals.roles import READERS, STAFF
from meals.shifts import reading, services
from meals.shifts.reading import CanteenDay, Shift
from meals.shifts.rules import COUNTED_FEN_AT_MOST, Totals
from meals.shifts.schemas import LONGEST_REASON

PAGE_LENGTH = 50
# Days that can be reckoned with: a month before and after them are days too.
FIRST_YEAR, LAST_YEAR = 2000, 2100

blueprint = Blueprint("shifts", __name__, template_folder="../templates", url_prefix="/meals/shifts")


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    area = fields.String(load_default=None, validate=check_code)


class Drawer(Yuan):
    """What lies in a drawer, typed in yuan."""

    default_error_messages = {"bounds": _l("From 0 to 1 000 000 yuan.")}  # noqa: RUF012 - marshmallow's own
    least_fen, most_fen = 0, COUNTED_FEN_AT_MOST


class ClosingForm(Schema):
    """What a manager counted, and why the till did not."""

    counted = Drawer(required=True)
    reason = line(LONGEST_REASON, required=True)


def shift_context(shift_id: int) -> dict[str, Any]:
    """Gather what the page of one shift shows."""
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        shift = reading.get_shift(session, shift_id=shift_id, actor=actor, now=now)
        late = reading.find_late(session, shift)
        waiting = None if shift.closed_at else reading.find_waiting(session, till_id=shift.till_id)
    may_close = actor.is_at(Role.CANTEEN_MANAGER, shift.canteen_id)
    return {
        **WORDS,
        "shift": shift,
        "rows": list_rows(shift.totals),
        "late": late,
        "waiting": waiting,
        "counts": sorted(((int(worth), count) for worth, count in shift.counts.items()), reverse=True),
        "may_close": may_close and shift.closed_at is None,
        "may_read_day": bool(actor.roles & set(READERS)),
    }


@blueprint.get("")
@allow(*READERS)
def list_shifts() -> str:
    """List shifts by day and canteen."""
    actor, today = current_actor(), business_day(clock.now())
    asked, faults = read_address(FilterIn())
    filters = SaleFilter(**with_days(asked, today))
    with transaction() as session:
        page = reading.list_shifts(
            session, actor=actor, filters=filters, after=request.args.get("after"), limit=PAGE_LENGTH
        )
        canteens = queries.list_canteen_names(session, actor=actor)
    return render_template(
        "shifts/list.html",
        **WORDS,
        page=page,
        filters=filters,
        faults=faults,
        canteens=canteens,
        title=write_title(filters, page.items),
        chips=shared_chips(filters, asked, canteens),
        export={name: value for name, value in request.args.items() if name != "after" and value},
    )


@blueprint.get("/<int:shift_id>")
@allow(*STAFF)
def show_shift(shift_id: int) -> str:
    """Show one shift with its totals."""
    return render_template("shifts/one.html", **shift_context(shift_id))


@blueprint.post("/<int:shift_id>/closing")
@allow(Role.CANTEEN_MANAGER)
@shows_refusals("shifts/one.html", shift_context)
def close_shift(shift_id: int) -> Response:
    """Close a shift whose till cannot."""
    form = read_form(ClosingForm)
    counted = {"counted_fen": form["counted"], "counts": {}, "local": None, "reason": form["reason"]}
    with transaction() as session:
        services.close_shift(session, shift_id=shift_id, **counted, by=current_actor(), now=clock.now())
    flash(_("The shift is closed."), "ok")
    return redirect(url_for("shifts.show_shift", shift_id=shift_id), 303)  # type: ignore[return-value]


@blueprint.get("/days/<int:canteen_id>/<day>")
@allow(*READERS)
def show_day(canteen_id: int, day: str) -> str:
    """Show a canteen's day: everything sold, by payer and payment, and by till."""
    chosen = read_day(day)
    with transaction() as session:
        found = reading.get_day(session, canteen_id=canteen_id, day=chosen, actor=current_actor(), now=clock.now())
    return render_template("shifts/day.html", **WORDS, found=found, rows=list_rows(found.totals), verdict=judge(found))


def read_day(text: str) -> date:
    """Read a day that stands in an address.

    :raises NotFound: if it is none
    """
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound
    return day


def write_title(filters: SaleFilter, shifts: Sequence[Shift]) -> str:
    """Say how many shifts these days had, and whether their drawers add up."""
    wrong = sum(1 for shift in shifts if shift.difference_fen)
    days = days_range(filters.from_on, filters.until_on)
    if wrong:
        count = ngettext("%(num)s drawer does not add up", "%(num)s drawers do not add up", wrong)
        return str(_("%(days)s: %(count)s", days=days, count=count))
    return str(_("Shifts, %(days)s", days=days))


def judge(found: CanteenDay) -> tuple[str, str, str]:
    """Say in one line how a canteen's day stands: state, icon, sentence."""
    differences = [shift.difference_fen for shift in found.shifts if shift.difference_fen]
    still_open = sum(1 for shift in found.shifts if shift.closed_at is None)
    outside = sum((till.outside for till in found.tills), Totals())
    if still_open:
        words = ngettext("%(num)s shift is still open.", "%(num)s shifts are still open.", still_open)
        return "info", "clock", str(words)
    if differences:
        return "warn", "warn", _("The drawers differ by %(yuan)s yuan in all.", yuan=signed(sum(differences)))
    if outside != Totals():
        return "warn", "warn", _("Some of this was sold outside any shift: nobody counted its cash.")
    if not found.shifts:
        return "info", "info", _("No shift was opened on this day.")
    return "ok", "ok", _("Every drawer adds up.")


def list_rows(totals: Totals) -> Sequence[tuple[Any, int, int, int]]:
    """List what was sold, undone and left, by payer and payment; payers who bore nothing are left out."""
    names = {
        **{f"{payer}_fen": PAYER_NAMES[payer] for payer in (*PAYER_ORDER, "concession", "points", "cash")},
        "unpaid_fen": _("Not paid (points were gone)"),
    }
    found = [
        (word, getattr(totals.sold, name), getattr(totals.undone, name), getattr(totals.net, name))
        for name, word in names.items()
    ]
    always = (str(PAYER_NAMES["points"]), str(PAYER_NAMES["cash"]))
    return [row for row in found if row[1] or row[2] or str(row[0]) in always]


def signed(amount_fen: int) -> str:
    """Write a difference with its sign."""
    return f"+{yuan(amount_fen)}" if amount_fen > 0 else yuan(amount_fen).replace("-", "−")


def canteen_name(thing: Any) -> str:
    """Return the canteen of a shift or a day in the language of the request."""
    return name_of(_Named(thing.canteen, thing.canteen_en))


class _Named:
    def __init__(self, name: str, name_en: str) -> None:
        self.name, self.name_en = name, name_en


WORDS: Mapping[str, Any] = {
    "name_of": name_of,
    "canteen_name": canteen_name,
    "glance": glance,
    "signed": signed,
    "group": group,
    "yuan": yuan,
}
