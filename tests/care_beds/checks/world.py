"""A small world for checks on care: one provider, people with beds, and visits as honest as a test leaves them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app import clock, vault
from app.pictures.models import Picture
from app.tokens import new_id
from care_beds.beds.models import CareBed
from care_beds.beds.rules import State
from care_beds.money.models import VisitPayment
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.models import CareVisit, VisitConfirmation, VisitException, VisitMark
from subsidies.findings.checks import Found, Window, example_limits
from subsidies.findings.registry import find_check
from tests.app.people.factories import make_account, make_senior
from tests.care_beds.factories import make_bed, make_carer, make_provider

CITY, STREET = "330100", "330105011"
DAY = date(2026, 11, 18)
WINDOW = Window(since=date(2026, 10, 1), until=date(2026, 11, 20), area_code=CITY)
HOME = (30.2900, 120.1600)
DEGREE_M = 111_195
# What an honest phone tells at the door.
HONEST: Mapping[str, Any] = {
    "lat": HOME[0],
    "lon": HOME[1],
    "accuracy_m": 15,
    "fix_age_s": 4,
    "distance_m": 12,
    "sticker_ok": True,
}
NO_PLACE: Mapping[str, Any] = {
    **dict.fromkeys(("lat", "lon", "accuracy_m", "fix_age_s", "distance_m")),
    "no_fix_reason": "denied",
}


def at_home_or(metres: int) -> Mapping[str, Any]:
    """Return a place so far north of the home."""
    return {"lat": HOME[0] + metres / DEGREE_M}


class World:
    """Makes carers and visits with as little said as a test needs; whoever is not named is somebody new."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.provider: CareProvider = make_provider(session, area_code=STREET)
        self.office = make_account(session).id
        self._number = 0

    def carer(self, *, phone: str | None = None, **about: Any) -> Carer:
        """Make a carer whose phone is hers alone, unless told otherwise."""
        self._number += 1
        provider = about.pop("provider", self.provider)
        made = make_carer(self.session, provider=provider, certificates=(), **about).carer
        made.phone_index = vault.index_of(phone or f"1370000{self._number:04d}")
        self.session.flush()
        return made

    def bed(self, **about: Any) -> CareBed:
        """Make a bed; checks ask for visits, not for what led to the bed."""
        self._number += 1
        senior = make_senior(self.session, hukou_area=STREET, **{"phone": f"1360000{self._number:04d}", **about})
        return make_bed(self.session, state=State.APPLIED, senior=senior, provider=self.provider, by=self.office)

    def visit(
        self,
        *,
        carer: Carer | None = None,
        bed: CareBed | None = None,
        on: date = DAY,
        at: time = time(9),
        planned_at: time | None = None,
        planned: int = 60,
        lasted: float = 60,
        came: Mapping[str, Any] | None = None,
        left: Mapping[str, Any] | None = None,
    ) -> CareVisit:
        """Make a visit that is done; what the phone told of coming and leaving may be said otherwise."""
        carer, bed = carer or self.carer(), bed or self.bed()
        began = datetime.combine(on, at, tzinfo=clock.ZONE)
        slot = datetime.combine(on, planned_at or at, tzinfo=clock.ZONE)
        visit = CareVisit(
            bed_id=bed.id,
            senior_id=bed.senior_id,
            provider_id=carer.provider_id,
            carer_id=carer.id,
            area_code=bed.area_code,
            service="bathing",
            due_on=on,
            visit_on=on,
            planned=Range(slot, slot + timedelta(minutes=planned)),
            state="confirmed",
            started_at=began,
            finished_at=began + timedelta(minutes=lasted),
            made_at=clock.now(),
        )
        self.session.add(visit)
        self.session.flush()
        assert visit.finished_at is not None
        self._mark(visit, carer, "check_in", began, came)
        self._mark(visit, carer, "check_out", visit.finished_at, left)
        return visit

    def _mark(
        self, visit: CareVisit, carer: Carer, kind: str, at: datetime, otherwise: Mapping[str, Any] | None
    ) -> None:
        told = {**HONEST, **(otherwise or {})}
        if isinstance(told.get("picture_id"), Picture):
            told["picture_id"] = told["picture_id"].id
        self.session.add(
            VisitMark(
                visit_id=visit.id,
                kind=kind,
                key=f"{visit.id}:{kind}:mark",
                fingerprint=b"",
                by_account=carer.account_id,
                occurred_at=at,
                received_at=at,
                **told,
            )
        )
        self.session.flush()

    def picture(self, phash: int, *, file: str = "") -> Picture:
        """Keep the row of a picture that looks like this; the same file may be kept twice."""
        made = Picture(
            id=new_id(),
            area_code=STREET,
            owner_kind="visit",
            owner_ref="1",
            purpose="check_in",
            media_type="image/jpeg",
            size_bytes=1,
            width=1,
            height=1,
            phash=phash,
            sha256=sha256((file or str(new_id())).encode()).digest(),
            kept_by=self.office,
            kept_at=clock.now(),
        )
        self.session.add(made)
        self.session.flush()
        return made

    def confirm(self, visit: CareVisit, *, before_end: timedelta, how: str = "tap") -> None:
        """Confirm a visit so long before its end."""
        assert visit.finished_at is not None
        reason = "老人睡着了" if how == "cannot" else ""
        said = VisitConfirmation(
            visit_id=visit.id,
            how=how,
            by_account=self.office,
            occurred_at=visit.finished_at - before_end,
            reason=reason,
        )
        self.session.add(said)
        self.session.flush()

    def clear(self, visit: CareVisit, code: str, *, by: int | None = None, decision: str = "cleared") -> None:
        """Decide about something that did not fit."""
        decided = VisitException(
            visit_id=visit.id,
            code=code,
            raised_at=clock.now(),
            decision=decision,
            decided_by=by or self.office,
            decided_at=clock.now(),
            words="打电话问过家属",
        )
        self.session.add(decided)
        self.session.flush()

    def check(self, code: str, **limits: int) -> list[Found]:
        """Run a check with the numbers of its example, unless told otherwise."""
        check = find_check(code)
        assert check is not None
        numbers = {"severity": "medium", **example_limits(check), **limits}
        found = list(check.find(self.session, WINDOW, numbers))
        assert len({each.key for each in found}) == len(found)
        for each in found:
            assert all(check.explain(each.facts))
        return found

    def caught(self, code: str, **limits: int) -> set[int]:
        """Return the visits that a check points at."""
        return {
            int(source.ref)
            for each in self.check(code, **limits)
            for source in each.sources
            if source.kind == "care_visit"
        }


def ids(*visits: CareVisit) -> set[int]:
    """Return the numbers of visits."""
    return {visit.id for visit in visits}


def pay(world: World, visit: CareVisit, *, price_fen: int, payer: str, txn_id: Any = None, minutes: int = 60) -> None:
    """Write down that a visit was paid."""
    world.session.add(
        VisitPayment(
            visit_id=visit.id,
            senior_id=visit.senior_id,
            bed_id=visit.bed_id,
            provider_id=visit.provider_id,
            area_code=visit.area_code,
            visit_on=visit.visit_on,
            service=visit.service,
            payer=payer,
            present_minutes=60,
            minutes=minutes,
            price_fen=price_fen,
            facts={},
            reasons=[],
            policy_ids=[],
            txn_id=txn_id,
            paid_at=clock.now(),
        )
    )
    world.session.flush()
