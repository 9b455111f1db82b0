"""Writing policy documents: draft, hand in, publish, reject, seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.areas.queries import find_area
from app.areas.rules import is_within_any
from app.audit.services import record
from app.auth import Actor
from app.clock import business_day
from app.policies.documents import find_outer_faults, read_document
from app.policies.errors import OutsideOwnArea, PolicyInvalid, misfit_error
from app.policies.kinds import Fault, UnknownKind, find_body_faults, get_kind
from app.policies.models import PUBLISHED, PolicyDocument
from app.policies.queries import get_policy
from app.policies.rules import Fit, Period, place
from app.policies.yaml_text import UnreadableText, read_text, with_line

# One publisher at a time for each kind and area: a hole, unlike an overlap, is nothing a constraint can see.
LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('policy ' || :kind || ' ' || :area_code || ' ' || :variant, 0))"
)

ANYWHERE = "110000"


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many documents a folder brought, how many were there already, how many lie in unknown places."""

    published: int
    unchanged: int
    skipped: int


def draft_policy(session: Session, *, document: Mapping[str, Any], by: Actor, now: datetime) -> PolicyDocument:
    """Keep a new document as a draft.

    :param document: what ``documents.PolicyIn`` loads
    :raises OutsideOwnArea: if its area is not the caller's
    :raises PolicyInvalid: if anything in it is wrong; all faults are named
    """
    _check_area(by, document["area"])
    faults = find_faults(session, document)
    if faults:
        raise PolicyInvalid(faults)
    draft = PolicyDocument(
        kind=document["kind"],
        variant=get_kind(document["kind"]).variant(document["body"]),
        area_code=document["area"],
        valid_from=document["valid_from"],
        valid_until=document["valid_until"],
        title=document["title"],
        source=document["source"],
        body=document["body"],
        maker_id=by.account_id,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    _record(session, "policy.drafted", draft, by=by, now=now)
    return draft


def draft_text(session: Session, *, text: str, by: Actor, now: datetime) -> PolicyDocument:
    """Keep a new document as a draft that was written as YAML; every fault knows its line.

    :raises OutsideOwnArea: if its area is not the caller's
    :raises PolicyInvalid: if anything in it is wrong; all faults are named
    """
    try:
        raw, lines = read_text(text)
    except UnreadableText as error:
        raise PolicyInvalid([error.fault]) from error
    document, faults = read_document(raw)
    if "area" in document:
        _check_area(by, document["area"])
    faults += find_faults(session, document)
    if faults:
        raise PolicyInvalid(sorted((with_line(fault, lines) for fault in faults), key=lambda fault: fault.line or 0))
    return draft_policy(session, document=document, by=by, now=now)


def find_faults(session: Session, document: Mapping[str, Any]) -> list[Fault]:
    """Name everything that makes no sense in a document, among the values that could be read."""
    faults = find_outer_faults(document)
    area_code = document.get("area")
    if area_code and find_area(session, area_code) is None:
        faults.append(Fault(("area",), _l("There is no place with the code %(code)s.", code=area_code)))
    if "kind" not in document:
        return faults
    try:
        kind = get_kind(document["kind"])
    except UnknownKind as error:
        return [*faults, Fault(("kind",), error.errors["kind"][0])]
    # Without a readable area the body is checked as that of the country's first province: only what it
    # says of "here" depends on it.
    body_faults = find_body_faults(kind, document["body"], area_code or ANYWHERE) if "body" in document else []
    return [*faults, *body_faults]


def submit_policy(session: Session, *, policy_id: int, by: Actor, now: datetime) -> PolicyDocument:
    """Hand a draft in.

    :raises NotFound: if there is none
    :raises OutsideOwnArea: if its area is not the caller's
    :raises NotDraft: if it was handed in before
    :raises NotTheMaker: if somebody else wrote it
    """
    policy = _load(session, policy_id, by)
    approvals.submit(policy, by=by.account_id, now=now)
    session.flush()
    _record(session, "policy.submitted", policy, by=by, now=now)
    return policy


def publish_policy(
    session: Session, *, policy_id: int, by: Actor, now: datetime, sets_up_history: bool = False
) -> PolicyDocument:
    """Put a document in force; an open one before it ends where it begins.

    :param sets_up_history: allow an end in the past for the one before, while nothing was decided by it yet
    :raises NotFound: if there is none
    :raises OutsideOwnArea: if its area is not the caller's
    :raises NotSubmitted: if it is a draft, or decided
    :raises SelfApproval: if the caller wrote it
    :raises PolicyInvalid: if what was right when it was drafted is wrong now
    :raises PolicyOverlaps: if another document holds on some of its days
    :raises PolicyLeavesHole: if days without a document would lie beside it
    :raises PolicyRewritesPast: if it would end another one in the past
    """
    policy = _load(session, policy_id, by)
    approvals.check_deciding(policy, by=by.account_id)
    faults = find_body_faults(get_kind(policy.kind), policy.body, policy.area_code)
    if faults:
        raise PolicyInvalid(faults)
    session.execute(LOCK, {"kind": policy.kind, "area_code": policy.area_code, "variant": policy.variant})
    today = None if sets_up_history else business_day(now)
    found = place(_period(policy), _published(session, policy), today=today)
    if not isinstance(found, Fit):
        raise misfit_error(found)
    predecessor = _close(session, found.closes, policy, by=by, now=now) if found.closes else None
    approvals.approve(policy, state=PUBLISHED, by=by.account_id, now=now)
    policy.replaces_id = predecessor
    session.flush()
    _record(session, "policy.published", policy, by=by, now=now)
    return policy


def reject_policy(session: Session, *, policy_id: int, reason: str, by: Actor, now: datetime) -> PolicyDocument:
    """Send a document back with a reason; its maker writes a new one.

    :raises NotFound: if there is none
    :raises OutsideOwnArea: if its area is not the caller's
    :raises NotSubmitted: if it is a draft, or decided
    :raises SelfApproval: if the caller wrote it
    """
    policy = _load(session, policy_id, by)
    approvals.reject(policy, reason=reason, by=by.account_id, now=now)
    session.flush()
    _record(session, "policy.rejected", policy, by=by, now=now, reason=reason)
    return policy


def seed_policies(
    session: Session, *, documents: Iterable[Mapping[str, Any]], maker: Actor, checker: Actor, now: datetime
) -> Seeded:
    """Draft, hand in and publish documents that are not there yet, oldest first; safe to repeat.

    For setting up an installation: whoever may run the product's commands answers for the areas, and an open
    document may end in the past. Documents for places that the tree does not have are left out, since a city
    may load only some of its streets.

    :raises PolicyInvalid: if one of them has a fault
    """
    published = unchanged = skipped = 0
    for document in sorted(documents, key=lambda each: (each["valid_from"], each["area"], each["kind"])):
        if find_area(session, document["area"]) is None:
            skipped += 1
        elif _is_there(session, document):
            unchanged += 1
        else:
            _seed(session, document, maker=maker, checker=checker, now=now)
            published += 1
    return Seeded(published=published, unchanged=unchanged, skipped=skipped)


def _seed(session: Session, document: Mapping[str, Any], *, maker: Actor, checker: Actor, now: datetime) -> None:
    reach = (document["area"],)
    maker, checker = replace(maker, area_codes=reach), replace(checker, area_codes=reach)
    policy = draft_policy(session, document=document, by=maker, now=now)
    submit_policy(session, policy_id=policy.id, by=maker, now=now)
    publish_policy(session, policy_id=policy.id, by=checker, now=now, sets_up_history=True)


def _load(session: Session, policy_id: int, by: Actor) -> PolicyDocument:
    policy = get_policy(session, policy_id, lock=True)
    _check_area(by, policy.area_code)
    return policy


def _check_area(by: Actor, area_code: str) -> None:
    if not is_within_any(area_code, by.area_codes):
        raise OutsideOwnArea


def _published(session: Session, policy: PolicyDocument) -> list[Period]:
    same = select(PolicyDocument.id, PolicyDocument.valid_from, PolicyDocument.valid_until).where(
        PolicyDocument.kind == policy.kind,
        PolicyDocument.variant == policy.variant,
        PolicyDocument.area_code == policy.area_code,
        PolicyDocument.state == PUBLISHED,
        PolicyDocument.id != policy.id,
    )
    return [Period(row.id, row.valid_from, row.valid_until) for row in session.execute(same)]


def _period(policy: PolicyDocument) -> Period:
    return Period(policy.id, policy.valid_from, policy.valid_until)


def _close(session: Session, predecessor_id: int, policy: PolicyDocument, *, by: Actor, now: datetime) -> int:
    """End the one before where the new one begins, and write that first: they may not overlap even for a moment."""
    predecessor = get_policy(session, predecessor_id)
    predecessor.valid_until = policy.valid_from
    session.flush()
    record(
        session,
        actor=by,
        action="policy.closed",
        subject=f"policy:{predecessor.id}",
        area_code=predecessor.area_code,
        old={"valid_until": None},
        new={"valid_until": policy.valid_from.isoformat(), "replaced_by": policy.id},
        now=now,
    )
    return predecessor.id


def _is_there(session: Session, document: Mapping[str, Any]) -> bool:
    """Say whether the same document was published before."""
    same = select(PolicyDocument.id).where(
        PolicyDocument.kind == document["kind"],
        PolicyDocument.variant == get_kind(document["kind"]).variant(document["body"]),
        PolicyDocument.area_code == document["area"],
        PolicyDocument.valid_from == document["valid_from"],
        PolicyDocument.state == PUBLISHED,
        PolicyDocument.body == document["body"],
    )
    return session.scalars(same.limit(1)).first() is not None


def _record(
    session: Session, action: str, policy: PolicyDocument, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    new: dict[str, Any] = {
        "state": policy.state,
        "kind": policy.kind,
        "valid_from": policy.valid_from.isoformat(),
        "valid_until": policy.valid_until.isoformat() if policy.valid_until else None,
    }
    if action == "policy.drafted":
        new["body"] = policy.body
    record(
        session,
        actor=by,
        action=action,
        subject=f"policy:{policy.id}",
        area_code=policy.area_code,
        new=new,
        now=now,
        reason=reason,
    )
