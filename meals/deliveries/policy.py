"""The policy kind ``delivery_rules``: who may order when, and what the public pays for bringing a meal home."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import fields
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.money import yuan
from app.policies import queries as policies
from app.policies.fields import PlainSchema, listed, part, whole
from app.policies.kinds import Fault, Kind, Table
from meals.deliveries.rules import DeliveryRules, FeeBand
from meals.documents.ages import is_reachable
from meals.documents.checks import find_limit_faults, find_payer_faults
from meals.documents.reading import limit_terms, payer_shares, when_terms
from meals.documents.schema import LimitIn, PayerIn, WhenIn
from meals.documents.tables import limits_table, payer_row, tell_whom
from meals.pricing.terms import Payer

NAME = "delivery_rules"
# What lies beyond is a slip of the pen, fen typed as yuan.
FEE_FEN_AT_MOST = 2_000


class FeeBandIn(PlainSchema):
    """For whom the public pays for the way, and how much."""

    when = part(WhenIn)
    public_fen = whole(1, FEE_FEN_AT_MOST, required=True)


class DeliveryRulesIn(PlainSchema):
    """Body of a ``delivery_rules`` document. Whom no band fits may order all the same; nobody pays for the way."""

    bands = listed(fields.Nested(FeeBandIn), least=1, most=20, required=True)
    payers = listed(fields.Nested(PayerIn), least=1, most=6, required=True)
    limits = listed(fields.Nested(LimitIn), most=9)
    order_days_ahead = whole(0, 31, required=True)
    order_until_minutes = whole(0, 24 * 60, required=True)
    hand_over_minutes = whole(5, 24 * 60, required=True)


def find_faults(loaded: Mapping[str, Any], area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``delivery_rules`` body."""
    yield from find_payer_faults(loaded["payers"], ("payers",))
    if any(share["payer"] == Payer.CONCESSION for share in loaded["payers"]):
        yield Fault(("payers",), _l("The way is paid to the canteen: its own discount cannot pay for it."))
    yield from find_limit_faults(loaded.get("limits", ()))
    whens = [when_terms(band.get("when", {}), area_code) for band in loaded["bands"]]
    for index, when in enumerate(whens):
        if not is_reachable(when, whens[:index]):
            yield Fault(
                ("bands", index), _l("Nobody reaches this band: all it is for fit an earlier one. Change the order.")
            )


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``delivery_rules`` body into tables."""
    times = (
        (
            "order_days_ahead",
            gettext("A meal may be ordered"),
            gettext("%(n)s days ahead", n=loaded["order_days_ahead"]),
        ),
        (
            "order_until_minutes",
            gettext("Orders for today close before the meal ends by"),
            gettext("%(n)s minutes", n=loaded["order_until_minutes"]),
        ),
        (
            "hand_over_minutes",
            gettext("A meal is handed over after leaving within"),
            gettext("%(n)s minutes", n=loaded["hand_over_minutes"]),
        ),
    )
    columns = (gettext("Rule"), gettext("How long"))
    return (
        Table(
            part="bands",
            title=gettext("What the public pays for the way, the first that fits counts"),
            columns=(gettext("For whom"), gettext("For each meal")),
            rows=tuple(
                (tell_whom(band), gettext("%(amount)s yuan", amount=yuan(band["public_fen"])))
                for band in loaded["bands"]
            ),
        ),
        Table(
            part="payers",
            title=gettext("Who bears it"),
            columns=(gettext("Payer"), gettext("Share"), gettext("Remainder of rounding")),
            rows=tuple(payer_row(share, alone=len(loaded["payers"]) == 1) for share in loaded["payers"]),
        ),
        limits_table(loaded.get("limits", ())),
        *(Table(part=key, title=label, columns=columns, rows=((label, told),)) for key, label, told in times),
    )


DELIVERY_RULES = Kind(
    name=NAME,
    label=_l("Delivery"),
    schema=DeliveryRulesIn,
    checks=find_faults,
    tables=list_tables,
    example={
        "bands": [{"when": {"age": {"from": 80}}, "public_fen": 300}],
        "payers": [{"payer": "district", "percent": 100, "remainder": True}],
        "limits": [{"per": "day", "subsidised": 2}],
        "order_days_ahead": 7,
        "order_until_minutes": 60,
        "hand_over_minutes": 90,
    },
)


def find_delivery_rules(session: Session, *, area_code: str, on: date) -> DeliveryRules | None:
    """Return the rules of a place and day, or nothing where nobody brings meals by a document."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return read_rules(document.body, document_id=document.id, area_code=document.area_code) if document else None


def find_rules_of(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, DeliveryRules]:
    """Return the rules of many places on a day in one statement; places without any are left out."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    found = {}
    for place in set(area_codes):
        document = next((known[code] for code in (place, *ancestors(place)) if code in known), None)
        if document:
            found[place] = read_rules(document.body, document_id=document.id, area_code=document.area_code)
    return found


def read_rules(body: Mapping[str, Any], *, document_id: int, area_code: str) -> DeliveryRules:
    """Turn a body into rules.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = DeliveryRulesIn().load(body)
    return DeliveryRules(
        document_id=document_id,
        area_code=area_code,
        bands=tuple(
            FeeBand(when_terms(band.get("when", {}), area_code), band["public_fen"]) for band in loaded["bands"]
        ),
        payers=payer_shares(loaded["payers"]),
        limits=tuple(limit_terms(limit) for limit in loaded.get("limits", ())),
        order_days_ahead=loaded["order_days_ahead"],
        order_until_minutes=loaded["order_until_minutes"],
        hand_over_minutes=loaded["hand_over_minutes"],
    )
