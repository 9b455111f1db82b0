"""What was sold in shops on pages: the shopkeeper's day, the list, one basket with its return."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, fields, validate

from app import clock
from app.address import read_address
from app.auth import allow, current_actor
from app.clock import ZONE, business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from app.idempotency import Key, fingerprint
from app.money import yuan
from app.policies.queries import get_policy
from app.tokens import new_secret
from app.vault import mask_name
from shops import queries, returning
from shops.access import SELLERS, STAFF
from shops.errors import REFUSALS
from shops.policy import read_purse
from shops.schemas import ID
from shops.till_pages import chosen_shop
from shops.wording import in_units
from shops.words import in_language, name_of

PAGE_LENGTH = 50
LINE_FIELD = re.compile(r"back-([0-9]{1,4})")

blueprint = Blueprint("shop_sales", __name__, template_folder="templates", url_prefix="/shops/sales")


class SalesFilterIn(Schema):
    """The filters in the address."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    shop_id = fields.Integer(data_key="shop", load_default=None, validate=ID)
    on = fields.Date(data_key="day", load_default=None)


class ReturnForm(Schema):
    """Why articles come back; how many of each stands beside them."""

    class Meta:
        """The pieces of each line are read by their names."""

        unknown = EXCLUDE

    reason = fields.String(required=True, validate=validate.Length(2, 200))
    key = fields.String(required=True, validate=validate.Length(8, 100))


def sale_context(sale_id: UUID) -> dict[str, Any]:
    """Gather what the page of one basket shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        page = queries.get_sale(session, sale_id=sale_id, actor=actor)
        purse = read_purse(get_policy(session, page.sale.policy_id))
    is_out = any(line.count > line.returned_count for line in page.lines)
    in_time = (today - page.sale.sold_on).days <= purse.return_days
    return {
        **WORDS,
        "page": page,
        "sale": page.sale,
        "purse": purse,
        "may_return": is_out and in_time and not page.is_claimed and page.sale.shop_id in actor.shop_ids,
        "last_day": page.sale.sold_on + timedelta(days=purse.return_days),
        "is_fresh": request.args.get("sold") == "yes",
        "key": new_secret(),
    }


@blueprint.get("")
@allow(*STAFF)
def list_sales() -> str:
    """List what was sold in the caller's shops, newest first."""
    asked, faults = read_address(SalesFilterIn())
    with transaction() as session:
        after = request.args.get("after")
        page = queries.list_sales(session, actor=current_actor(), after=after, limit=PAGE_LENGTH, **asked)
    return render_template("shops/sales.html", page=page, asked=asked, faults=faults, **WORDS)


@blueprint.get("/day")
@allow(*SELLERS)
def show_day() -> str:
    """Show the shopkeeper's day: what was sold today, what came back, and what was refused."""
    today = business_day(clock.now())
    since = datetime.combine(today, time(), tzinfo=ZONE)
    about: dict[str, Any] = {"shop_id": chosen_shop(), "on": today}
    with transaction() as session:
        row = queries.get_shop(session, shop_id=about["shop_id"], actor=current_actor())
        sums = queries.sum_day(session, since=since, until=since + timedelta(days=1), **about)
        after = request.args.get("after")
        page = queries.list_sales(session, actor=current_actor(), after=after, limit=PAGE_LENGTH, **about)
    refused = [(REFUSALS[code].detail, count) for code, count in sums.refusals.items() if code in REFUSALS]
    shown: dict[str, Any] = {"row": row, "sums": sums, "page": page, "today": today}
    count = sum(sums.refusals.values())
    return render_template("shops/day.html", refused=refused, refused_count=count, **shown, **WORDS)


@blueprint.get("/<uuid:sale_id>")
@allow(*STAFF)
def show_sale(sale_id: UUID) -> str:
    """Show one basket."""
    return render_template("shops/sale.html", **sale_context(sale_id))


@blueprint.post("/<uuid:sale_id>/return")
@allow(*SELLERS)
@shows_refusals("shops/sale.html", sale_context)
def take_back(sale_id: UUID) -> Response:
    """Take articles of a basket back."""
    actor, form = current_actor(), read_form(ReturnForm)
    found = [(int(line[1]), name) for name in request.form if (line := LINE_FIELD.fullmatch(name))]
    lines = [(n, count) for n, name in found if (count := request.form.get(name, type=int))]
    content = fingerprint(request.path, lines, form["reason"])
    key = Key(f"{actor.account_id}:{form['key']}", content)
    with transaction() as session:
        about: dict[str, Any] = {"sale_id": sale_id, "lines": lines, "reason": form["reason"]}
        done = returning.return_articles(session, **about, key=key, by=actor, now=clock.now()).body
    flash(_("Taken back. The points are there again; hand back %(cash)s yuan.", cash=yuan(done["cash_fen"])), "ok")
    return redirect(url_for(".show_sale", sale_id=sale_id), 303)  # type: ignore[return-value]


WORDS: dict[str, Any] = {
    "name_of": name_of,
    "in_language": in_language,
    "in_units": in_units,
    "mask_name": mask_name,
}
