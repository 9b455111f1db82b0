"""Who looks after the demonstration's care beds: three providers with their carers, two assessors, a supervisor.

None of these people or firms exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session
from stdnum.cn.ric import calc_check_digit

from app.auth import Actor, Role, accounts
from app.auth.actor import HeldRole, holding
from app.clock import business_day
from care_beds.providers import carers, hiring, services
from care_beds.providers.rules import Certificate
from demo.choices import Choices
from demo.persons import SHOW_COMMUNITY
from demo.staff import PASSWORD, Office

STREET, DISTRICT = SHOW_COMMUNITY[:9], SHOW_COMMUNITY[:6]
COUNTIES = ("330102", "330726", "341024", "360724")
FIRST_PHONE = 19700000001
TWO_YEARS, SOON = timedelta(days=730), timedelta(days=38)
# Employed before the first visit; the health certificate of one of them ends soon.
EMPLOYED_BEFORE, ENDS_SOON = timedelta(days=420), "carer-04"


@dataclass(frozen=True, slots=True)
class Firm:
    """A provider: its register entries, how many beds it may have, and who works there."""

    code: str
    name: str
    area_code: str
    capacity: int
    manager: tuple[str, str]
    carers: tuple[tuple[str, str], ...]


FIRMS = (
    Firm(
        "HM-01",
        "和睦居家照护站",
        STREET,
        30,
        ("provider", "钱国英"),
        (
            ("carer", "张慧"),
            ("carer-02", "李彩凤"),
            ("carer-03", "王水娟"),
            ("carer-04", "何爱珍"),
            ("carer-05", "徐美仙"),
        ),
    ),
    Firm(
        "AY-02",
        "安颐养老服务中心",
        DISTRICT,
        20,
        ("provider-ay", "楼建芳"),
        (("carer-06", "赵巧珍"), ("carer-07", "蒋雪琴")),
    ),
    Firm("LH-03", "良辉助老服务社", DISTRICT, 10, ("provider-lh", "傅良辉"), (("carer-08", "杜春梅"),)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hired:
    """A carer: the number in the register, the account, and whom she works for."""

    id: int
    account_id: int
    provider_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CareStaff:
    """Everybody who has a hand in the demonstration's care beds."""

    providers: Sequence[int]
    managers: Mapping[int, Actor]
    carers: Mapping[int, Actor]
    by_name: Mapping[str, Hired]
    assessor: Actor
    second: Actor
    supervisor: Actor

    def list_carers(self, provider_id: int) -> Sequence[int]:
        """Return the numbers of a provider's carers, in the order in which they were hired."""
        return [each.id for each in self.by_name.values() if each.provider_id == provider_id]


def hire_care(session: Session, *, office: Office, now: datetime, today: date) -> CareStaff:
    """Take providers into the register, hire their carers, and appoint who assesses and supervises."""
    providers, managers, known, by_name = [], {}, {}, {}
    for firm in FIRMS:
        provider = _open(session, firm, office=office, now=now, today=today)
        manager = _appoint(session, *firm.manager, Role.PROVIDER_MANAGER, firm.area_code, now=now, of=provider)
        providers.append(provider)
        managers[provider] = manager
        for username, name in firm.carers:
            carer = _hire(session, provider, username, name, by=manager, now=now, today=today)
            held = HeldRole(Role.CARER, firm.area_code, provider_id=provider)
            known[carer.id] = holding(Actor(account_id=carer.account_id, name=name), [held])
            by_name[username] = carer
    return CareStaff(
        providers=providers,
        managers=managers,
        carers=known,
        by_name=by_name,
        assessor=_appoint(session, "assessor", "孙文静", Role.ASSESSOR, DISTRICT, now=now),
        second=_appoint(session, "assessor-2", "丁海涛", Role.ASSESSOR, DISTRICT, now=now),
        supervisor=_appoint(session, "supervisor", "罗晓东", Role.SUPERVISOR, DISTRICT, now=now),
    )


def _open(session: Session, firm: Firm, *, office: Office, now: datetime, today: date) -> int:
    held = [HeldRole(Role.DISTRICT_APPROVER, DISTRICT)]
    opened = services.open_provider(
        session,
        code=firm.code,
        name=firm.name,
        area_code=firm.area_code,
        licence_number=f"杭养备{firm.code}",
        licence_expires_on=today + TWO_YEARS,
        agreement_number=f"床位协议{firm.code}",
        agreement_from=business_day(now) - timedelta(days=30),
        agreement_expires_on=today + TWO_YEARS,
        capacity=firm.capacity,
        phone="0571-80000000",
        by=holding(office.checker, held),
        now=now,
    )
    return opened.id


def _hire(
    session: Session, provider_id: int, username: str, name: str, *, by: Actor, now: datetime, today: date
) -> Hired:
    drawn = Choices("carer", username)
    first = business_day(now) - EMPLOYED_BEFORE
    number = int(username.partition("-")[2] or 1)
    carer, password = hiring.hire_carer(
        session,
        provider_id=provider_id,
        name=name,
        id_number=_id_number(drawn),
        phone=str(FIRST_PHONE + number),
        username=username,
        employed_from=first,
        by=by,
        now=now,
    )
    if username == "carer":
        own = Actor(account_id=carer.account_id, name=name)
        accounts.change_password(session, actor=own, old=password, new=PASSWORD, now=now)
    for kind in (Certificate.CARE_WORKER, Certificate.HEALTH):
        ends_soon = username == ENDS_SOON and kind is Certificate.HEALTH
        carers.record_certificate(
            session,
            carer_id=carer.id,
            kind=kind,
            number=f"{kind[:2].upper()}{drawn.digits(10)}",
            issued_on=first,
            expires_on=today + (SOON if ends_soon else TWO_YEARS),
            by=by,
            now=now,
        )
    return Hired(id=carer.id, account_id=carer.account_id, provider_id=provider_id)


def _appoint(
    session: Session, username: str, name: str, role: Role, area_code: str, *, now: datetime, of: int | None = None
) -> Actor:
    account, _ = accounts.create_account(
        session, username=username, name=name, password=PASSWORD, by=None, now=now, must_change_password=False
    )
    accounts.grant_role(
        session, account_id=account.id, role=role, area_code=area_code, provider_id=of, by=None, now=now
    )
    return holding(Actor(account_id=account.id, name=name), [HeldRole(role, area_code, provider_id=of)])


def _id_number(drawn: Choices) -> str:
    born = date(1968, 1, 1) + timedelta(days=drawn.below(365 * 16))
    body = f"{drawn.pick(COUNTIES)}{born:%Y%m%d}{drawn.between(100, 499) * 2:03d}"
    check: str = calc_check_digit(body + "0")
    return body + check
