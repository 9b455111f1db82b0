"""Homes with kits, gateways and devices for tests, each with as little said as the test needs."""

from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from app import clock, vault
from app.auth.actor import Role
from app.clock import business_day
from app.people.models import Senior
from app.tokens import digest
from safety.kits.models import SafetyContact, SafetyDevice, SafetyGateway, SafetyHome
from tests.app.areas.factories import make_place
from tests.app.auth.factories import STREET, make_account
from tests.app.people.factories import make_senior

_numbers = count(1)


def make_home(
    session: Session,
    *,
    senior: Senior | None = None,
    area_code: str = STREET,
    state: str = "active",
    lives_alone: bool = True,
    address: str = "观津路 8 号 3 幢 502 室",
    way_in: str = "",
    instructions: str = "",
    away_reason: str | None = None,
    away_from: datetime | None = None,
    away_until: datetime | None = None,
) -> SafetyHome:
    """Make a home with a kit."""
    make_place(session, area_code)
    senior = senior or make_senior(session, hukou_area=area_code, residence_area=area_code)
    today = business_day(clock.now())
    home = SafetyHome(
        senior_id=senior.id,
        area_code=area_code,
        address_sealed=vault.seal(address),
        way_in_sealed=vault.seal(way_in) if way_in else None,
        instructions=instructions,
        state=state,
        lives_alone=lives_alone,
        kin_near=False,
        payer="public",
        agreed_by="senior",
        agreed_on=today,
        applied_on=today,
        applied_by=_adder(session),
        away_reason=away_reason,
        away_from=away_from,
        away_until=away_until,
        started_on=None if state == "pending" else today,
        ended_on=today if state == "ended" else None,
    )
    session.add(home)
    session.flush()
    return home


def make_gateway(
    session: Session,
    *,
    code: str | None = None,
    token: str | None = None,
    area_code: str = STREET,
    home: SafetyHome | None = None,
    heartbeat_seconds: int = 300,
) -> SafetyGateway:
    """Make a gateway; its token is its code unless another is said."""
    make_place(session, area_code)
    now, code = clock.now(), code or f"gw-{next(_numbers)}"
    gateway = SafetyGateway(
        code=code,
        name=f"网关{code}",
        area_code=area_code,
        home_id=home.id if home else None,
        heartbeat_seconds=heartbeat_seconds,
        token_digest=digest(token or code),
        token_at=now,
        mqtt_user=code,
        mqtt_password="$7$1$c2FsdA==$aGFzaA==",
        added_at=now,
        added_by=_adder(session),
    )
    session.add(gateway)
    session.flush()
    return gateway


def make_device(
    session: Session,
    *,
    home: SafetyHome | None = None,
    gateway: SafetyGateway | None = None,
    kind: str = "sos",
    ref: str | None = None,
    place: str = "bedroom",
    state: str = "installed",
    tested: bool = True,
) -> SafetyDevice:
    """Make a device, installed in a home and heard in a test unless it is said otherwise."""
    now, number = clock.now(), next(_numbers)
    if state == "installed":
        home = home or make_home(session)
        gateway = gateway or make_gateway(session)
    device = SafetyDevice(
        area_code=home.area_code if home else make_place(session, STREET),
        ref=ref or f"{kind}-{number}",
        gateway_id=gateway.id if gateway else None,
        home_id=home.id if home else None,
        type=kind,
        place=place,
        serial=f"SN{number:08d}",
        state=state,
        installed_at=now if state == "installed" else None,
        tested_at=now if state == "installed" and tested else None,
        added_at=now,
        added_by=_adder(session),
    )
    session.add(device)
    session.flush()
    return device


def make_contact(
    session: Session,
    home: SafetyHome,
    *,
    position: int = 1,
    kind: str = "contact",
    name: str = "王敏",
    relation: str = "女儿",
    phone: str = "13900139000",
    has_key: bool = False,
    minutes_away: int | None = 20,
    account_id: int | None = None,
) -> SafetyContact:
    """Put somebody on the list of a home."""
    contact = SafetyContact(
        home_id=home.id,
        position=position,
        kind=kind,
        name=name,
        relation=relation,
        phone_sealed=vault.seal(phone),
        has_key=has_key,
        minutes_away=minutes_away,
        account_id=account_id,
    )
    session.add(contact)
    session.flush()
    return contact


def _adder(session: Session) -> int:
    """Return an account of a clerk who recorded things."""
    return make_account(session, Role.STREET_CLERK, area_code=make_place(session, STREET)).id
