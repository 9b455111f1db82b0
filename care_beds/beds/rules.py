"""The life of a family care bed as data: its steps, who takes them, by when, and what each needs. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class State(StrEnum):
    """How far a bed is, from the application to the equipment that came back."""

    APPLIED = "applied"
    ASSESSED = "assessed"
    SURVEYED = "surveyed"
    PLANNED = "planned"
    AGREED = "agreed"
    ADAPTED = "adapted"
    ACCEPTED = "accepted"
    IN_SERVICE = "in_service"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What is done with a bed; each is written down for good."""

    APPLY = "apply"
    ASSESS = "assess"
    SURVEY = "survey"
    CHOOSE = "choose"
    PLAN = "plan"
    AGREE = "agree"
    ADAPT = "adapt"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    REASSESS = "reassess"
    RENEW = "renew"
    REPLACE = "replace"
    MOVE = "move"
    CLOSE = "close"
    CLEAR = "clear"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


PREPARING = (
    State.APPLIED,
    State.ASSESSED,
    State.SURVEYED,
    State.PLANNED,
    State.AGREED,
    State.ADAPTED,
    State.ACCEPTED,
)
SERVING = (State.IN_SERVICE, State.SUSPENDED)
ENDED = (State.CLOSED, State.REFUSED, State.WITHDRAWN)
# Whoever has one of these cannot apply for another.
LIVE = (*PREPARING, *SERVING)
# A bed in one of these takes a place of its provider, once it has one.
HOLDING = LIVE

CLERK, ASSESSOR, SUPERVISOR = "street_clerk", "assessor", "supervisor"
APPROVER, PROVIDER = "district_approver", "provider_manager"
FAMILY = ("family", "elder")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """From which states a step leads on, where to (nowhere else if nothing is said), and who may take it."""

    from_states: tuple[State, ...]
    roles: frozenset[str]
    to: State | None = None


def _rule(from_states: Iterable[State], roles: Iterable[str], to: State | None = None) -> StepRule:
    return StepRule(from_states=tuple(from_states), roles=frozenset(roles), to=to)


STEPS: Mapping[Step, StepRule] = {
    Step.APPLY: _rule((), (CLERK, *FAMILY), State.APPLIED),
    Step.ASSESS: _rule((State.APPLIED,), (CLERK, ASSESSOR), State.ASSESSED),
    # A survey that grew too old is made anew.
    Step.SURVEY: _rule((State.ASSESSED, State.SURVEYED), (CLERK, ASSESSOR, SUPERVISOR), State.SURVEYED),
    Step.CHOOSE: _rule((State.ASSESSED, State.SURVEYED), (CLERK,)),
    Step.PLAN: _rule((State.SURVEYED,), (CLERK, ASSESSOR), State.PLANNED),
    Step.AGREE: _rule((State.PLANNED,), (CLERK, PROVIDER, *FAMILY), State.AGREED),
    Step.ADAPT: _rule((State.AGREED,), (PROVIDER,), State.ADAPTED),
    Step.SEND_BACK: _rule((State.ADAPTED,), (CLERK, SUPERVISOR, APPROVER), State.AGREED),
    Step.ACCEPT: _rule((State.ADAPTED,), (CLERK, SUPERVISOR, APPROVER), State.ACCEPTED),
    Step.START: _rule((State.ACCEPTED,), (CLERK,), State.IN_SERVICE),
    Step.SUSPEND: _rule((State.IN_SERVICE,), (CLERK,), State.SUSPENDED),
    Step.RESUME: _rule((State.SUSPENDED,), (CLERK,), State.IN_SERVICE),
    Step.REASSESS: _rule((*PREPARING[1:], *SERVING), (CLERK, ASSESSOR)),
    Step.RENEW: _rule(SERVING, (CLERK, PROVIDER, *FAMILY)),
    Step.REPLACE: _rule(SERVING, (CLERK, PROVIDER, *FAMILY)),
    Step.MOVE: _rule(SERVING, (CLERK, ASSESSOR, SUPERVISOR)),
    Step.CLOSE: _rule(SERVING, (CLERK,), State.CLOSING),
    Step.CLEAR: _rule((State.CLOSING,), (CLERK, PROVIDER), State.CLOSED),
    Step.REFUSE: _rule((State.APPLIED, State.ASSESSED, State.SURVEYED, State.PLANNED), (CLERK,), State.REFUSED),
    Step.WITHDRAW: _rule(PREPARING, (CLERK,), State.WITHDRAWN),
}

