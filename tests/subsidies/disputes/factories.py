"""A senior with a line in the book, a relative who may ask about it, and a clerk who answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.auth.models import Account
from app.people.models import Senior
from app.people.relatives.family_rules import FAMILY_RULES
from subsidies.disputes.models import Dispute
from subsidies.disputes.rules import Reason
from subsidies.disputes.services import open_dispute
from tests.app.people.factories import STREET, make_senior, make_staff
from tests.app.people.relatives.factories import follow
from tests.conftest import NOON
from tests.meals.factories import make_policy
from tests.subsidies.factories import grant, open_accounts


@dataclass(frozen=True)
class Asked:
    """Who asks whom about which line."""

    session: Session
    senior: Senior
    daughter: Actor
    clerk_account: Account
    clerk: Actor
    line: UUID

    def open(self, reason: Reason = Reason.NOT_THERE, words: str = "", now: datetime = NOON) -> Dispute:
        """Let the daughter ask about the line."""
        return open_dispute(
            self.session,
            senior_id=self.senior.id,
            txn_id=self.line,
            reason=reason,
            words=words,
            by=self.daughter,
            now=now,
        )


def make_asked(session: Session) -> Asked:
    """Give a senior points, and a daughter who follows them."""
    senior = make_senior(session, residence_area=STREET)
    make_policy(session, kind="family_rules", body=dict(FAMILY_RULES.example))
    grant(session, senior.id, 7500, funder=open_accounts(session).city)
    line = session.scalar(text("SELECT id FROM ledger.txn WHERE home = :home"), {"home": senior.id})
    clerk = make_staff(session, role=Role.STREET_CLERK, area_code=STREET)
    actor = Actor(account_id=clerk.id, name=clerk.name, roles=frozenset({Role.STREET_CLERK}), area_codes=(STREET,))
    return Asked(session, senior, follow(session, senior), clerk, actor, line)
