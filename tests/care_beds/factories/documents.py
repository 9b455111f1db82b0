"""The documents of care beds for tests, published for a city."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.policies.models import PolicyDocument
from care_beds.beds.policy import BED_RULES
from care_beds.catalogue.policy import CARE_CATALOGUE
from care_beds.visits.policy import VISIT_RULES
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_account
from tests.care_beds.factories.places import CITY, LONG_AGO, STREET


def hold_bed_rules(session: Session, *, area_code: str = CITY, **others: object) -> PolicyDocument:
    """Publish the rules of beds for a city, where there are none yet."""
    found = session.scalar(select(PolicyDocument).where(PolicyDocument.kind == BED_RULES.name))
    if found and not others:
        return found
    return _publish(session, BED_RULES.name, {**BED_RULES.example, **others}, area_code=area_code, title="床位规则")


def hold_care_documents(session: Session, *, area_code: str = CITY, **rules: object) -> None:
    """Publish the services at home and the rules of visits for a city; ``rules`` are others, for the street alone."""
    hold_document(session, CARE_CATALOGUE.name, CARE_CATALOGUE.example, area_code=area_code)
    hold_document(session, VISIT_RULES.name, VISIT_RULES.example, area_code=area_code)
    if rules:
        hold_document(session, VISIT_RULES.name, {**VISIT_RULES.example, **rules}, area_code=STREET)


def hold_document(session: Session, kind: str, body: Mapping[str, Any], *, area_code: str = CITY) -> None:
    """Publish a document for a place, where it has none of the kind yet."""
    here = select(PolicyDocument.id).where(PolicyDocument.kind == kind, PolicyDocument.area_code == area_code)
    if session.scalar(here) is None:
        _publish(session, kind, body, area_code=area_code, title="上门服务")


def _publish(session: Session, kind: str, body: Mapping[str, Any], *, area_code: str, title: str) -> PolicyDocument:
    make_place(session, area_code)
    now, (maker, checker) = clock.now(), (make_account(session), make_account(session))
    document = PolicyDocument(
        kind=kind,
        area_code=area_code,
        valid_from=LONG_AGO,
        title={"zh": title, "en": kind},
        source={"mark": "INFER", "text": "测试"},
        body=dict(body),
        state="published",
        maker_id=maker.id,
        checker_id=checker.id,
        submitted_at=now,
        decided_at=now,
        created_at=now,
    )
    session.add(document)
    session.flush()
    return document
