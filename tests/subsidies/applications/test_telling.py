"""Families hear how an application was decided, and not for which programme."""

import pytest
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.messages.kinds import get_kind
from app.messages.models import Notice
from app.people.relatives.rules import Topic
from subsidies.applications import services
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.subsidies.applications.factories import apply, make_approver, make_clerk, make_disabled, publish_documents


@pytest.mark.parametrize(
    ("approves", "language", "expected"),
    [
        (True, "en", "The application of 王秀英 was approved. The street office says from when on."),
        (
            False,
            "en",
            "The application of 王秀英 was not approved. The street office says why, and how to object.",
        ),
    ],
)
def test_a_decision_is_told(
    session: Session, clock: FrozenClock, *, approves: bool, language: str, expected: str
) -> None:
    senior, clerk, approver = make_disabled(session), make_clerk(session), make_approver(session)
    publish_documents(session)
    daughter = make_relative(session)
    make_link(session, senior, daughter, topics=[Topic.BALANCE])
    application_id = apply(session, senior, clerk)
    services.check(session, application_id=application_id, supports=True, reason="", actor=clerk, now=clock.now())
    services.decide(
        session, application_id=application_id, approves=approves, reason="材料不全", actor=approver, now=clock.now()
    )
    told = session.scalars(select(Notice).where(Notice.account_id == daughter.id)).one()
    with force_locale(language):
        assert get_kind(told.kind).text(told.params) == expected
    assert set(told.params) == {"name", "approves"}
