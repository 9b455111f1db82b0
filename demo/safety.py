"""Safety at home in the demonstration: forty homes with kits, weeks of their lives, and a desk that has seen some.

Everything goes through the product's own services, at the hour at which it would have happened; only the events of
past weeks are written in one piece, as they would lie there.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role, accounts
from app.auth.actor import HeldRole, holding
from app.clock import ZONE, business_day
from demo.care_staff import DISTRICT
from demo.register import Registered
from demo.safety_homes import BOX, BOXED, STREET_GATEWAY, Fitter, House, choose_residents
from demo.safety_lives import list_kit
from demo.safety_living import catch_up, write_past
from demo.safety_past import Desk
from demo.staff import PASSWORD, find_post
from safety.alerts.models import Incident, ServiceRequest
from safety.alerts.services import finish_request, take, take_request
from safety.intake.arrivals import Source
from safety.intake.services import accept
from safety.judging.nights import learn_rhythms
from safety.kits.away import set_away
from safety.kits.queries import find_gateway_by_code

HOMES, WAITING, SENIORS_A_HOME = 40, 3, 12
PAST_DAYS, JUDGED = 21, timedelta(hours=24)
COLLEAGUE, COLLEAGUES_NAME = "operator-2", "周航"
STOCK = {"sos": 2, "motion": 2, "smoke": 1, "wearable": 1}
# Which home shows what; a small demonstration has the first ones only.
SHELVED, UNSEEN, LOW, OPENED, WISHES, WISHED, AWAY = 2, 1, 2, 4, 1, 6, 8
AWAY_SINCE, AWAY_UNTIL = timedelta(days=5), timedelta(days=9)
BOX_SILENT = timedelta(minutes=130)


def open_safety(session: Session, *, seniors: Sequence[Registered], days: int, now: datetime) -> None:
    """Fit homes with kits, let them live up to now, and let the desk have had its alerts."""
    count = min(HOMES, max(len(seniors) // SENIORS_A_HOME, 4))
    began = datetime.combine(business_day(now) - timedelta(days=min(days, PAST_DAYS)), time(9), tzinfo=ZONE)
    residents = choose_residents(session, seniors, count + WAITING)
    fitter = Fitter(session, began=began)
    houses = [fitter.fit(number, senior) for number, senior in enumerate(residents[:count])]
    for number, senior in enumerate(residents[count:], start=count):
        fitter.leave_waiting(number, senior, at=now - timedelta(hours=20))
    fitter.stock(STOCK, at=now - timedelta(days=2))
    _live(session, fitter, houses, began=began, now=now)
    desk = Desk(session, by=_appoint(session, now=began), homes=houses, area_code=DISTRICT)
    desk.tell_past(now=now, since=began + timedelta(days=1))
    catch_up(session, since=now - JUDGED, now=now)
    _happen_today(session, desk, Wires(session, houses), now=now)


class Wires:
    """What carries a word of a device in."""

    def __init__(self, session: Session, houses: Sequence[House]) -> None:
        self.session = session
        self.houses = {house.number: house for house in houses}

    def say(self, number: int, name: str, *, at: datetime, **said: Any) -> None:
        """Let a device of a home say something; a home that is not there says nothing."""
        house = self.houses.get(number)
        if house is None:
            return
        ref = next(each.ref for each in list_kit(number) if each.ref.endswith(name))
        event = {"id": f"{ref}-{said['kind']}-{at:%d%H%M}", "at": at.isoformat(), "device": ref, "state": "on", **said}
        gateway = find_gateway_by_code(self.session, code=BOX if number == BOXED else STREET_GATEWAY)
        assert gateway is not None
        source = Source(id=gateway.id, code=gateway.code, area_code=gateway.area_code, home_id=gateway.home_id)
        accept(self.session, gateway=source, events=[event], sent_at=None, now=at)


def _live(session: Session, fitter: Fitter, houses: Sequence[House], *, began: datetime, now: datetime) -> None:
    """Let weeks go by, and let the homes' rhythm be learned from them."""
    wires, left = Wires(session, houses), now - AWAY_SINCE
    for house in houses:
        wires.say(house.number, "sos", at=began + timedelta(hours=6), kind="heartbeat")
        away = house.number == AWAY
        write_past(session, [house], gateway_id=fitter.gateway_id, since=began, until=left if away else now - JUDGED)
        if away:
            told: dict[str, Any] = {
                "home_id": house.home_id,
                "reason": "visit",
                "from_at": left,
                "until_at": now + AWAY_UNTIL,
            }
            set_away(session, actor=fitter.clerk, now=left, **told)
    learn_rhythms(session, now=now - JUDGED)


def _happen_today(session: Session, desk: Desk, wires: Wires, *, now: datetime) -> None:
    """Leave the desk and the street something to do, each in another state."""
    desk.begin(now - timedelta(hours=8))
    desk.tidy(now=now - timedelta(hours=1))
    wires.say(LOW, "door", at=now - timedelta(hours=5), kind="battery", value=11)
    wires.say(OPENED, "door", at=now - timedelta(hours=2), kind="tamper")
    for piece in list_kit(BOXED):
        wires.say(BOXED, piece.ref, at=now - BOX_SILENT, kind="heartbeat")
    _take_device_alert(session, desk, wires, now=now - timedelta(hours=4))
    wires.say(WISHED, "keys", at=now - timedelta(days=1), kind="green_key")
    _finish_wishes(session, now=now - timedelta(hours=22))
    wires.say(WISHES, "keys", at=now - timedelta(minutes=25), kind="green_key")
    desk.shelve_one(SHELVED, now=now)
    desk.leave_one_unseen(UNSEEN, now=now)
    desk.end(now - timedelta(minutes=10))


def _take_device_alert(session: Session, desk: Desk, wires: Wires, *, now: datetime) -> None:
    query = select(Incident.id).where(
        Incident.home_id == wires.houses[LOW].home_id, Incident.lane == "device", Incident.state == "raised"
    )
    found = session.scalar(query)
    if found is not None:
        take(session, incident_id=found, by=desk.by, now=now)


def _finish_wishes(session: Session, *, now: datetime) -> None:
    clerk = find_post(session, "clerk")
    for request_id in session.scalars(select(ServiceRequest.id).order_by(ServiceRequest.id)).all():
        take_request(session, request_id=request_id, by=clerk, now=now)
        words = "要人陪去配药，周四上午志愿者陪同。"
        finish_request(session, request_id=request_id, words=words, by=clerk, now=now + timedelta(minutes=9))


def _appoint(session: Session, *, now: datetime) -> Actor:
    """Hire the colleague who was on duty until now."""
    account, _ = accounts.create_account(
        session,
        username=COLLEAGUE,
        name=COLLEAGUES_NAME,
        password=PASSWORD,
        by=None,
        now=now,
        must_change_password=False,
    )
    told: dict[str, Any] = {"account_id": account.id, "role": Role.OPERATOR, "area_code": DISTRICT}
    accounts.grant_role(session, **told, by=None, now=now)
    held = [HeldRole(Role.OPERATOR, DISTRICT)]
    return holding(Actor(account_id=account.id, name=COLLEAGUES_NAME), held)
