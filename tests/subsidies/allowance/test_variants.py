"""Several programmes hold in one place at once; each follows its own line of documents."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.policies import queries, services
from app.policies.documents import PolicyIn
from app.policies.errors import PolicyOverlaps
from app.policies.models import PolicyDocument
from subsidies.allowance.kind import NAME
from tests.app.areas.factories import make_place
from tests.app.policies.factories import make_checker, make_maker
from tests.subsidies.allowance.programmes import IN_XIAOSHAN, XIAOSHAN, a_body

JANUARY, JUNE = date(2027, 1, 1), date(2027, 6, 1)


def publish(session: Session, code: str, valid_from: date, area: str = XIAOSHAN, **changes: Any) -> PolicyDocument:
    make_place(session, area)
    document = PolicyIn().load(
        {
            "kind": NAME,
            "area": area,
            "valid_from": valid_from.isoformat(),
            "title": {"zh": code, "en": code},
            "source": {"mark": "INFER", "text": "test"},
            "body": a_body(code=code, **changes),
        }
    )
    maker, checker, moment = make_maker(session), make_checker(session), now()
    policy = services.draft_policy(session, document=document, by=maker, now=moment)
    services.submit_policy(session, policy_id=policy.id, by=maker, now=moment)
    return services.publish_policy(session, policy_id=policy.id, by=checker, now=moment, sets_up_history=True)


def test_two_programmes_hold_in_one_place_and_each_is_replaced_alone(session: Session, clock: Any) -> None:
    age, care = publish(session, "age-points", JANUARY), publish(session, "care-points", JANUARY)
    newer = publish(session, "age-points", JUNE, unit_fen=90)
    assert (age.valid_until, care.valid_until, newer.replaces_id) == (JUNE, None, age.id)
    assert queries.find_before(session, newer) is age
    assert queries.find_follower(session, age) is newer
    held = queries.list_in_force(session, kind=NAME, on=JUNE)
    assert [each.id for each in held] == [newer.id, care.id]


def test_the_nearest_document_of_each_code_is_found(session: Session, clock: Any) -> None:
    city = publish(session, "age-points", JANUARY, "330100")
    district = publish(session, "care-points", JANUARY)
    for code, holds in (("age-points", city), ("care-points", district), ("other", None)):
        found = queries.find_policy(session, kind=NAME, variant=code, area_code=IN_XIAOSHAN, on=JUNE)
        assert found is holds


def test_two_documents_of_one_programme_may_not_hold_at_once(session: Session, clock: Any) -> None:
    publish(session, "age-points", JUNE)
    with pytest.raises(PolicyOverlaps):
        publish(session, "age-points", JANUARY)
