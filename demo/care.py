"""Family care beds of the demonstration: beds at every step of their life, visits, one paid month, and what is odd.

Everything goes through the product's own services, at the hour at which it would have happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE, business_day
from app.people.rules import Status
from app.people.services import record_status
from care_beds.beds import services as beds
from care_beds.beds.applying import Applicant
from care_beds.beds.models import CareBed
from care_beds.beds.rules import CloseReason, PauseReason, State
from care_beds.rounds.objecting import object_to_visit, rate_visit
from care_beds.visits.models import CareVisit
from care_beds.visits.services import Line, confirm_lapsed, generate_visits
from demo.care_lives import Life, Wish
from demo.care_money import pay_care
from demo.care_odd import PRICE_FEN, play_tricks
from demo.care_others import assess_others
from demo.care_rounds import Rounds
from demo.care_staff import CareStaff, hire_care
from demo.families import FATHER, MOTHER, NEIGHBOUR, find_family
from demo.register import Registered
from demo.staff import POSTS, Office, find_post

FOUNDED_BEFORE, AHEAD = timedelta(days=190), timedelta(days=28)
DAUGHTER = Applicant(relation="child", name="陈丽华", phone="19800000001")
POOR = frozenset({"destitute", "low_income", "low_margin"})
HOUR = 60
IDLE_PLACE = 5
IDLE = text(
    """
    SELECT b.home FROM ledger.book AS b
     WHERE b.home = ANY (:ids) AND b.balance_fen BETWEEN 20000 AND 40000 AND b.balance_fen % :price * 5 <= b.balance_fen
       AND NOT EXISTS (SELECT FROM ledger.txn AS t WHERE t.home = b.home AND t.kind = 'spend')
     ORDER BY b.home
    """
)
ELSEWHERE = text("SELECT senior_id FROM senior_status WHERE senior_id = ANY (:ids) AND status <> 'active'")
SINCE_DAYS, IN_HOSPITAL_DAYS = {"suspended": 2, "closing": 4, "refused": 2}, 18
OBJECTION = "那天只待了半个小时，没有洗澡。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How far a bed is, and for how long it was applied for; the first ones are there even in a small town."""

    state: State
    days: int
    provider: int = 0
    then: str = ""


SHOWN = (
    Shown(state=State.IN_SERVICE, days=104),
    Shown(state=State.IN_SERVICE, days=60),
    Shown(state=State.APPLIED, days=20),
    Shown(state=State.PLANNED, days=15),
    Shown(state=State.ADAPTED, days=34),
    Shown(state=State.IN_SERVICE, days=48, provider=1),
    Shown(state=State.IN_SERVICE, days=70, then="suspended"),
    Shown(state=State.ASSESSED, days=6),
    Shown(state=State.SURVEYED, days=11),
    Shown(state=State.AGREED, days=24, provider=1),
    Shown(state=State.ACCEPTED, days=37),
    Shown(state=State.IN_SERVICE, days=53, provider=1, then="closing"),
    Shown(state=State.APPLIED, days=12, then="refused"),
)


def open_care(session: Session, *, seniors: Iterable[Registered], office: Office, now: datetime) -> None:
    """Open care beds in the clerk's street; the daughter's second senior has the one with a paid month."""
    today = business_day(now)
    founded = datetime.combine(today - FOUNDED_BEFORE, time(9), tzinfo=ZONE)
    staff = hire_care(session, office=office, now=founded, today=today)
    clerk, family = find_post(session, "clerk"), find_family(session)
    mother, people = _choose(session, seniors)
    made: list[CareBed] = []
    for shown, senior in zip(SHOWN, people, strict=False):
        wish = _wish(shown, senior, staff, today=today, is_first=not made)
        bed = Life(session, wish, staff=staff, clerk=clerk).live()
        _go_on(session, bed, shown.then, office=office, clerk=clerk, today=today)
        made.append(bed)
    others = [each.id for each in people[len(SHOWN) :]]
    assess_others(session, senior_ids=others, staff=staff, clerk=clerk, now=now)
    if mother:
        _ask_for_mother(session, mother, clerk=clerk, now=now)
    for provider_id in staff.providers:
        since = today - timedelta(days=SHOWN[0].days)
        generate_visits(session, from_on=since, until_on=today + AHEAD, provider_id=provider_id, now=founded)
    rounds = Rounds(session, carers=staff.carers, clerk=clerk)
    is_fathers = bool(people) and people[0].person.number == FATHER
    for place, bed in enumerate(made):
        _visit(rounds, bed, family=family if is_fathers and place == 0 else None, today=today)
    if is_fathers:
        _say(session, rounds.list_done(made[0]), family=family)
    seen: dict[str, Any] = {"family": family if is_fathers else None, "by": office.admin, "now": now}
    play_tricks(session, made, rounds=rounds, staff=staff, **seen)
    confirm_lapsed(session, now=now)
    pay_care(session, made, clerk=clerk, approver=find_post(session, "approver"), now=now)


