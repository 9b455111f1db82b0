"""A street with canteens, people who settle with them, and a month of lunches that can be sealed."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor, Role
from app.auth.actor import HeldRole, holding
from app.auth.models import Account
from app.clock import ZONE
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from subsidies.services import open_account
from subsidies.settlement import services
from subsidies.settlement.drafting import Made
from subsidies.settlement.models import Statement
from subsidies.settlement.reach import Reach
from subsidies.settlement.rules import State, Step, find_period
from tests.app.auth.factories import make_account
from tests.meals.factories import make_policy
from tests.subsidies.factories import CITY, DISTRICT, STREET, Accounts, grant, new_home, open_accounts, reverse, spend

RULES = {"cycle": "month", "confirm_days": 5, "approve_days": 10, "silence": "waits"}
OCTOBER, NOVEMBER = "2026-10", "2026-11"
OTHER_STREET = "330106003"
AREA = Reach(area_codes=(STREET,))
LATER = date(2027, 6, 30)


def at(month: int, day: int, hour: int = 11) -> datetime:
    """Return a moment of 2026 in Hangzhou."""
    return datetime(2026, month, day, hour, 30, tzinfo=ZONE)


@dataclass
class World:
    """Canteens, funders and people; short ways to sell, seal and settle."""

    session: Session
    accounts: Accounts
    clerk: Actor
    approver: Actor
    manager: Actor
    homes: list[int] = field(default_factory=list)

    @property
    def canteen(self) -> int:
        return self.accounts.canteen

    @property
    def merchants(self) -> Reach:
        return Reach(merchants=(self.canteen,))

    def sell(
        self, when: datetime, *, points_fen: int = 500, merchant: int | None = None, funder: int | None = None
    ) -> tuple[int, UUID]:
        """Sell a lunch for points and 6.40 yuan of public money; return its book and id."""
        home = new_home()
        if points_fen:
            grant(self.session, home, points_fen, funder=funder or self.accounts.city, expires_on=LATER, now=when)
        booked = spend(
            self.session, home, points_fen, merchant=merchant or self.canteen, legs=self.accounts.legs, now=when
        )
        assert booked.txn_id is not None
        return home, booked.txn_id

    def undo(self, sale: tuple[int, UUID], when: datetime) -> None:
        """Give a sale back."""
        assert reverse(self.session, sale[0], sale[1], now=when).is_booked

    def seal(self, now: datetime | None = None) -> None:
        """Seal everything."""
        seal_books(self.session, key=sealing_key(), now=now or clock.now())

    def make(self, period: str = OCTOBER, *, area_code: str = CITY, now: datetime | None = None) -> Made:
        """Seal everything and make a period's statements."""
        self.seal(now)
        found = find_period(period)
        assert found is not None
        return services.make_statements(
            self.session, period=found, area_code=area_code, by=self.clerk, now=now or clock.now()
        )

    def statement(self, period: str = OCTOBER, merchant: int | None = None) -> Statement:
        """Return the statement of a merchant for a period."""
        found = find_period(period)
        assert found is not None
        self.session.expire_all()
        return (
            self.session.query(Statement).filter_by(merchant=merchant or self.canteen, period_from=found.from_on).one()
        )

    def step(self, step: Step, statement: Statement, by: Actor | None = None, note: str = "") -> Statement:
        """Take a step as whoever usually takes it."""
        usual = {Step.CONFIRM: self.manager, Step.APPROVE: self.approver, Step.SEND_BACK: self.approver}
        who = by or usual.get(step, self.clerk)
        reach = Reach(merchants=(statement.merchant,)) if step is Step.CONFIRM else AREA
        return services.take_step(
            self.session, step=step, statement_id=statement.id, reach=reach, by=who, now=clock.now(), note=note
        )

    def bring_to(self, state: State, period: str = OCTOBER, merchant: int | None = None) -> Statement:
        """Bring a canteen's statement to a state, step by step."""
        statement = self.statement(period, merchant)
        ways = (
            (State.SENT, Step.SEND, ""),
            (State.CONFIRMED, Step.CONFIRM, ""),
            (State.STREET_CONFIRMED, Step.CONFIRM_FOR_STREET, ""),
            (State.APPROVED, Step.APPROVE, ""),
            (State.PAID, Step.PAY, "B-1"),
        )
        passed = [reached for reached, _step, _note in ways]
        begin = passed.index(State(statement.state)) + 1 if statement.state in passed else 0
        for reached, step, note in ways[begin:]:
            if statement.state == state:
                break
            statement = self.step(step, statement, note=note)
            assert statement.state == reached
        return statement


def person(session: Session, role: Role, area_code: str = STREET) -> Actor:
    """Make somebody with a role for an area."""
    account: Account = make_account(
        session, role, area_code=area_code, name={"street_clerk": "周敏"}.get(role, "徐建平")
    )
    return holding(Actor(account_id=account.id, name=account.name, device="test"), [HeldRole(role, area_code)])


def make_world(session: Session) -> World:
    """Open the canteen, hire people, publish the rules."""
    make_policy(session, kind="settlement_rules", body=RULES)
    manager = make_account(session, name="沈悦")
    return World(
        session=session,
        accounts=open_accounts(session),
        clerk=person(session, Role.STREET_CLERK),
        approver=person(session, Role.DISTRICT_APPROVER, DISTRICT),
        manager=Actor(account_id=manager.id, name=manager.name, device="test"),
    )


def open_merchant(session: Session, ref: str, area_code: str = STREET) -> int:
    """Open another canteen."""
    return open_account(session, kind="merchant", area_code=area_code, owner_ref=f"canteen:{ref}", name=f"食堂{ref}")
