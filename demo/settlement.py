"""Settles the demonstration's history: earlier months are paid, the last one stands at every step of its way."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

import subsidies
from app.auth import Actor
from app.clock import business_day
from app.policies.folder import read_folder
from app.policies.queries import find_policy
from app.policies.services import seed_policies
from demo.canteens import Place
from demo.places import CITY
from demo.staff import SHOW_CANTEEN, Office, hire_keeper
from subsidies.queries import settlement as statements
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from subsidies.services import settlement
from subsidies.settlement.rules import Cycle, Period, State, Step, period_before, period_from

AREA = settlement.Reach(area_codes=(CITY,))
KIND = "settlement_rules"
FOLDER = Path(subsidies.__file__).resolve().parent / "policies"
# Where the statements of the last month stand, one after the other.
STANDS = (
    State.PAID,
    State.APPROVED,
    State.STREET_CONFIRMED,
    State.CONFIRMED,
    State.DISPUTED,
    State.SENT,
    State.DRAFTED,
)
WAY = (
    (State.SENT, Step.SEND),
    (State.CONFIRMED, Step.CONFIRM),
    (State.STREET_CONFIRMED, Step.CONFIRM_FOR_STREET),
    (State.APPROVED, Step.APPROVE),
    (State.PAID, Step.PAY),
)


class Hands(NamedTuple):
    """Whose hands the statements go through."""

    clerk: Actor
    keeper: Actor
    approver: Actor


def settle(session: Session, *, office: Office, places: Sequence[Place], since: date, now: datetime) -> int:
    """Make the statements of each month since a day, and move them; return how many there are."""
    _publish_rules(session, office=office, now=now)
    seal_books(session, key=sealing_key(), now=now)
    keeper = hire_keeper(session, area_code=places[0].area_code, canteen_id=places[0].id, now=now)
    hands = Hands(office.drafter, keeper, office.checker)
    last = period_before(business_day(now), Cycle.MONTH)
    stands = cycle(STANDS)
    for period in _months(since, last):
        settlement.make_statements(session, period=period, area_code=CITY, by=hands.clerk, now=now)
        for line in statements.list_statements(session, reach=AREA, period=period, limit=500).items:
            state = State.PAID if period != last else _state_of(line.owner_ref, stands)
            _bring_to(session, line.id, line.merchant, state, hands=hands, now=now)
    _name_payees(session, last, hands=hands, now=now)
    return sum(each.statements for each in statements.list_periods(session, reach=AREA))


def _publish_rules(session: Session, *, office: Office, now: datetime) -> None:
    if find_policy(session, kind=KIND, area_code=CITY, on=business_day(now)) is None:
        documents = [each for each in read_folder(FOLDER) if each["kind"] == KIND]
        seed_policies(session, documents=documents, maker=office.drafter, checker=office.checker, now=now)


def _months(since: date, last: Period) -> list[Period]:
    found = [period_from(since, Cycle.MONTH)]
    while found[-1].from_on < last.from_on:
        found.append(period_from(found[-1].until_on, Cycle.MONTH))
    return [period for period in found if period.from_on <= last.from_on]


def _state_of(owner_ref: str, stands: Iterator[State]) -> State:
    """Return where a canteen's last statement stands; the one that visitors work in is left to them."""
    return State.DRAFTED if owner_ref == f"canteen:{SHOW_CANTEEN}" else next(stands)


def _bring_to(session: Session, statement_id: int, merchant: int, state: State, *, hands: Hands, now: datetime) -> None:
    if state is State.DRAFTED:
        return
    target = State.SENT if state is State.DISPUTED else state
    for reached, step in WAY:
        _step(session, statement_id, merchant, step, hands=hands, now=now)
        if reached is target:
            break
    if state is State.DISPUTED:
        _dispute(session, statement_id, merchant, hands=hands, now=now)


def _step(session: Session, statement_id: int, merchant: int, step: Step, *, hands: Hands, now: datetime) -> None:
    who = {Step.CONFIRM: hands.keeper, Step.APPROVE: hands.approver}.get(step, hands.clerk)
    reach = settlement.Reach(merchants=(merchant,)) if step is Step.CONFIRM else AREA
    note = f"{now:%Y%m%d}{statement_id:06d}" if step is Step.PAY else ""
    settlement.take_step(session, step=step, statement_id=statement_id, reach=reach, by=who, now=now, note=note)


def _dispute(session: Session, statement_id: int, merchant: int, *, hands: Hands, now: datetime) -> None:
    settlement.dispute_line(
        session,
        statement_id=statement_id,
        n=1,
        reason="这一笔当天已经退给老人了，请核对",
        reach=settlement.Reach(merchants=(merchant,)),
        by=hands.keeper,
        now=now + timedelta(minutes=1),
    )


def _name_payees(session: Session, period: Period, *, hands: Hands, now: datetime) -> None:
    for line in statements.list_statements(session, reach=AREA, period=period, limit=500).items:
        settlement.ask_payee(
            session,
            merchant=line.merchant,
            holder=line.merchant_name,
            bank="演示银行",
            number=f"900000{line.merchant:010d}",
            by=hands.clerk,
            now=now,
        )
        settlement.accept_payee(session, merchant=line.merchant, by=hands.approver, now=now)
