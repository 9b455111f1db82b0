"""Policy documents for tests, of a kind that is made for them."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, Role
from app.policies import services
from app.policies.documents import PolicyIn
from app.policies.fields import PlainSchema, whole
from app.policies.kinds import Body, Fault, Kind, Table, register_kind
from app.policies.models import PolicyDocument
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_actor

CITY, DISTRICT, STREET, COMMUNITY = "330100", "330106", "330106003", "330106003012"
OTHER_DISTRICT = "330105"
SPRING, SUMMER, AUTUMN = date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1)


class TeaIn(PlainSchema):
    """Body of the tests' kind: cups of tea a day."""

    cups = whole(0, 20, required=True)
    sugar = whole(0, 5)


def find_tea_faults(loaded: Body, _area_code: str) -> Iterator[Fault]:
    """Object to more sugar than tea."""
    if loaded.get("sugar", 0) > loaded["cups"]:
        yield Fault(("sugar",), _l("More sugar than tea."))


def tea_tables(loaded: Body) -> Sequence[Table]:
    """Put it into two tables."""
    return (
        Table(part="cups", title="茶", columns=("杯",), rows=((str(loaded["cups"]),),)),
        Table(part="sugar", title="糖", columns=("勺",), rows=((str(loaded.get("sugar", 0)),),)),
    )


TEA = Kind(name="tea", label="茶水", schema=TeaIn, checks=find_tea_faults, tables=tea_tables, example={"cups": 2})
register_kind(TEA)


def a_document(**changes: Any) -> dict[str, Any]:
    """Return a document as a program sends it."""
    return deepcopy(
        {
            "kind": "tea",
            "area": STREET,
            "valid_from": SPRING.isoformat(),
            "valid_until": None,
            "title": {"zh": "茶水", "en": "Tea"},
            "source": {"mark": "FOUND", "text": "街道通知 2027-02", "url": "https://example.org/tea"},
            "body": {"cups": 2},
            **changes,
        }
    )


def loaded(**changes: Any) -> dict[str, Any]:
    """Return a document as the services take it."""
    document: dict[str, Any] = PolicyIn().load(a_document(**changes))
    return document


def make_maker(session: Session, area_code: str = CITY) -> Actor:
    """Make somebody who drafts."""
    return make_actor(session, area_code=area_code, name="吴晓燕")


def make_checker(session: Session, area_code: str = CITY) -> Actor:
    """Make somebody who decides."""
    return make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=area_code, name="徐建平")


def make_published(
    session: Session,
    *,
    area: str = STREET,
    valid_from: date = SPRING,
    valid_until: date | None = None,
    cups: int = 2,
    **others: Any,
) -> PolicyDocument:
    """Make a document that two people have signed."""
    make_place(session, area)
    document = loaded(
        area=area,
        valid_from=valid_from.isoformat(),
        valid_until=valid_until and valid_until.isoformat(),
        body={"cups": cups},
        **others,
    )
    now = clock.now()
    maker, checker = make_maker(session), make_checker(session)
    policy = services.draft_policy(session, document=document, by=maker, now=now)
    services.submit_policy(session, policy_id=policy.id, by=maker, now=now)
    return services.publish_policy(session, policy_id=policy.id, by=checker, now=now, sets_up_history=True)
