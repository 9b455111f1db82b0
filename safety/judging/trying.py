"""Trying rules that are a draft on last month's events: alarms by rule, as it was and as it would be."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Double, Select, Text, column, func, select, table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.areas.queries import within
from app.auth import Actor
from app.clock import business_day
from app.db import transaction
from app.policies.access import reading_areas
from app.policies.errors import PolicyNotFound
from app.policies.models import PolicyDocument
from app.policies.queries import get_policy, get_policy_for
from safety.judging.errors import TrialNotFound
from safety.judging.events import Event
from safety.judging.models import SafetyRulesTrial
from safety.judging.policy import NAME, load_rules, rules_of, with_overrides
from safety.judging.replaying import Away, replay
from safety.judging.signals import PRIORITIES, RAISE, Rule
from safety.judging.terms import SafetyRules
from safety.kits import queries as kits
from safety.kits.away import list_away_told

# The first week of the month before is only learned from: no home is as strange as on its first day.
LEARNED_DAYS, COUNTED_DAYS = 7, 28
HOMES_AT_ONCE = 4
MOST_HOMES = 300
FORGOTTEN = timedelta(days=1)
OPEN = text("finished_at IS NULL")
OLD, NEW, KNOWN = "old", "new", "known"

# Other parts' tables are read by name.
HOME = table("safety_home", column("id", BigInteger), column("area_code", Text), column("state", Text))
EVENT = table(
    "safety_event",
    column("home_id", BigInteger),
    column("device_id", BigInteger),
    column("kind", Text),
    column("place", Text),
    column("state", Text),
    column("value", Double),
    column("device_at", DateTime(timezone=True)),
    column("occurred_at", DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule's alarms of four weeks, as the rules in force raise them and as the draft would."""

    rule: Rule
    priority: int
    old: int
    new: int


def get_draft(session: Session, *, policy_id: int, actor: Actor) -> PolicyDocument:
    """Return a document of rules that somebody may read.

    :raises PolicyNotFound: if there is none
    """
    policy = get_policy_for(session, policy_id, area_codes=reading_areas(actor))
    if policy.kind != NAME:
        raise PolicyNotFound
    return policy


def ask_for_trial(session: Session, policy: PolicyDocument, *, by: Actor, now: datetime) -> int:
    """Write down that somebody wants a draft tried, unless it is being tried, and return the number."""
    known = _count(session, policy)
    asked = {
        "policy_id": policy.id,
        "asked_by": by.account_id,
        "asked_at": now,
        "homes": min(known, MOST_HOMES),
        "counts": {KNOWN: known},
    }
    added = insert(SafetyRulesTrial).values(asked)
    session.execute(added.on_conflict_do_nothing(index_elements=["policy_id"], index_where=OPEN))
    found = find_trial(session, policy_id=policy.id)
    assert found is not None
    return found.id


