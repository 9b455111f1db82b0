"""Everybody who has a hand in one care bed, for the long test: accounts, a senior, a provider, documents in force."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

import care_beds
from app import clock
from app.auth.actor import Role
from app.auth.models import Account
from app.people.models import Senior
from app.policies.folder import read_folder
from app.policies.services import seed_policies
from care_beds.providers.models import CareProvider
from subsidies.services import open_account
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_account
from tests.app.people.factories import make_actor, make_senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.factories import Hired, make_carer, make_provider

CITY, DISTRICT, STREET = "330100", "330105", "330105011"
FOLDER = Path(care_beds.__file__).parent / "policies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The people of one care bed."""

    session: Session
    senior: Senior
    provider: CareProvider
    clerk: Account
    assessor: Account
    second: Account
    approver: Account
    manager: Account
    carer: Hired
    daughter: Account


def make_cast(session: Session) -> Cast:
    """Put everybody in place, with the product's own documents in force."""
    make_place(session, STREET)
    for kind, area_code in (("city", CITY), ("district", DISTRICT)):
        open_account(session, kind=kind, area_code=area_code, name=f"{area_code} 财政")
    maker = make_actor(session, area_code=CITY, name="章丽华")
    checker = make_actor(session, roles=[Role.DISTRICT_APPROVER], area_code=CITY, name="何志强")
    seed_policies(session, documents=read_folder(FOLDER), maker=maker, checker=checker, now=clock.now())
    provider = make_provider(session, area_code=STREET)
    senior = make_senior(session, name="王玉兰", hukou_area=STREET, income_class="low_income")
    daughter = make_relative(session, name="陈敏")
    make_link(session, senior, daughter)
    staff = {
        "clerk": (Role.STREET_CLERK, STREET, "方琳"),
        "assessor": (Role.ASSESSOR, DISTRICT, "孙文静"),
        "second": (Role.ASSESSOR, DISTRICT, "丁海涛"),
        "approver": (Role.DISTRICT_APPROVER, DISTRICT, "徐建平"),
    }
    posts = {
        each: make_account(session, role, name=name, area_code=area_code)
        for each, (role, area_code, name) in staff.items()
    }
    manager = make_account(session, Role.PROVIDER_MANAGER, name="钱国英", area_code=STREET, provider_id=provider.id)
    carer = make_carer(session, provider=provider, name="张慧")
    return Cast(
        session=session, senior=senior, provider=provider, manager=manager, carer=carer, daughter=daughter, **posts
    )
