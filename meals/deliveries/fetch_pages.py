"""Meals fetched for somebody else: written down at the counter, listed for whoever answers for the canteen."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from meals.deliveries import fetching
from meals.deliveries.forms import FetchForm
from meals.deliveries.page_words import WORDS
from meals.roles import SELLERS, STAFF

PAGE_LENGTH = 50
PAGE = "deliveries/fetched.html"

blueprint = Blueprint("fetched", __name__, template_folder="../templates", url_prefix="/meals/fetched")


def fetch_context() -> dict[str, Any]:
    """Gather what was fetched, and today's last sales to choose from."""
    actor, now = current_actor(), clock.now()
    may_record = bool(actor.roles & set(SELLERS))
    with transaction() as session:
        page = fetching.list_fetches(session, actor=actor, after=request.args.get("after"), limit=PAGE_LENGTH)
        recent = fetching.list_recent(session, actor=actor, on=business_day(now)) if may_record else []
    chosen = request.args.get("sale", "")[:20]
    return {**WORDS, "page": page, "recent": recent, "may_record": may_record, "chosen": chosen}


@blueprint.get("")
@allow(*STAFF)
def list_fetches() -> str:
    """List who fetched meals for whom, the latest first."""
    return render_template(PAGE, **fetch_context())


@blueprint.post("")
@allow(*SELLERS)
@shows_refusals(PAGE, fetch_context)
def record_fetch() -> Response:
    """Write down who fetched the meal of a sale of today, named by its receipt's number."""
    form = read_form(FetchForm)
    actor, now = current_actor(), clock.now()
    with transaction() as session:
        sale = fetching.find_sale(session, number=form["number"], by=actor, on=business_day(now))
        fetching.record_fetch(session, checkout_id=sale, fetcher=form["fetcher"], by=actor, now=now)
    flash(_("Written down."), "ok")
    return redirect(url_for("fetched.list_fetches"), 303)  # type: ignore[return-value]
