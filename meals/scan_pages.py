"""Scans that sold nothing, on a page: where an auditor looks for patterns."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import EXCLUDE, Schema, fields, validate

from app import clock
from app.address import read_address
from app.areas.checking import check_code
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.web.wording import group
from meals import queries
from meals.address import shared_chips, with_days
from meals.canteen_schemas import ID
from meals.page_words import SCAN_REASONS, days_range, name_of, scan_chip
from meals.queries import ScanFilter
from meals.roles import READERS

PAGE_LENGTH = 50

blueprint = Blueprint("scans", __name__, template_folder="templates", url_prefix="/meals/failed-scans")


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    area = fields.String(load_default=None, validate=check_code)
    reason = fields.String(load_default=None, validate=validate.Length(1, 80))


@blueprint.get("")
@allow(*READERS)
def list_scans() -> str:
    """List scans that sold nothing by filters, with their reasons."""
    actor, today = current_actor(), business_day(clock.now())
    asked, faults = read_address(FilterIn())
    filters = ScanFilter(**with_days(asked, today))
    with transaction() as session:
        page = queries.list_failed_scans(
            session, actor=actor, filters=filters, after=request.args.get("after"), limit=PAGE_LENGTH
        )
        reasons = queries.count_scans_by_reason(session, actor=actor, filters=filters)
        canteens = queries.list_canteen_names(session, actor=actor)
    return render_template(
        "meals/scans.html",
        **WORDS,
        page=page,
        filters=filters,
        faults=faults,
        reasons=reasons,
        canteens=canteens,
        title=write_title(filters, reasons),
        chips=make_chips(filters, asked, canteens),
    )


def write_title(filters: ScanFilter, reasons: Mapping[str, int]) -> str:
    """Say how many scans sold nothing, and why most of them."""
    total, days = sum(reasons.values()), days_range(filters.from_on, filters.until_on)
    count = ngettext("%(num)s scan sold nothing", "%(num)s scans sold nothing", total) % {"num": group(total)}
    if len(reasons) < 2:
        return str(_("%(days)s: %(count)s", days=days, count=count))
    first, most = next(iter(reasons.items()))
    part = round(most * 100 / total)
    return str(
        _(
            "%(days)s: %(count)s, %(percent)s%% of them: %(reason)s",
            days=days,
            count=count,
            percent=part,
            reason=scan_chip(first).word,
        )
    )


def make_chips(
    filters: ScanFilter, asked: Mapping[str, Any], canteens: Sequence[Any]
) -> Sequence[tuple[str, dict[str, None]]]:
    """Make a removable chip of each filter: its words, and the parts of the address to take away."""
    chips = shared_chips(filters, asked, canteens)
    if filters.reason:
        chips.append((str(scan_chip(filters.reason).word), {"reason": None}))
    return chips


WORDS: Mapping[str, Any] = {"reason_names": SCAN_REASONS, "scan_chip": scan_chip, "name_of": name_of}
