"""Providers, carers, beds and visits for tests, each with as little said as the test needs."""

from tests.care_beds.factories.beds import make_agreement, make_bed, make_bed_in_service, take_step
from tests.care_beds.factories.documents import hold_bed_rules, hold_care_documents, hold_document
from tests.care_beds.factories.places import CITY, DISTRICT, FAR_OFF, LONG_AGO, STREET
from tests.care_beds.factories.providers import (
    Hired,
    make_care_staff,
    make_carer,
    make_certificate,
    make_provider,
    make_provider_manager,
)
from tests.care_beds.factories.visits import make_line, make_plan, make_visit

__all__ = [
    "CITY",
    "DISTRICT",
    "FAR_OFF",
    "LONG_AGO",
    "STREET",
    "Hired",
    "hold_bed_rules",
    "hold_care_documents",
    "hold_document",
    "make_agreement",
    "make_bed",
    "make_bed_in_service",
    "make_care_staff",
    "make_carer",
    "make_certificate",
    "make_line",
    "make_plan",
    "make_provider",
    "make_provider_manager",
    "make_visit",
    "take_step",
]