def _choose(session: Session, seniors: Iterable[Registered]) -> tuple[Registered | None, Sequence[Registered]]:
    """Return the one with a log-in, and whoever else lives in the clerk's street and is well, the poor first."""
    here = [each for each in seniors if each.person.home.startswith(POSTS["clerk"].area_code)]
    # As the register has it by now: a death that was told late is not among what was invented.
    moved = set(session.scalars(ELSEWHERE, {"ids": [each.id for each in here]}))
    well = [each for each in here if each.id not in moved]
    kept = {MOTHER, FATHER, NEIGHBOUR}
    father = [each for each in well if each.person.number == FATHER]
    others = [each for each in well if each.person.number not in kept]
    others.sort(key=lambda each: (each.person.fields["income_class"] not in POOR, each.person.birth_on))
    idle = set(session.scalars(IDLE, {"ids": [each.id for each in others], "price": PRICE_FEN}))
    # Whose points lie idle, and are nearly all gone after a few baths, stands where the trick with them is played.
    for each in [each for each in others if each.id in idle][:1]:
        others.remove(each)
        others.insert(IDLE_PLACE - len(father), each)
    mother = next((each for each in well if each.person.number == MOTHER), None)
    return mother, [*father, *others]


def _wish(shown: Shown, senior: Registered, staff: CareStaff, *, today: date, is_first: bool) -> Wish:
    carers = staff.list_carers(staff.providers[shown.provider])
    # A bath on each weekday like today's; one that is long enough for the month of the first bed to count.
    line = Line(
        service="bathing",
        weekdays=1 << today.weekday(),
        start_minute=(9 if is_first else 13 + shown.days % 4) * HOUR,
        minutes=90 if is_first else HOUR,
        carer_id=carers[0],
    )
    return Wish(
        senior_id=senior.id,
        level=3 if is_first else 2 + shown.days % 3,
        programme="public" if senior.person.fields["income_class"] in POOR else "own",
        provider=shown.provider,
        applied_on=today - timedelta(days=shown.days),
        state=shown.state,
        lines=(line,),
        **({"applicant": DAUGHTER} if is_first else {}),
    )


def _go_on(session: Session, bed: CareBed, then: str, *, office: Office, clerk: Actor, today: date) -> None:
    """Let a bed rest, end, or be refused, some days ago."""
    on = today - timedelta(days=SINCE_DAYS.get(then, 0))
    by: dict[str, Any] = {"bed_id": bed.id, "actor": clerk, "now": datetime.combine(on, time(16), tzinfo=ZONE)}
    if then == "suspended":
        # Shorter stays are no reason to let a bed rest.
        since = today - timedelta(days=IN_HOSPITAL_DAYS)
        in_hospital(session, bed, since=since, by=office.admin, now=by["now"])
        beds.suspend(session, reason=PauseReason.HOSPITAL, from_on=since, words="骨折住院", **by)
    elif then == "closing":
        beds.close(session, reason=CloseReason.WISH, on=on, words="女儿接去同住", **by)
    elif then == "refused":
        beds.refuse(session, reason="家里已有长护险机构全天照护，不同时办床位", **by)


def in_hospital(session: Session, bed: CareBed, *, since: date, by: Actor, now: datetime) -> None:
    """Write into the register that somebody lies in hospital."""
    stay: dict[str, Any] = {"status": Status.IN_HOSPITAL, "from_on": since, "until_on": None}
    record_status(session, senior_id=bed.senior_id, **stay, actor=by, now=now)


def _visit(rounds: Rounds, bed: CareBed, *, family: Actor | None, today: date) -> None:
    """Let carers make what was planned before today; the family taps what it saw, but for the last."""
    made = rounds.list_due(bed, since=bed.applied_on, until=today)
    for visit in made:
        rounds.make(visit)
    if family:
        for visit in made[:-1]:
            rounds.tap(visit, by=family)


def _say(session: Session, made: Sequence[CareVisit], *, family: Actor) -> None:
    """Let the family rate one visit and object to another."""
    *_, rated, objected = made
    for visit, say in ((rated, "rate"), (objected, "object")):
        assert visit.finished_at is not None
        told: dict[str, Any] = {"senior_id": visit.senior_id, "visit_id": visit.id, "by": family}
        at = visit.finished_at + timedelta(hours=20)
        if say == "rate":
            rate_visit(session, stars=5, words="张师傅很细心", now=at, **told)
        else:
            object_to_visit(session, words=OBJECTION, now=at, **told)


def _ask_for_mother(session: Session, mother: Registered, *, clerk: Actor, now: datetime) -> None:
    asked = now - timedelta(days=2)
    day = business_day(asked)
    beds.apply(
        session,
        senior_id=mother.id,
        programme="own",
        applicant=DAUGHTER,
        applied_on=day,
        actor=clerk,
        now=asked,
    )
