"""Homes with kits in the demonstration: whose they are, what stands in them, whom to call, what they speak through."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.queries import find_account_id
from app.clock import business_day
from app.people.rules import age_on
from app.tokens import digest
from demo.choices import Choices
from demo.families import DAUGHTERS_PHONE, FATHER, MOTHER
from demo.persons import SHOW_COMMUNITY
from demo.register import Registered
from demo.safety_lives import Piece, list_kit
from demo.staff import POSTS, find_post
from safety.kits import contacts, gateways, homes, installing
from safety.kits.homes import Application
from safety.kits.testing import hear_tests

CITY, STREET = SHOW_COMMUNITY[:4], SHOW_COMMUNITY[:9]
STREET_GATEWAY, BOX = "gw-street", "gw-box-03"
# The contract's demonstration is to be tried with curl as well: its one secret opens invented data only.
GATEWAY_SECRET = "demo-gateway-2026"  # noqa: S105
BOXED = 3  # this home has a gateway of its own, which fell silent
PAID_FROM_AGE, KIT_FROM_AGE = 80, 60
APPLIED_BEFORE, ADDED_BEFORE = timedelta(days=2), timedelta(days=3)
WELL = text("SELECT senior_id FROM senior_status WHERE senior_id = ANY (:ids) AND status <> 'active'")
KIN = (
    ("女儿", "陈", "丽"),
    ("儿子", "王", "建国"),
    ("侄女", "周", "敏芳"),
    ("女婿", "何", "志明"),
    ("儿媳", "徐", "小燕"),
)
NEXT_DOOR = ("孙阿姨", "老金", "方师傅", "对门赵家", "楼下钱阿姨")
WAYS_IN = ("钥匙在对门", "门口鞋柜第二格有备用钥匙", "密码锁，联系人知道密码", "")
ASKED = ("耳背，说话要慢、要响", "猫常踩到床头的按键", "午睡到两点半，电话多响一会儿", "只会说杭州话", "")


@dataclass(frozen=True, slots=True)
class House:
    """A home of the demonstration: its number there, and its devices by their names."""

    number: int
    home_id: int
    senior_id: int
    devices: Mapping[str, int]


def choose_residents(session: Session, seniors: Sequence[Registered], count: int) -> list[Registered]:
    """Return whose homes get kits, all in the clerk's street: the daughter's two first, then the oldest alone."""
    here = [each for each in seniors if each.person.home.startswith(STREET)]
    gone = set(session.scalars(WELL, {"ids": [each.id for each in here]}))
    first = (MOTHER, FATHER)
    well = [each for each in here if each.id not in gone]
    well.sort(
        key=lambda each: (
            each.person.number not in first,
            each.person.number == FATHER,
            each.person.fields["living_situation"] != "alone",
            each.person.birth_on,
        )
    )
    return well[:count]


class Fitter:
    """Applies for kits, fits homes with them, and begins to watch over them."""

    def __init__(self, session: Session, *, began: datetime) -> None:
        self.session, self.began = session, began
        self.clerk, self.installer = find_post(session, "clerk"), find_post(session, "installer")
        self.family_id = find_account_id(session, username="family")
        self.grid_id = find_account_id(session, username="grid")
        self.gateway_id = self._add_gateway(STREET_GATEWAY, "鹤鸣社区物联网关", secret=GATEWAY_SECRET)

    def fit(self, number: int, senior: Registered) -> House:
        """Fit a home with a kit, try each device once, and begin to watch over it."""
        at = self.began + timedelta(minutes=7 * number)
        home_id, gateway_id = self._apply(number, senior, at=at - APPLIED_BEFORE), self.gateway_id
        if number == BOXED:
            gateway_id = self._add_gateway(BOX, "3 号家庭网关", home_id=home_id)
        devices = {piece.ref: self._install(home_id, piece, gateway_id, at=at) for piece in list_kit(number)}
        installing.begin_test(self.session, home_id=home_id, actor=self.installer, now=at)
        heard = dict.fromkeys(devices.values(), at + timedelta(minutes=2))
        hear_tests(self.session, heard=heard, now=at + timedelta(minutes=2))
        self.session.expire_all()
        homes.start_home(self.session, home_id=home_id, actor=self.installer, now=at + timedelta(minutes=5))
        return House(number, home_id, senior.id, devices)

    def leave_waiting(self, number: int, senior: Registered, *, at: datetime) -> None:
        """Leave a home as the installer finds it in the morning: applied for, the devices laid out for it."""
        home_id = self._apply(number, senior, at=at - APPLIED_BEFORE)
        laid = [self._stock(piece, at=at) for piece in list_kit(number)]
        installing.assign_devices(self.session, home_id=home_id, device_ids=laid, actor=self.clerk, now=at)

    def stock(self, kinds: Mapping[str, int], *, at: datetime) -> None:
        """Lay devices into stock that no home has yet."""
        for kind, count in kinds.items():
            for each in range(count):
                self._stock(Piece(kind, "", f"s-{kind}-{each:02d}"), at=at)

    def _apply(self, number: int, senior: Registered, *, at: datetime) -> int:
        application = _application(number, senior, at)
        home = homes.apply(self.session, senior_id=senior.id, application=application, actor=self.clerk, now=at)
        changes: dict[str, Any] = {"way_in": WAYS_IN[number % len(WAYS_IN)]}
        if senior.person.number in (MOTHER, FATHER) or number % 4 == 1:
            changes |= {"health_agreed_on": application.agreed_on, "illnesses": "高血压，冠心病，右髋做过手术"}
            changes |= {"medicines": "氨氯地平、阿司匹林，早饭后"}
        homes.change_home(self.session, home_id=home.id, changes=changes, actor=self.clerk, now=at)
        for contact in self._contacts(number, senior):
            contacts.add_contact(self.session, home_id=home.id, actor=self.clerk, now=at, **contact)
        return home.id

    def _contacts(self, number: int, senior: Registered) -> Iterator[dict[str, Any]]:
        drawn = Choices("contacts", number)
        if senior.person.number in (MOTHER, FATHER):
            known = {"name": "陈丽华", "relation": "女儿", "phone": DAUGHTERS_PHONE, "account_id": self.family_id}
            yield {"kind": "contact", "has_key": True, "minutes_away": 25, **known}
        else:
            yield _relative(drawn, number)
        if number % 3:
            yield _relative(drawn, number + 100)
        yield {
            "kind": "neighbour",
            "name": drawn.pick(NEXT_DOOR),
            "phone": f"1980002{number:04d}",
            "has_key": number % 2 == 0,
            "minutes_away": 3,
        }
        grid = {"name": POSTS["grid"].name, "phone": "19800030001", "account_id": self.grid_id}
        yield {"kind": "grid_worker", "minutes_away": 15, **grid}

    def _stock(self, piece: Piece, *, at: datetime) -> int:
        serial = f"CY{Choices('serial', piece.ref).digits(10)}"
        told: dict[str, Any] = {"kind": piece.type, "serial": serial, "area_code": STREET, "ref": piece.ref}
        return installing.stock_device(self.session, actor=self.clerk, now=at, **told).id

    def _install(self, home_id: int, piece: Piece, gateway_id: int, *, at: datetime) -> int:
        device_id = self._stock(piece, at=at - APPLIED_BEFORE)
        where: dict[str, Any] = {"place": piece.place, "gateway_id": gateway_id}
        told: dict[str, Any] = {"home_id": home_id, "device_id": device_id, **where}
        installing.install_device(self.session, actor=self.installer, now=at, **told)
        return device_id

    def _add_gateway(self, code: str, name: str, *, secret: str = "", home_id: int | None = None) -> int:
        told: dict[str, Any] = {"code": code, "name": name, "area_code": STREET, "home_id": home_id}
        gateway = gateways.add_gateway(self.session, actor=self.clerk, now=self.began - ADDED_BEFORE, **told).gateway
        if secret:
            gateway.token_digest, gateway.mqtt_password = digest(secret), gateways.password_line(secret)
            self.session.flush()
        return gateway.id


def _application(number: int, senior: Registered, at: datetime) -> Application:
    today = business_day(at)
    is_paid = age_on(senior.person.birth_on, today) >= PAID_FROM_AGE and senior.person.fields["hukou_area"].startswith(
        CITY
    )
    return Application(
        payer="public" if is_paid else "own",
        lives_alone=True,
        kin_near=False,
        agreed_by="senior",
        agreed_on=today,
        instructions=ASKED[number % len(ASKED)],
    )


def _relative(drawn: Choices, number: int) -> dict[str, Any]:
    relation, surname, given = drawn.pick(KIN)
    return {
        "kind": "contact",
        "name": surname + given,
        "relation": relation,
        "phone": f"1980001{number:04d}",
        "has_key": drawn.chance(0.6),
        "minutes_away": drawn.between(10, 70),
    }