# The one step that leads a bed on, state by state: what waits for somebody, and whose days are counted.
NEXT: Mapping[State, Step] = {
    State.APPLIED: Step.ASSESS,
    State.ASSESSED: Step.SURVEY,
    State.SURVEYED: Step.PLAN,
    State.PLANNED: Step.AGREE,
    State.AGREED: Step.ADAPT,
    State.ADAPTED: Step.ACCEPT,
    State.ACCEPTED: Step.START,
    State.IN_SERVICE: Step.REASSESS,
    State.SUSPENDED: Step.RESUME,
    State.CLOSING: Step.CLEAR,
}
# Steps with days of their own in the rules; a re-assessment is due by the assessment itself.
COUNTED = tuple(str(step) for step in NEXT.values() if step is not Step.REASSESS)


class Objection(StrEnum):
    """Why a step cannot be taken now, or not by this person."""

    WRONG_STATE = "wrong_state"
    WRONG_ROLE = "wrong_role"


class CloseReason(StrEnum):
    """Why a bed ends."""

    DEATH = "death"
    INSTITUTION = "institution"
    MOVED = "moved"
    RECOVERED = "recovered"
    WISH = "wish"


class PauseReason(StrEnum):
    """Why a bed is suspended."""

    HOSPITAL = "hospital"
    AWAY = "away"
    PROVIDER = "provider"
    OTHER = "other"


class Party(StrEnum):
    """Who signs an agreement: the senior or whoever stands for the senior, the provider, the street."""

    SENIOR = "senior"
    PROVIDER = "provider"
    STREET = "street"


class ItemState(StrEnum):
    """How far a change to the home is."""

    WANTED = "wanted"
    DONE = "done"
    WAIVED = "waived"


class DeviceState(StrEnum):
    """How far a device is."""

    WANTED = "wanted"
    INSTALLED = "installed"
    TESTED = "tested"
    FAULTY = "faulty"
    RETURNED = "returned"
    LOST = "lost"
    WAIVED = "waived"


# Devices that are in the home, and must come back when the bed ends.
STANDING = (DeviceState.INSTALLED, DeviceState.TESTED, DeviceState.FAULTY)


def object_to(step: Step, *, state: State | None, roles: Collection[str]) -> Objection | None:
    """Say why a step cannot be taken from a state by somebody with these roles.

    :param state: nothing before the application
    """
    rule = STEPS[step]
    if (state not in rule.from_states) if rule.from_states else (state is not None):
        return Objection.WRONG_STATE
    return None if rule.roles & set(roles) else Objection.WRONG_ROLE


def leads_to(step: Step, state: State) -> State:
    """Return where a step leads from a state."""
    return STEPS[step].to or state


