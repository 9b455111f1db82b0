"""Looking back: what was spent after a death or during a stay, also by tills that sent it later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.money import yuan
from app.people.deaths import list_deaths
from app.people.queries import profile_on
from app.people.turn_rules import LONGEST_MONTHS, find_turn_rules
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from portal.turns.acting import nobody, turn_of
from portal.turns.before import bounded, find_death
from portal.turns.claims import make_claims
from portal.turns.effects import written
from portal.turns.models import LifeTurn, TurnStep

# Moments are taken before the commit: what was committed late is seen by the next look.
OVERLAP = timedelta(hours=2)
AT_A_TIME = 200
WATCHED = (TurnKind.DEATH, TurnKind.HOSPITAL, TurnKind.INSTITUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was spent by somebody after a death: when it was, and what each feature found."""

    senior_id: int
    died_on: date
    found: Sequence[tuple[str, Effect]]


def watch(session: Session, *, effects: Sequence[TurnEffect], now: datetime) -> int:
    """Look at whoever spent something lately though a turn stands against it; return how many claims were made.

    Safe to run twice: a spend is claimed once.
    """
    spenders = {senior_id for each in effects if each.spenders for senior_id in each.spenders(session, now - OVERLAP)}
    made = 0
    for row in _turns_of(session, sorted(spenders)):
        turn = bounded(session, turn_of(row, by=nobody(), now=now))
        if turn is None:
            continue
        done = _find_after(session, turn, effects)
        claims = make_claims(session, row, done, by=nobody(), now=now)
        if claims:
            session.add(TurnStep(turn_id=row.id, step="found", at=now, detail=written(done)))
            session.flush()
        made += len(claims)
    return made


def look_back(
    session: Session, *, effects: Sequence[TurnEffect], months: int | None, after: int, now: datetime
) -> Iterator[Seen]:
    """Look at what was spent in the months after deaths, and write findings; some people at a time.

    :param months: how long ago a death may be; as long as the rules of the person's place say, when left out
    :param after: the last person that was looked at
    """
    today = business_day(now)
    since = _months_before(today, months or LONGEST_MONTHS)
    for death in list_deaths(session, since=since, after=after, limit=AT_A_TIME):
        if months is None and death.from_on < _since(session, death.senior_id, today):
            yield Seen(senior_id=death.senior_id, died_on=death.from_on, found=())
            continue
        row = find_death(session, senior_id=death.senior_id)
        turn = turn_of(row, by=nobody(), now=now) if row else _unrecorded(death.senior_id, death.from_on, now)
        done = _find_after(session, turn, effects)
        if row is not None:
            make_claims(session, row, done, by=nobody(), now=now)
        yield Seen(senior_id=death.senior_id, died_on=death.from_on, found=done)


def _find_after(session: Session, turn: Turn, effects: Sequence[TurnEffect]) -> list[tuple[str, Effect]]:
    return [(each.name, effect) for each in effects if each.find_after for effect in each.find_after(session, turn)]


def _turns_of(session: Session, senior_ids: Sequence[int]) -> Sequence[LifeTurn]:
    """Return the deaths and stays that stand of some people."""
    query = (
        select(LifeTurn)
        .where(LifeTurn.senior_id.in_(senior_ids), LifeTurn.undone_at.is_(None), LifeTurn.kind.in_(WATCHED))
        .order_by(LifeTurn.senior_id, LifeTurn.from_on, LifeTurn.id)
    )
    # Held until the end: what is taken back meanwhile gets no claim, and two looks do not claim the same.
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _since(session: Session, senior_id: int, today: date) -> date:
    place = profile_on(session, senior_id=senior_id, day=today).residence_area
    return _months_before(today, find_turn_rules(session, area_code=place, on=today).look_back_months)


def _unrecorded(senior_id: int, from_on: date, now: datetime) -> Turn:
    """Return a death that stands in the register from before turns of life were recorded as such."""
    return Turn(id=None, kind=TurnKind.DEATH, senior_id=senior_id, from_on=from_on, by=nobody(), now=now)


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, 1)


def tell(seen: Seen) -> list[str]:
    """Say in lines what was found about one death; people by their number in the register only."""
    return [
        f"senior:{seen.senior_id} {seen.died_on} {feature} {effect.code} {effect.count} {yuan(effect.amount_fen or 0)}"
        for feature, effect in seen.found
    ]
