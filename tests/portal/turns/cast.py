"""A person with everything: card, points, bed with visits, home with a kit, a daughter; and who records and decides."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock as clocks
from app.auth.actor import Actor, Role
from app.auth.models import Account
from app.clock import ZONE
from app.people.models import Card, Senior
from app.people.turn_rules import EXAMPLE
from app.people.turns import TurnEffect, TurnKind
from care_beds.beds.models import CareBed
from portal.turns.effects import list_effects
from portal.turns.models import LifeTurn
from portal.turns.services import Asked, record_turn
from safety.kits.models import SafetyHome
from subsidies.findings.policy import example_body
from subsidies.findings.registry import list_checks
from tests.app.people.factories import make_actor, make_senior
from tests.app.people.relatives.factories import hold_family_rules, make_link, make_relative
from tests.care_beds.factories import make_bed_in_service, make_visit
from tests.care_beds.factories.documents import hold_document
from tests.conftest import FrozenClock
from tests.meals.factories import DISTRICT, STREET, make_checkout
from tests.meals.lunch import Lunch, make_lunch
from tests.safety.factories import make_device, make_home

TODAY = date(2026, 11, 20)
DIED = date(2026, 11, 18)


@dataclass(frozen=True)
class Life:
    """Everything about one person that a turn of life reaches."""

    session: Session
    clock: FrozenClock
    lunch: Lunch
    senior: Senior
    card: Card
    bed: CareBed
    home: SafetyHome
    daughter: Account
    clerk: Actor
    approver: Actor

    @property
    def effects(self) -> list[TurnEffect]:
        """Return what the features do."""
        return list(list_effects())

    def asked(self, kind: TurnKind, from_on: date = DIED, **more: Any) -> Asked:
        """Ask for a turn of this person."""
        return Asked(senior_id=self.senior.id, kind=kind, from_on=from_on, reason="社区核实", **more)

    def turn(self, kind: TurnKind, from_on: date = DIED, *, by: Actor | None = None, **more: Any) -> LifeTurn:
        """Record a turn of this person."""
        return self.record(self.asked(kind, from_on, **more), by=by)

    def record(self, asked: Asked, *, by: Actor | None = None) -> LifeTurn:
        """Record a turn of somebody."""
        row, _ = record_turn(self.session, asked=asked, effects=self.effects, by=by or self.clerk, now=clocks.now())
        return row

    def eat(self, on: date = TODAY) -> str:
        """Sell this person's lunch on a day, and return the sale's id."""
        at = datetime.combine(on, time(11, 40), tzinfo=ZONE)
        before = self.clock.moment
        self.clock.set(at)
        told = self.lunch.sell(self.card)
        self.clock.set(before)
        assert told.status_code == 201, told.get_json()
        return str(told.get_json()["id"])

    def late_sale(self, **more: Any) -> str:
        """Book a lunch as the door for late sales does: sold today on this card, whatever the register says by now."""
        sold = make_checkout(
            self.session,
            senior_id=self.senior.id,
            card=self.card.number,
            canteen=self.lunch.canteen,
            account_id=self.lunch.cashier_account.id,
            meal_on=TODAY,
            booked_at=clocks.now(),
            **more,
        )
        return str(sold.id)

    def rules(self, **kinds: dict[str, Any]) -> None:
        """Hold other rules for some kinds of turns."""
        whole = {name: {**each, **kinds.get(name, {})} for name, each in EXAMPLE["kinds"].items()}
        hold_document(self.session, "turn_rules", {**EXAMPLE, "kinds": whole})

    def count(self, table: str, condition: str = "true", **values: Any) -> int:
        """Count rows of a table."""
        found = self.session.execute(text(f"SELECT count(*) FROM {table} WHERE {condition}"), values)
        return int(found.scalar_one())

    def balance(self) -> int:
        """Return what the ledger says is left."""
        asked = text("SELECT balance_fen FROM ledger.book WHERE home = :home")
        return int(self.session.execute(asked, {"home": self.senior.id}).scalar_one())


def make_life(session: Session, client: FlaskClient, clock: FrozenClock) -> Life:
    """Put a person in place who has everything, on Friday 2026-11-20 at lunch."""
    lunch = make_lunch(session, client)
    hold_family_rules(session)
    hold_document(session, "audit_checks", example_body(list_checks()))
    senior = make_senior(session, name="王玉兰", hukou_area=STREET, income_class="low_income", ability_level=3)
    card = lunch.card_of(senior, points_fen=10_000)
    bed = make_bed_in_service(session, senior=senior, area_code=STREET)
    for days in (1, 4):
        make_visit(session, bed=bed, on=TODAY + timedelta(days=days))
    home = make_home(session, senior=senior, area_code=STREET)
    make_device(session, home=home)
    daughter = make_relative(session, name="陈敏")
    make_link(session, senior, daughter)
    return Life(
        session=session,
        clock=clock,
        lunch=lunch,
        senior=senior,
        card=card,
        bed=bed,
        home=home,
        daughter=daughter,
        clerk=make_actor(session, area_code=STREET, name="方琳"),
        approver=make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=DISTRICT, name="徐建平"),
    )