def list_steps(state: State, *, roles: Collection[str]) -> Sequence[Step]:
    """Return the steps that somebody with these roles may take from a state, in the order of a bed's life."""
    return [step for step in STEPS if object_to(step, state=state, roles=roles) is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Who a bed is for, and which devices belong to it at least."""

    code: str
    title: Mapping[str, str]
    age_from: int
    levels: frozenset[int]
    income_classes: frozenset[str]
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BedTerms:
    """What a document says of beds: programmes, days for each step, and what can be built in."""

    policy_id: int
    programmes: tuple[Programme, ...]
    days: Mapping[str, int]
    hospital_days: int
    agreement_months: int
    agreement_back_days: int
    agreement_ahead_days: int
    survey_months: int
    device_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    item_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def find_programme(self, code: str) -> Programme | None:
        """Return a programme by its code, or nothing."""
        return next((each for each in self.programmes if each.code == code), None)


def find_due_on(state: State, *, on: date, terms: BedTerms, valid_until: date | None = None) -> date | None:
    """Return the last day for the step that comes next; nothing where nothing waits.

    :param on: when the state was reached
    :param valid_until: the first day on which the assessment no longer holds
    """
    if state is State.IN_SERVICE:
        return valid_until - timedelta(days=1) if valid_until else None
    step = NEXT.get(state)
    return on + timedelta(days=terms.days[str(step)]) if step else None


class Unfit(StrEnum):
    """Why a programme is not for a person."""

    TOO_YOUNG = "too_young"
    INCOME = "income"
    LEVEL = "level"


def list_unfit(programme: Programme, *, age: int, income_class: str, level: int | None = None) -> Sequence[Unfit]:
    """Say why a programme is not for a person.

    :param level: nothing while it is not known: then it rules nobody out
    """
    found = []
    if age < programme.age_from:
        found.append(Unfit.TOO_YOUNG)
    if programme.income_classes and income_class not in programme.income_classes:
        found.append(Unfit.INCOME)
    if level is not None and level not in programme.levels:
        found.append(Unfit.LEVEL)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A change to the home, for judging whether it is finished."""

    item: str
    state: ItemState
    has_before: bool
    has_after: bool
    builder: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A device, for judging whether it may be used."""

    kind: str
    state: DeviceState
    installer: int | None


class Missing(StrEnum):
    """What a bed still lacks."""

    ITEM = "item"
    BEFORE = "before"
    AFTER = "after"
    DEVICE = "device"
    TEST = "test"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something missing, and of what."""

    what: Missing
    subject: str


def list_unbuilt(works: Iterable[Work], fittings: Sequence[Fitting], *, required: Iterable[str]) -> Sequence[Lack]:
    """Say what is not built yet: changes without pictures of before and after, devices that are not there."""
    found = [lack for work in works for lack in _unbuilt(work)]
    found += [Lack(Missing.DEVICE, each.kind) for each in fittings if each.state is DeviceState.WANTED]
    # One that the family has already is waived, with a reason: it is there all the same.
    there = {each.kind for each in fittings if each.state not in (DeviceState.RETURNED, DeviceState.LOST)}
    return [*found, *(Lack(Missing.DEVICE, kind) for kind in required if kind not in there)]


def list_unproved(works: Iterable[Work], fittings: Sequence[Fitting], *, required: Iterable[str]) -> Sequence[Lack]:
    """Say what stands against an acceptance: whatever is not built, and devices that nobody has tested."""
    found = list(list_unbuilt(works, fittings, required=required))
    found += [Lack(Missing.TEST, each.kind) for each in fittings if each.state is DeviceState.INSTALLED]
    return [*found, *(Lack(Missing.FAULTY, each.kind) for each in fittings if each.state is DeviceState.FAULTY)]


def has_built(account_id: int, works: Iterable[Work], fittings: Iterable[Fitting]) -> bool:
    """Say whether somebody had a hand in what was built: such a one does not accept it."""
    hands = {work.builder for work in works if work.state is ItemState.DONE}
    return account_id in hands | {each.installer for each in fittings if each.state in STANDING}


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, the last of its month where that is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (after - timedelta(days=1)).day))


def first_long_day(stay_from: date, hospital_days: int) -> date:
    """Return the first day on which a stay in hospital is longer than a bed stays in service for it."""
    return stay_from + timedelta(days=hospital_days)


def number_of(area_code: str, running: int) -> str:
    """Write a bed's number: its district and a number that no other bed has."""
    return f"{area_code[:6]}-{running:04d}"


def _unbuilt(work: Work) -> Iterable[Lack]:
    if work.state is ItemState.WANTED:
        if work.has_before and work.has_after:
            yield Lack(Missing.ITEM, work.item)
        if not work.has_before:
            yield Lack(Missing.BEFORE, work.item)
        if not work.has_after:
            yield Lack(Missing.AFTER, work.item)
