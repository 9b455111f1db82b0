"""The policy kind ``provider_rules``: which certificates carers need, and how early the end of a paper is told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, listed, whole
from app.policies.kinds import Fault, Kind, Table
from care_beds.providers.rules import Certificate, ProviderRules
from care_beds.providers.wording import CERTIFICATES

NAME = "provider_rules"


class ProviderRulesIn(PlainSchema):
    """Body of a ``provider_rules`` document."""

    required_certificates = listed(choice(tuple(Certificate)), most=len(Certificate), required=True)
    notice_days = whole(7, 365, required=True)


def find_faults(loaded: Mapping[str, Any], _area_code: str) -> Iterable[Fault]:
    """Name what makes no sense in a ``provider_rules`` body."""
    kinds = loaded["required_certificates"]
    if len(set(kinds)) < len(kinds):
        yield Fault(("required_certificates",), _l("One certificate is named twice."))


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``provider_rules`` body into tables."""
    return (
        Table(
            part="required_certificates",
            title=gettext("Certificates without which a carer does not visit"),
            columns=(gettext("Certificate"),),
            rows=tuple((str(CERTIFICATES[kind]),) for kind in loaded["required_certificates"]),
        ),
        Table(
            part="notice_days",
            title=gettext("Told before a certificate, licence or agreement ends"),
            columns=(gettext("How long"),),
            rows=((gettext("%(n)s days", n=loaded["notice_days"]),),),
        ),
    )


PROVIDER_RULES = Kind(
    name=NAME,
    label=_l("Care providers"),
    schema=ProviderRulesIn,
    checks=find_faults,
    tables=list_tables,
    example={"required_certificates": ["care_worker", "health"], "notice_days": 60},
)


def find_provider_rules(session: Session, *, area_code: str, on: date) -> ProviderRules:
    """Return the rules of a place and day; where no document says anything, no certificate is required."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return read_rules(document.body) if document else ProviderRules()


def find_rules_of(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, ProviderRules]:
    """Return the rules of many places on a day in one statement."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    found = {}
    for place in set(area_codes):
        document = next((known[code] for code in (place, *ancestors(place)) if code in known), None)
        found[place] = read_rules(document.body) if document else ProviderRules()
    return found


def longest_notice(session: Session, *, on: date) -> int:
    """Return the longest notice that any place's rules give of the end of a paper."""
    rules = [read_rules(each.body) for each in policies.list_in_force(session, kind=NAME, on=on)]
    return max((each.notice_days for each in rules), default=ProviderRules().notice_days)


def read_rules(body: Mapping[str, Any]) -> ProviderRules:
    """Turn a body into rules.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = ProviderRulesIn().load(body)
    return ProviderRules(
        required=tuple(Certificate(kind) for kind in loaded["required_certificates"]),
        notice_days=loaded["notice_days"],
    )
