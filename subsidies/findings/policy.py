"""The policy kind ``audit_checks``: which checks run in a place, and from which numbers on they speak."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields

from app.money import yuan
from app.policies.fields import MISSING, PlainSchema, choice, whole
from app.policies.kinds import Body, Fault, Kind, Table, flatten
from subsidies.findings.checks import Check, example_limits
from subsidies.findings.rules import Severity
from subsidies.findings.wording import SEVERITY_NAMES, UNIT_NAMES

AUDIT_CHECKS = "audit_checks"


class AuditChecksIn(PlainSchema):
    """Body of an ``audit_checks`` document; what stands under ``checks`` is known by the checks themselves."""

    look_back_days = whole(1, 366, required=True)
    answer_within_days = whole(1, 366, required=True)
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String()),
        required=True,
        error_messages={**MISSING, "invalid": _l("Here belong named values.")},
    )


def audit_checks_kind(checks: Sequence[Check]) -> Kind:
    """Make the kind for the checks that are known."""
    by_code = {check.code: check for check in checks}
    return Kind(
        name=AUDIT_CHECKS,
        label=_l("Checks for auditors"),
        schema=AuditChecksIn,
        checks=lambda body, _area: find_faults(body, by_code),
        tables=lambda body: list_tables(body, by_code),
        example=example_body(checks),
    )


def find_faults(body: Body, by_code: Mapping[str, Check]) -> Iterable[Fault]:
    """Name what a person would object to: checks that nobody knows, numbers that are missing or beyond bounds."""
    if not body["checks"]:
        yield Fault(("checks",), _l("At least one check must run."))
    for code, limits in body["checks"].items():
        if code not in by_code:
            known = ", ".join(by_code)
            yield Fault(("checks", code), _l("There is no such check. Known are: %(codes)s.", codes=known))
            continue
        try:
            _schema(by_code[code]).load(limits)
        except ValidationError as error:
            for fault in flatten(error.messages):
                yield Fault(("checks", code, *fault.path), fault.message)


def list_tables(body: Body, by_code: Mapping[str, Check]) -> Sequence[Table]:
    """Put a body into words: one row for each number."""
    return (
        Table(
            part="checks",
            title=gettext("From which number on a check speaks"),
            columns=(gettext("Audit check"), gettext("Weight"), gettext("Number"), gettext("Value")),
            rows=tuple(
                row
                for code, limits in body["checks"].items()
                if code in by_code
                for row in _rows(by_code[code], limits)
            ),
        ),
        Table(
            part="answer_within_days",
            title=gettext("Days"),
            columns=(gettext("Setting"), gettext("Value")),
            rows=(
                (gettext("Days before today that are looked at each night"), str(body["look_back_days"])),
                (gettext("Days to answer before a finding can be confirmed"), str(body["answer_within_days"])),
            ),
        ),
    )


def describe_limits(check: Check, limits: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each number of a check with its label and unit."""
    return [
        (str(each.label), write_limit(each.unit, limits[each.name])) for each in check.parameters if each.name in limits
    ]


def write_limit(unit: str, value: int) -> str:
    """Write a number with its unit; amounts in yuan."""
    shown = yuan(value) if unit == "fen" else str(value)
    return f"{shown} {UNIT_NAMES[unit]}".strip()


def example_body(checks: Sequence[Check]) -> Body:
    """Return a body with every check in it."""
    return {
        "look_back_days": 31,
        "answer_within_days": 14,
        "checks": {check.code: {"severity": check.severity, **example_limits(check)} for check in checks},
    }


def _rows(check: Check, limits: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    name, weight = f"{check.code} {check.title}", str(SEVERITY_NAMES[limits["severity"]])
    described = describe_limits(check, limits)
    if not described:
        yield name, weight, "", ""
    for label, value in described:
        yield name, weight, label, value


def _schema(check: Check) -> PlainSchema:
    shape: dict[str, Any] = {each.name: whole(each.least, each.most, required=True) for each in check.parameters}
    shape["severity"] = choice([str(each) for each in Severity], required=True)
    made: PlainSchema = PlainSchema.from_dict(shape, name=f"{check.code}In")()  # type: ignore[assignment]
    return made
