"""The rows of meals that findings rest on, as pages show them: sales, failed scans, canteens."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.vault import mask_name
from meals.models import Canteen, Checkout, FailedScan
from meals.page_words import SALE_STATE_NAMES, is_english, scan_chip
from meals.reading.neighbours import senior
from meals.roles import READERS
from meals.scope import visible_canteens
from subsidies.findings.checks import Source
from subsidies.findings.registry import SourceView, register_source

Views = Mapping[str, SourceView]


def describe_sales(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe sales: whose, masked, when, how much of it was public money or points."""
    ids = [source.ref for source in sources]
    query = (
        select(Checkout, senior.c.name, visible_canteens(actor).label("is_visible"))
        .join(Canteen, Canteen.id == Checkout.canteen_id)
        .join(senior, senior.c.id == Checkout.home)
        .where(Checkout.id.in_(ids))
    )
    found = {}
    for sold, name, is_visible in session.execute(query):
        state = "reversed" if sold.reversed_at else "subsidised" if sold.slot is not None else "full_price"
        found[str(sold.id)] = SourceView(
            words=mask_name(name),
            at=sold.occurred_at,
            amount_fen=sold.public_fen + sold.points_fen,
            detail=str(SALE_STATE_NAMES[state]),
            href=url_for("sales.show_sale", checkout_id=sold.id) if is_visible and _reads(actor) else "",
        )
    return found


def describe_scans(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe scans that sold nothing."""
    query = select(FailedScan).where(FailedScan.id.in_([int(source.ref) for source in sources]))
    found = {}
    for scan in session.scalars(query):
        day = business_day(scan.at).isoformat()
        place: dict[str, Any] = {"canteen": scan.canteen_id, "from": day, "until": day}
        found[str(scan.id)] = SourceView(
            words=str(scan_chip(scan.reason).word),
            at=scan.at,
            href=url_for("scans.list_scans", **place) if _reads(actor) else "",
        )
    return found


def describe_canteens(session: Session, sources: Sequence[Source], actor: Actor) -> Views:
    """Describe canteens."""
    query = select(Canteen, visible_canteens(actor).label("is_visible"))
    found = {}
    for canteen, is_visible in session.execute(query.where(Canteen.id.in_([int(source.ref) for source in sources]))):
        name = canteen.name_en if canteen.name_en and is_english() else canteen.name
        href = url_for("canteens.show_canteen", canteen_id=canteen.id) if is_visible and _reads(actor) else ""
        found[str(canteen.id)] = SourceView(words=name, href=href)
    return found


def register_sources() -> None:
    """Let findings show rows of meals."""
    register_source("checkout", describe_sales)
    register_source("scan", describe_scans)
    register_source("canteen", describe_canteens)


def _reads(actor: Actor) -> bool:
    return bool(actor.roles & set(READERS))