def find_trial(session: Session, *, policy_id: int) -> SafetyRulesTrial | None:
    """Return the latest trial of a draft."""
    query = select(SafetyRulesTrial).where(SafetyRulesTrial.policy_id == policy_id)
    return session.scalars(query.order_by(SafetyRulesTrial.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialShown:
    """How far a trial is, and what came of it."""

    policy_id: int
    asked_at: datetime
    finished_at: datetime | None
    homes: int
    homes_known: int
    looked_at: int
    a_week_old: float
    a_week_new: float
    rules: Sequence[Compared]


def show_trial(session: Session, *, policy_id: int) -> TrialShown:
    """Return the latest trial of a draft.

    :raises TrialNotFound: if nobody had it tried
    """
    found = find_trial(session, policy_id=policy_id)
    if found is None:
        raise TrialNotFound
    lines = compare(found.counts)
    old, new = a_week(lines, found.looked_at)
    return TrialShown(
        policy_id=policy_id,
        asked_at=found.asked_at,
        finished_at=found.finished_at,
        homes=found.homes,
        homes_known=max(count_known(found.counts), found.homes),
        looked_at=found.looked_at,
        a_week_old=old,
        a_week_new=new,
        rules=lines,
    )


def run_trial(trial_id: int, *, clock: Callable[[], datetime]) -> None:
    """Try a draft on a few homes at a time until all are done; safe to repeat, at once too, and to be killed."""
    going = True
    while going:
        with transaction() as session:
            going = try_some(session, trial_id=trial_id, now=clock())


def try_some(session: Session, *, trial_id: int, now: datetime) -> bool:
    """Try a draft on the next homes, and say whether more are left."""
    query = select(SafetyRulesTrial).where(SafetyRulesTrial.id == trial_id, OPEN).with_for_update(skip_locked=True)
    trial = session.scalars(query).first()
    if trial is None:
        return False
    policy = get_policy(session, trial.policy_id)
    left = MOST_HOMES - trial.looked_at
    ids = _next_homes(session, policy, trial, min(HOMES_AT_ONCE, left)) if left > 0 else []
    if not ids:
        trial.finished_at = now
        return False
    trial.counts = _add(trial.counts, _try_homes(session, policy, ids, trial.asked_at))
    trial.looked_at += len(ids)
    trial.last_home_id = ids[-1]
    return True


def list_unfinished(session: Session, *, now: datetime) -> Sequence[int]:
    """List trials that a worker was never told of, or lost."""
    query = select(SafetyRulesTrial.id).where(OPEN, SafetyRulesTrial.asked_at > now - FORGOTTEN)
    return session.scalars(query.order_by(SafetyRulesTrial.id).limit(20)).all()


def compare(counts: Mapping[str, Any]) -> list[Compared]:
    """Return the rules that raised anything, the most urgent first."""
    old, new = counts.get(OLD, {}), counts.get(NEW, {})
    rules = sorted((Rule(name) for name in {*old, *new}), key=lambda rule: (PRIORITIES[rule], str(rule)))
    return [Compared(rule, PRIORITIES[rule], old.get(rule, 0), new.get(rule, 0)) for rule in rules]


def a_week(compared: Iterable[Compared], homes: int) -> tuple[float, float]:
    """Return the alarms of P1 and P2 a home and week, old and new."""
    urgent = [each for each in compared if each.priority <= 2]
    home_weeks = max(homes, 1) * COUNTED_DAYS / 7
    return sum(each.old for each in urgent) / home_weeks, sum(each.new for each in urgent) / home_weeks


def _homes(policy: PolicyDocument) -> Select[tuple[int]]:
    return select(HOME.c.id).where(HOME.c.state == "active", within(HOME.c.area_code, [policy.area_code]))


def _next_homes(session: Session, policy: PolicyDocument, trial: SafetyRulesTrial, limit: int) -> list[int]:
    """Return the next homes of a sample that is spread over all there are: the first ones may be of one street."""
    every = max(-(-count_known(trial.counts) // MOST_HOMES), 1)
    query = _homes(policy).where(HOME.c.id > trial.last_home_id, HOME.c.id % every == 0)
    return [row.id for row in session.execute(query.order_by(HOME.c.id).limit(limit))]


def count_known(counts: Mapping[str, Any]) -> int:
    """Return of how many homes those that were tried are a sample; 0 of a trial that an older edition wrote."""
    return int(counts.get(KNOWN, 0))


def _count(session: Session, policy: PolicyDocument) -> int:
    return session.scalar(select(func.count()).select_from(_homes(policy).subquery())) or 0


def _try_homes(
    session: Session, policy: PolicyDocument, ids: Sequence[int], until: datetime
) -> Mapping[str, Counter[str]]:
    draft, today = load_rules(policy.body, document_id=policy.id), business_day(until)
    settings = kits.settings_of(session, home_ids=ids, on=today)
    in_force = rules_of(session, home_ids=ids, on=today)
    told = list_away_told(session, home_ids=ids, until=until)
    found = {OLD: Counter[str](), NEW: Counter[str]()}
    for home_id, events in _read_events(session, ids, until).items():
        away = [Away(each.at, each.begins, each.ends) for each in told.get(home_id, ())]
        # What is said of now was not known then: each time away counts from when it was told.
        old = replace(in_force[home_id], away_from=None, away_until=None)
        found[OLD].update(_alarms(events, old, away, until))
        found[NEW].update(_alarms(events, with_overrides(draft, settings.get(home_id, {})), away, until))
    return found


def _alarms(events: Sequence[Event], rules: SafetyRules, away: Sequence[Away], until: datetime) -> Iterable[str]:
    counted = until - timedelta(days=COUNTED_DAYS)
    signals = replay(events, rules, away=away)
    return (str(each.rule) for each in signals if each.kind == RAISE and each.at >= counted)


def _read_events(session: Session, ids: Sequence[int], until: datetime) -> Mapping[int, Sequence[Event]]:
    since = until - timedelta(days=COUNTED_DAYS + LEARNED_DAYS)
    query = (
        select(EVENT)
        .where(EVENT.c.home_id.in_(ids), EVENT.c.device_at >= since, EVENT.c.device_at < until)
        .order_by(EVENT.c.home_id, EVENT.c.occurred_at)
    )
    found: dict[int, list[Event]] = defaultdict(list)
    for row in session.execute(query):
        event = Event(row.occurred_at, str(row.device_id), row.kind, row.place, row.state, row.value)
        found[row.home_id].append(event)
    return found


def _add(kept: Mapping[str, Any], more: Mapping[str, Counter[str]]) -> dict[str, Any]:
    added = {side: dict(Counter(kept.get(side, {})) + more[side]) for side in (OLD, NEW)}
    return {**kept, **added}
