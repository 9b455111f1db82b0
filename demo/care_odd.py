"""Visits that the checks on care should find, one of each kind, among carers who otherwise come and work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.auth import Actor, Role, accounts
from app.clock import ZONE, business_day
from app.people.queries import names_of
from app.people.rules import Status
from app.people.services import record_status
from care_beds.beds.models import CareBed
from care_beds.beds.rules import State
from care_beds.providers import carers
from care_beds.providers.rules import Relation
from care_beds.rounds.confirming import code_of, confirm_by_code
from care_beds.visits.exceptions import decide_exception
from care_beds.visits.models import CareVisit, VisitException
from care_beds.visits.rules import Decision
from care_beds.visits.services import book_visit
from demo.care_rounds import Rounds, Told
from demo.care_staff import DISTRICT, CareStaff

CARD = text("SELECT number FROM card WHERE senior_id = :id AND state = 'issued'")
BOOKED_BEFORE = timedelta(days=1)
FAR_M = 14_000
BED, OTHER_BED, IDLE_BED = 0, 1, 2
SINCE, PRICE_FEN = timedelta(days=60), 8000
BALANCE = text("SELECT balance_fen FROM ledger.book WHERE home = :id")


def play_tricks(
    session: Session,
    made: Sequence[CareBed],
    *,
    rounds: Rounds,
    staff: CareStaff,
    family: Actor | None,
    by: Actor,
    now: datetime,
) -> None:
    """Play each trick on the beds that serve; a town too small for one is spared."""
    serving = [bed for bed in made if bed.state == State.IN_SERVICE]
    if len(serving) <= OTHER_BED:
        return
    tricks = Tricks(session=session, beds=serving, rounds=rounds, staff=staff, today=business_day(now))
    for trick in (
        tricks.hide_place,
        tricks.fly,
        tricks.be_twice,
        tricks.never_rest,
        tricks.hurry,
        tricks.supervise,
        tricks.leave_open,
    ):
        trick()
    tricks.visit_kin(now=now)
    tricks.visit_nobody(by=by, now=now)
    if family:
        tricks.sign_early(family)
    if len(serving) > IDLE_BED:
        tricks.drain()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tricks:
    """What some carers do, each on days and hours of its own."""

    session: Session
    beds: Sequence[CareBed]
    rounds: Rounds
    staff: CareStaff
    today: date

    def hide_place(self) -> None:
        """Come with the location switched off."""
        self.rounds.make(self._book(OTHER_BED, "carer-02", 5, time(18)), came=Told(is_blind=True))

    def fly(self) -> None:
        """Be at the other end of the city a few minutes later, and say to be in somebody's home."""
        self.rounds.make(self._book(OTHER_BED, "carer-03", 4, time(7), minutes=30), late=0, lasts=30)
        away = Told(metres_off=FAR_M)
        self.rounds.make(self._book(BED, "carer-03", 4, time(7, 35), minutes=30), late=0, lasts=30, came=away)

    def be_twice(self) -> None:
        """Leave the first home long after coming to the second, with one photo for both."""
        first = self._book(OTHER_BED, "carer-04", 3, time(7), minutes=30)
        second = self._book(BED, "carer-04", 3, time(7, 30), minutes=30)
        photo = Told(photo=("used again",))
        self.rounds.make(first, late=0, lasts=55, came=photo)
        self.rounds.make(second, late=0, lasts=30, came=photo)

    def never_rest(self) -> None:
        """Record nearly ten hours of service on one day."""
        for hour, place in ((6, BED), (9, OTHER_BED), (18, BED)):
            visit = self._book(place, "carer-05", 6, time(hour, 30), minutes=120)
            self.rounds.make(visit, late=0, lasts=200 if hour == 18 else 175 if hour == 9 else 178)

    def hurry(self) -> None:
        """Leave after a quarter of an hour."""
        self.rounds.make(self._book(OTHER_BED, "carer-02", 2, time(18)), late=0, lasts=14)

    def visit_kin(self, *, now: datetime) -> None:
        """Let it come out that one of them visited her own mother- or father-in-law."""
        bed, carer = self.beds[OTHER_BED], self.staff.by_name["carer-03"]
        card = self.session.scalar(CARD, {"id": bed.senior_id})
        if card is None:
            return
        carers.declare_kin(
            self.session,
            carer_id=carer.id,
            card=card,
            name=names_of(self.session, senior_ids=[bed.senior_id])[bed.senior_id],
            relation=Relation.PARENT_IN_LAW,
            is_cohabitant=True,
            by=self._manager(bed),
            now=now,
        )

    def supervise(self) -> None:
        """Give a carer a second post: supervising carers."""
        accounts.grant_role(
            self.session,
            account_id=self.staff.by_name["carer-02"].account_id,
            role=Role.SUPERVISOR,
            area_code=DISTRICT,
            valid_from=self.today - SINCE,
            by=None,
            now=datetime.combine(self.today - SINCE, time(9), tzinfo=ZONE),
        )

    def sign_early(self, family: Actor) -> None:
        """Have the family's code typed when the visit has hardly begun."""
        visit = self._book(BED, "carer-04", 2, time(18))
        self.rounds.make(visit, late=0, lasts=60)
        assert visit.started_at is not None
        assert visit.finished_at is not None
        confirm_by_code(
            self.session,
            visit_id=visit.id,
            code=code_of(visit_id=visit.id, account_id=family.account_id),
            occurred_at=visit.started_at + timedelta(minutes=4),
            by=self.rounds.carers[visit.carer_id],
            now=visit.finished_at + timedelta(minutes=1),
        )

    def visit_nobody(self, *, by: Actor, now: datetime) -> None:
        """Let the register learn today that somebody lay in hospital on a day on which a carer came."""
        first, last = (self.today - timedelta(days=days) for days in (16, 12))
        stay: dict[str, Any] = {"status": Status.IN_HOSPITAL, "from_on": first, "until_on": last}
        record_status(self.session, senior_id=self.beds[OTHER_BED].senior_id, **stay, actor=by, now=now)

    def leave_open(self) -> None:
        """Come yesterday as somebody should, for the family to confirm."""
        self.rounds.make(self._book(BED, "carer", 1, time(15)))

    def drain(self) -> None:
        """Charge one visit after the other to points that nobody has touched for months."""
        bed = self.beds[IDLE_BED]
        left_fen = self.session.scalar(BALANCE, {"id": bed.senior_id}) or 0
        for days in (6, 5, 4):
            if left_fen >= PRICE_FEN:
                carer = self.staff.list_carers(self.staff.providers[1])[0]
                self.rounds.make(self._book_for(bed, carer, days, time(9), "bathing"))
                left_fen -= PRICE_FEN

    def _book(self, place: int, username: str, days: int, at: time, *, minutes: int = 60) -> CareVisit:
        carer = self.staff.by_name[username]
        return self._book_for(self.beds[place], carer.id, days, at, "cleaning", minutes=minutes)

    def _book_for(
        self, bed: CareBed, carer_id: int, days: int, at: time, service: str, *, minutes: int = 60
    ) -> CareVisit:
        starts_at = datetime.combine(self.today - timedelta(days=days), at, tzinfo=ZONE)
        visit = book_visit(
            self.session,
            bed_id=bed.id,
            service=service,
            carer_id=carer_id,
            starts_at=starts_at,
            minutes=minutes,
            by=self._manager(bed),
            now=starts_at - BOOKED_BEFORE,
        )
        self._agree(visit, now=starts_at - BOOKED_BEFORE)
        return visit

    def _agree(self, visit: CareVisit, *, now: datetime) -> None:
        """Let the supervisor agree to a visit beside the plan."""
        raised = select(VisitException.id).where(VisitException.visit_id == visit.id)
        decide_exception(
            self.session,
            exception_id=self.session.scalars(raised).one(),
            decision=Decision.CLEARED,
            words="家里临时有事，同意加一次",
            by=self.staff.supervisor,
            now=now,
        )

    def _manager(self, bed: CareBed) -> Actor:
        assert bed.provider_id is not None
        return self.staff.managers[bed.provider_id]
