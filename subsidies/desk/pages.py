"""The desk's lists of points: movements of all books by filters in the address, and who holds a programme's points."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, validate

from app import clock
from app.address import read_given
from app.areas import queries as areas
from app.areas.checking import check_code
from app.auth import allow, current_actor
from app.auth.wording import area_name
from app.clock import business_day
from app.db import transaction
from app.web.wording import full_day
from subsidies import wording
from subsidies.access import WALLET_READERS
from subsidies.desk import holders, reading
from subsidies.desk.reading import SPENT, MovementFilter, MovementSum

PAGE_LENGTH = 50
KIND_NAMES: Mapping[str, Any] = {**wording.MOVEMENT_NAMES, SPENT: _l("Payments less what was given back")}

blueprint = Blueprint("movements", __name__, template_folder="templates", url_prefix="/ledger")


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(sorted(KIND_NAMES)))
    programme = fields.String(load_default=None, validate=validate.Length(1, 80))
    account = fields.Integer(load_default=None, validate=validate.Range(1, 2**62))
    area = fields.String(load_default=None, validate=check_code)


@blueprint.get("/movements")
@allow(*WALLET_READERS)
def list_movements() -> str:
    """List movements of all books by filters, with what they come to."""
    asked, faults = read_filters(request.args)
    codes = current_actor().area_codes
    with transaction() as session:
        page = reading.list_all_movements(
            session, filters=asked, area_codes=codes, after=request.args.get("after"), limit=PAGE_LENGTH
        )
        sums = reading.sum_movements(session, filters=asked, area_codes=codes)
        place = areas.find_area(session, asked.area) if asked.area else None
    shown = {"page": page, "sums": sums, "filters": asked, "faults": faults, "names": KIND_NAMES}
    chips = make_chips(asked, area_name(place) if place else asked.area)
    return render_template(
        "subsidies/movements.html", **shown, chips=chips, totals=total(sums), export=address_of(asked)
    )


@blueprint.get("/programmes/<programme>")
@allow(*WALLET_READERS)
def show_programme(programme: str) -> str:
    """List who holds points of a programme, and what became of them."""
    after = request.args.get("after", type=int) or 0
    with transaction() as session:
        page = holders.list_holders(
            session, programme=programme, area_codes=current_actor().area_codes, after=after, limit=PAGE_LENGTH
        )
    return render_template("subsidies/programme.html", page=page, programme=programme)


def read_filters(given: Mapping[str, str]) -> tuple[MovementFilter, dict[str, Any]]:
    """Read filters from an address, and what cannot be read of them; this month where no day is given."""
    asked, faults = read_given(FilterIn(), given)
    today = business_day(clock.now())
    until_on = asked["until_on"] or max(today, asked["from_on"] or today)
    from_on = asked["from_on"] or until_on.replace(day=1)
    return MovementFilter(**{**asked, "from_on": from_on, "until_on": until_on}), faults


def address_of(filters: MovementFilter) -> Mapping[str, Any]:
    """Return the parts of an address that these filters come from."""
    days = {"from": filters.from_on.isoformat(), "until": filters.until_on.isoformat()}
    others = {"kind": filters.kind, "programme": filters.programme, "account": filters.account, "area": filters.area}
    return {**days, **{name: value for name, value in others.items() if value is not None}}


def make_chips(filters: MovementFilter, place: str | None) -> Sequence[tuple[str, dict[str, None]]]:
    """Make a removable chip of each filter: its words, and the parts of the address to take away."""
    days = full_day(filters.from_on)
    if filters.until_on != filters.from_on:
        days = _("%(first)s to %(last)s", first=days, last=full_day(filters.until_on))
    chips: list[tuple[str, dict[str, None]]] = [(days, {"from": None, "until": None})]
    if filters.kind:
        chips.append((str(KIND_NAMES[filters.kind]), {"kind": None}))
    if filters.programme:
        chips.append((_("programme %(code)s", code=filters.programme), {"programme": None}))
    if filters.account is not None:
        chips.append((_("account %(number)s", number=filters.account), {"account": None}))
    if place:
        chips.append((place, {"area": None}))
    return chips


def total(sums: Sequence[MovementSum]) -> Mapping[str, int]:
    """Add up all kinds."""
    names = ("in_fen", "out_fen", "public_fen", "public_back_fen")
    return {name: sum(getattr(each, name) for each in sums) for name in names}
