"""The policy kinds ``care_payment`` (who pays a visit) and ``bed_subsidy`` (what a month and a bed are worth)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from app.policies.kinds import Kind
from care_beds.money.policy_checks import find_payment_faults, find_subsidy_faults
from care_beds.money.policy_reading import read_band, read_funders, read_order
from care_beds.money.policy_schema import BedSubsidyIn, CarePaymentIn
from care_beds.money.policy_tables import list_payment_tables, list_subsidy_tables
from care_beds.money.terms import (
    ConstructionTerms,
    DeviceTerms,
    InsuredHours,
    PartMonths,
    PaymentTerms,
    SubsidyTerms,
)

PAYMENT, SUBSIDY = "care_payment", "bed_subsidy"


class Document(Protocol):
    """A published document, as far as its terms need it."""

    id: Any
    area_code: Any
    body: Any


def find_payment_terms(session: Session, *, area_code: str, on: date) -> PaymentTerms | None:
    """Return who pays visits in a place on a day, or nothing where no document says it."""
    document = policies.find_policy(session, kind=PAYMENT, area_code=area_code, on=on)
    return read_payment(document) if document else None


def get_payment_terms(session: Session, policy_id: int) -> PaymentTerms:
    """Return the terms of a document by its number.

    :raises PolicyNotFound: if there is none
    """
    return read_payment(policies.get_policy(session, policy_id))


def find_subsidy_terms(session: Session, *, area_code: str, on: date) -> SubsidyTerms | None:
    """Return what months and beds are worth in a place on a day, or nothing where no document says it."""
    document = policies.find_policy(session, kind=SUBSIDY, area_code=area_code, on=on)
    return read_subsidy(document) if document else None


def get_subsidy_terms(session: Session, policy_id: int) -> SubsidyTerms:
    """Return the terms of a document by its number.

    :raises PolicyNotFound: if there is none
    """
    return read_subsidy(policies.get_policy(session, policy_id))


def documents_by_place(session: Session, *, kind: str, area_codes: Collection[str], on: date) -> Mapping[str, Document]:
    """Return the document of many places on a day in one statement; places without any are left out."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=kind, on=on)}
    found = {
        place: next((known[code] for code in (place, *ancestors(place)) if code in known), None)
        for place in set(area_codes)
    }
    return {place: document for place, document in found.items() if document}


def read_payment(document: Document) -> PaymentTerms:
    """Turn a document into terms.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = CarePaymentIn().load(document.body)
    return PaymentTerms(
        document_id=document.id,
        orders=tuple(map(read_order, loaded["orders"])),
        tolerance_minutes=loaded["tolerance_minutes"],
        subsidy_month_fen=loaded["subsidy_month_fen"],
        funders=read_funders(loaded["funders"]),
        insured=tuple(
            InsuredHours(frozenset(each["levels"]), each["month_minutes"]) for each in loaded.get("insured", ())
        ),
        grace_days=loaded["refund_grace_days"],
    )


def read_subsidy(document: Document) -> SubsidyTerms:
    """Turn a document into terms.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = BedSubsidyIn().load(document.body)
    built = dict(loaded["construction"])
    devices = {each["kind"]: DeviceTerms(each["amount_fen"], each["at_most"]) for each in built.pop("devices", ())}
    programmes, excused = (frozenset(built.pop(name, ())) for name in ("programmes", "excused"))
    return SubsidyTerms(
        document_id=document.id,
        bands=tuple(map(read_band, loaded["bands"])),
        part_months=PartMonths(loaded["part_months"]),
        propose_after_days=loaded["propose_after_days"],
        funders=read_funders(loaded["funders"]),
        construction=ConstructionTerms(devices=devices, programmes=programmes, excused=excused, **built),
    )


FUNDERS_EXAMPLE = [{"funder": "city", "percent": 50}, {"funder": "district", "percent": 50, "remainder": True}]
CARE_PAYMENT = Kind(
    name=PAYMENT,
    label=_l("Payment of care visits"),
    schema=CarePaymentIn,
    checks=find_payment_faults,
    tables=list_payment_tables,
    example={
        "orders": [{"payers": ["points", "bed_subsidy", "self"]}],
        "tolerance_minutes": 0,
        "subsidy_month_fen": 20000,
        "funders": FUNDERS_EXAMPLE,
        "refund_grace_days": 7,
    },
)
BED_SUBSIDY = Kind(
    name=SUBSIDY,
    label=_l("Subsidies of care beds"),
    schema=BedSubsidyIn,
    checks=find_subsidy_faults,
    tables=list_subsidy_tables,
    example={
        "bands": [{"month_fen": 48000, "minimum_visits": 4, "minimum_minutes": 240}],
        "part_months": "by_days",
        "propose_after_days": 5,
        "construction": {
            "bed_fen": 0,
            "adaptation_percent": 100,
            "adaptation_at_most_fen": 300000,
            "devices": [{"kind": "sos", "amount_fen": 30000, "at_most": 1}],
            "at_most_fen": 400000,
            "again_after_months": 60,
            "keep_months": 36,
            "excused": ["death"],
        },
        "funders": FUNDERS_EXAMPLE,
    },
)
KINDS = (CARE_PAYMENT, BED_SUBSIDY)
