"""Two at the same moment: one wins, the other is told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import db
from app.errors import DomainError
from subsidies.applications import services
from subsidies.applications.models import Application
from tests.conftest import NOON, FrozenClock
from tests.subsidies.applications.factories import (
    apply,
    make_approver,
    make_clerk,
    make_disabled,
    publish_documents,
)


def at_once(app: Flask, works: list[Callable[[Session], object]]) -> Counter[str]:
    """Do each work in a transaction and a thread of its own; return what came of them."""

    def run(work: Callable[[Session], object]) -> str:
        with app.app_context():
            try:
                with Session(db.engine) as session, session.begin():
                    work(session)
            except DomainError as error:
                return error.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return Counter(pool.map(run, works))


def test_of_two_clerks_and_two_approvers_at_once_one_wins_each_time(
    app: Flask, committed_db: Session, clock: FrozenClock
) -> None:
    senior = make_disabled(committed_db)
    publish_documents(committed_db)
    clerk, other = make_clerk(committed_db), make_clerk(committed_db)
    approvers = [make_approver(committed_db), make_approver(committed_db)]
    committed_db.commit()
    assert at_once(app, [lambda s, by=by: apply(s, senior, by) for by in (clerk, other)] * 2) == {  # type: ignore[misc]
        "done": 1,
        "already_applied": 3,
    }
    found = committed_db.scalars(select(Application.id)).one()
    services.check(committed_db, application_id=found, supports=True, reason="", actor=clerk, now=NOON)
    committed_db.commit()

    def decide(by: int) -> Callable[[Session], object]:
        return lambda s: services.decide(
            s, application_id=found, approves=bool(by), reason="不", actor=approvers[by], now=NOON
        )

    assert at_once(app, [decide(0), decide(1)]) == {"done": 1, "wrong_state": 1}
