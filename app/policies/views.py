"""Policy documents as pages show them: states in words, bodies as tables, what changed since the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.orm import Session

from app.approvals.rules import DRAFT, REJECTED, SUBMITTED, object_to_deciding, object_to_submitting
from app.areas.queries import full_name
from app.auth import Actor
from app.policies import queries
from app.policies.access import CHECKERS, MAKERS, looks_after
from app.policies.documents import FOUND, PolicySourceIn, PolicyTitleIn
from app.policies.kinds import Kind, More, Table, UnknownKind, get_kind, read_body
from app.policies.models import PolicyDocument
from app.policies.rules import Mark, Row, compare_rows
from app.policies.yaml_text import write_text


@dataclass(frozen=True, slots=True)
class Status:
    """A state as a chip shows it: colour, icon, word."""

    colour: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a table since the document before."""

    table: Table
    rows: tuple[tuple[Mark, Row], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One document, ready to show."""

    policy: PolicyDocument
    kind_label: Any
    area_name: str
    status: Status
    tables: Sequence[Table]
    inferred: frozenset[str]
    before: PolicyDocument | None
    changes: Sequence[Changes]
    follower: PolicyDocument | None
    text: str
    maker: str
    checker: str
    may_submit: bool
    may_decide: bool
    more: Sequence[More]


def describe_status(policy: PolicyDocument, today: date) -> Status:
    """Say how a document stands on a day."""
    if policy.state == DRAFT:
        return Status("", "pen", gettext("Draft"))
    if policy.state == SUBMITTED:
        return Status("warn", "clock", gettext("Waits for a decision"))
    if policy.state == REJECTED:
        return Status("danger", "stop", gettext("Sent back"))
    if policy.valid_from > today:
        return Status("info", "clock", gettext("Begins later"))
    if policy.valid_until is not None and policy.valid_until <= today:
        return Status("", "clock", gettext("Has ended"))
    return Status("ok", "ok", gettext("In force"))


def show_view(session: Session, policy: PolicyDocument, *, actor: Actor, today: date) -> View:
    """Put together what the page of one document shows."""
    before = queries.find_before(session, policy)
    people = queries.find_people(session, [policy])
    tables = list_tables(policy)
    source = policy.source
    return View(
        policy=policy,
        kind_label=kind_label(policy.kind),
        area_name=full_name(session, policy.area_code) or policy.area_code,
        status=describe_status(policy, today),
        tables=tables,
        inferred=frozenset(source.get("infer", ())),
        before=before,
        changes=compare_tables(list_tables(before), tables) if before else (),
        follower=queries.find_follower(session, policy),
        text=write_text(as_document(policy)),
        maker=people.get(policy.maker_id, ""),
        checker=people.get(policy.checker_id or 0, ""),
        may_submit=may_submit(policy, actor),
        may_decide=may_decide(policy, actor),
        more=list_more(policy, actor),
    )


def list_more(policy: PolicyDocument, actor: Actor) -> list[More]:
    """List the pages that the kind's feature has about this document for this person."""
    try:
        return [each for each in get_kind(policy.kind).more if each.roles & actor.roles]
    except UnknownKind:
        return []


def may_submit(policy: PolicyDocument, actor: Actor) -> bool:
    """Say whether to offer somebody to hand this in."""
    objection = object_to_submitting(state=policy.state, maker_id=policy.maker_id, by=actor.account_id)
    return objection is None and looks_after(actor, policy.area_code, MAKERS)


def may_decide(policy: PolicyDocument, actor: Actor) -> bool:
    """Say whether to offer somebody to decide this."""
    objection = object_to_deciding(state=policy.state, maker_id=policy.maker_id, by=actor.account_id)
    return objection is None and looks_after(actor, policy.area_code, CHECKERS)


def list_tables(policy: PolicyDocument) -> Sequence[Table]:
    """Put a body into tables; one of a kind that is gone, or of a shape that is gone, has its text only."""
    try:
        kind = get_kind(policy.kind)
        return kind.tables(read_body(kind, policy.body))
    except (UnknownKind, ValidationError):
        return ()


def compare_tables(before: Sequence[Table], after: Sequence[Table]) -> list[Changes]:
    """Compare two documents table by table, and keep the tables in which something changed."""
    old_rows = {table.part: table.rows for table in before}
    compared = [Changes(table, tuple(compare_rows(old_rows.get(table.part, ()), table.rows))) for table in after]
    return [changes for changes in compared if any(mark is not Mark.SAME for mark, _row in changes.rows)]


def kind_label(name: str) -> Any:
    """Name a kind in words; one that no feature knows is shown as it is stored."""
    try:
        return get_kind(name).label
    except UnknownKind:
        return name


def as_document(policy: PolicyDocument) -> dict[str, Any]:
    """Return a document in the order in which it is written."""
    return {
        "kind": policy.kind,
        "area": policy.area_code,
        "valid_from": policy.valid_from.isoformat(),
        "valid_until": policy.valid_until.isoformat() if policy.valid_until else None,
        "title": in_order(PolicyTitleIn(), policy.title),
        "source": in_order(PolicySourceIn(), policy.source),
        "body": in_schema_order(policy.kind, policy.body),
    }


def in_schema_order(kind: str, body: dict[str, Any]) -> Any:
    """Bring the parts of a body into the order of its schema; the database keeps no order of names."""
    try:
        return in_order(get_kind(kind).schema(), body)
    except UnknownKind:
        return body


def in_order(schema: Schema, values: Any) -> Any:
    """Bring values into the order of a schema's fields, at every depth; what it does not know comes last."""
    if isinstance(values, list):
        return [in_order(schema, value) for value in values]
    if not isinstance(values, dict):
        return values
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    names = [name for name in [*known, *sorted(set(values) - set(known))] if name in values]
    return {name: _part_in_order(known.get(name), values[name]) for name in names}


def _part_in_order(field: Any, value: Any) -> Any:
    inner = field.inner if isinstance(field, fields.List) else field
    return in_order(inner.schema, value) if isinstance(inner, fields.Nested) else value


def example_document(kind: Kind, *, area_code: str, begins_on: date) -> dict[str, Any]:
    """Return a document of a kind to start from."""
    return {
        "kind": kind.name,
        "area": area_code,
        "valid_from": begins_on.isoformat(),
        "valid_until": None,
        "title": {"zh": "", "en": ""},
        "source": {"mark": FOUND, "text": "", "url": "https://", "infer": []},
        "body": dict(kind.example),
    }
