"""Documents, runs and findings for tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.policies.models import PolicyDocument
from subsidies.findings import registry, runs
from subsidies.findings.checks import Check, Found, Source
from subsidies.findings.models import Finding
from subsidies.findings.policy import example_body
from subsidies.findings.storing import Counted, Origin, keep_found
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_account

CITY, DISTRICT, STREET, OTHER_STREET = "330100", "330105", "330105011", "330106003"
DAY = date(2026, 11, 18)

_numbers = count(1)


def make_document(session: Session, *, area_code: str = CITY, body: dict[str, Any] | None = None) -> PolicyDocument:
    """Publish a document that says from which numbers on the checks speak."""
    make_place(session, area_code)
    now = clock.now()
    document = PolicyDocument(
        kind="audit_checks",
        area_code=area_code,
        valid_from=date(2026, 1, 1),
        title={"zh": "核查规则", "en": "Checks"},
        source={"mark": "INFER", "text": "测试"},
        body=body if body is not None else dict(example_body(registry.list_checks())),
        state="published",
        maker_id=make_account(session).id,
        checker_id=make_account(session).id,
        submitted_at=now,
        decided_at=now,
        created_at=now,
    )
    session.add(document)
    session.flush()
    return document


def found(key: str = "", *refs: str, **about: Any) -> Found:
    """Make what a check would say it found."""
    named: dict[str, Any] = {
        "key": key or f"key {next(_numbers)}",
        "happened_on": DAY,
        "area_code": STREET,
        "facts": {"meals": len(refs), "most": 1, "places": 1, "canteen": "一食堂", "canteen_en": "First"},
        "sources": [Source("canteen", ref) for ref in refs or ("1",)],
        "severity": "medium",
        "amount_fen": 1250,
    }
    return Found(**{**named, **about})


def keep(session: Session, *each: Found, code: str = "R4") -> Counted:
    """Keep what a check found, under a document and a run of its own where there is none."""
    make_place(session, STREET)
    document = session.scalars(select(PolicyDocument).where(PolicyDocument.kind == "audit_checks")).first()
    document = document or make_document(session)
    run_id = runs.start_run(session, now=clock.now(), codes=[code], is_forced=True)
    counted = Counted()
    origin = Origin(check_code=code, run_id=run_id, policy_id=document.id, now=clock.now())
    keep_found(session, each, origin=origin, counted=counted)
    session.flush()
    return counted


def make_finding(session: Session, *, code: str = "R4", **about: Any) -> Finding:
    """Make a finding."""
    one = found(**about)
    keep(session, one, code=code)
    return session.scalars(select(Finding).where(Finding.key == one.key).order_by(Finding.part.desc())).first()  # type: ignore[return-value]


@contextmanager
def checks(*each: Check) -> Iterator[None]:
    """Let only these checks be known meanwhile."""
    known = registry._known.checks
    before = dict(known)
    known.clear()
    known.update({check.code: check for check in each})
    try:
        yield
    finally:
        known.clear()
        known.update(before)


def make_check(code: str, finds: Sequence[Found] | Exception = ()) -> Check:
    """Make a check that finds what it is told to."""

    def find(*_asked: Any) -> Sequence[Found]:
        if isinstance(finds, Exception):
            raise finds
        return finds

    return Check(code=code, title=code, about=code, parameters=(), find=find, explain=lambda _facts: ["seen"])
