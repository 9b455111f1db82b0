"""A home that calls for help, the people around it, and an operator on duty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, HeldRole, Role, holding
from safety.alerts import services
from safety.alerts.models import AlertCall, AlertRing, AlertStep, Incident, Shift
from safety.kits.models import SafetyHome
from tests.app.auth.factories import STREET, make_account
from tests.conftest import FrozenClock
from tests.safety.factories import make_contact, make_home

DISTRICT = STREET[:6]


@dataclass(frozen=True)
class Why:
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signal:
    rule: str
    at: datetime
    priority: int = 1
    place: str = "bedroom"
    kind: str = "raise"
    why: Why = Why("sos")


def make_staff(session: Session, role: Role, *, area_code: str = STREET, name: str = "李敏") -> Actor:
    account = make_account(session, role, name=name, area_code=area_code)
    return holding(Actor(account_id=account.id, name=name, device="test"), [HeldRole(role, area_code)])


@dataclass
class World:
    """One home and the people around it."""

    session: Session
    home: SafetyHome
    operator: Actor
    other: Actor

    @property
    def now(self) -> datetime:
        return clock.now()

    def hear(self, *signals: Signal, home: SafetyHome | None = None) -> list[Incident]:
        """Let signals come in."""
        home_id = (home or self.home).id
        return services.take_signals(
            self.session, signals_by_home={home_id: list(signals)}, received_at=self.now, now=self.now
        )

    def sos(self, **others: Any) -> Incident:
        """Press the key."""
        return self.hear(Signal("sos", self.now, **others))[0]

    def quiet(self, *, at: datetime | None = None, kind: str = "raise", home: SafetyHome | None = None) -> Incident:
        return self.hear(Signal("quiet", at or self.now, 2, "", kind, Why("quiet")), home=home)[0]

    def steps(self, incident: Incident, *, number: int | None = None) -> list[AlertStep]:
        query = select(AlertStep).where(
            AlertStep.incident_id == incident.id, AlertStep.round == (number or incident.round)
        )
        ordered = query.order_by(AlertStep.position).execution_options(populate_existing=True)
        return list(self.session.scalars(ordered))

    def told(self, incident: Incident, *, number: int | None = None) -> dict[str, str]:
        """Return what became of each step: its time, why it was left out, or what came of it."""
        found = {}
        for each in self.steps(incident, number=number):
            due = f"+{int((each.due_at - incident.opened_at).total_seconds())}" if each.due_at else "-"
            state = each.skipped_reason or each.means or ("asked" if each.started_at else due)
            found[f"{each.kind}{each.nth if each.kind in ('contact', 'neighbour') else ''}"] = state
        return found

    def rings(self, incident: Incident) -> list[tuple[str, str]]:
        query = select(AlertRing).where(AlertRing.incident_id == incident.id).order_by(AlertRing.id)
        rows = self.session.scalars(query.execution_options(populate_existing=True))
        return [(each.kind, "answered" if each.answered_at else "ended" if each.ended_at else "rings") for each in rows]

    def calls(self) -> Sequence[AlertCall]:
        return self.session.scalars(
            select(AlertCall).order_by(AlertCall.id).execution_options(populate_existing=True)
        ).all()

    def go(self, *, now: datetime | None = None, at_desk: bool = True) -> int:
        """Let the product do what is due, with the operators before their desks, or their browsers dead."""
        if at_desk:
            self.session.execute(update(Shift).values(seen_at=now or self.now))
        done = services.escalate_due(self.session, now=now or self.now)
        self.session.expire_all()
        return done

    def changes(self) -> list[tuple[int, str]]:
        """Return what desks would have heard of, as if the transaction were committed now."""
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        rows = self.session.execute(text("SELECT incident_id, state FROM safety_change ORDER BY seq"))
        return [(row.incident_id, row.state) for row in rows]


def make_world(session: Session, *, on_duty: bool = True, contacts: int = 2) -> World:
    """Make a home with contacts, and an operator on duty."""
    home = make_home(session)
    for position in range(1, contacts + 1):
        make_contact(session, home, position=position, name=f"家人{position}")
    operator = make_staff(session, Role.OPERATOR)
    other = make_staff(session, Role.OPERATOR, name="周航")
    world = World(session, home, operator, other)
    if on_duty:
        services.start_shift(session, area_code=STREET, sound_heard=True, by=operator, now=world.now)
    return world


MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def answer_after(world: World, frozen: FrozenClock, *waits: int) -> None:
    """Let a key be pressed, taken and closed so many seconds later, once for each of the waits, an hour apart."""
    for seconds in waits:
        about = {"incident_id": world.sos().id, "by": world.operator}
        frozen.advance(seconds=seconds)
        services.take(world.session, **about, now=world.now)
        services.close(world.session, **about, outcome="well", words="没事", now=world.now)
        frozen.advance(hours=1)
