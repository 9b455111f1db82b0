"""A canteen whose till decides by itself, beside the server that decides the same; and the browser's side of it."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app import clock as app_clock
from app.auth import Actor
from app.people.models import Senior
from meals.models import Canteen, Dish, Till
from meals.tills.door import Device
from subsidies.services import Grant, grant_points, open_account
from tests.app.people.factories import make_account
from tests.meals.factories import CITY, make_canteen, make_closure, make_dish, make_policy, make_till
from tests.meals.test_till_modules import node

DAY = date(2026, 11, 20)
# So that nothing here is locked; locks are not the server's.
WIDE = {
    "sale_at_most_fen": 100_000,
    "pending_sales": 5000,
    "pending_fen": 10_000_000,
    "warn_after_minutes": 60,
    "roster_hours": 100,
    "unknown_percent": 50,
    "clock_jump_seconds": 120,
}
PRICES = {"set_meal": 1600, "dish": 350, "delivery": 300}


@dataclass(frozen=True)
class Here:
    """A canteen of a round, and who sells there."""

    session: Session
    canteen: Canteen
    other: Canteen
    till: Till
    dishes: tuple[Dish, ...]
    by: Actor


def open_canteen(session: Session, one: Mapping[str, Any], street: str, day: date) -> Here:
    """Open a canteen of one street, with its document, dishes and till; ``flaw`` is what is wrong with it."""
    flaw = one["flaw"]
    lapsed = {f"{flaw}_expires_on": DAY - timedelta(days=1)} if flaw in {"licence", "agreement"} else {}
    canteen = make_canteen(session, area_code=street, **lapsed)
    if flaw == "closed":
        make_closure(session, canteen=canteen, closed_on=day)
    if one["body"] is not None:
        make_policy(session, area_code=street, body=one["body"])
    if flaw != "sale_rules":
        make_policy(session, area_code=street, kind="sale_rules")
    make_policy(session, area_code=street, kind="till_rules", body=WIDE)
    dishes = tuple(
        make_dish(session, canteen=canteen, kind=kind, name=f"{kind} 一", price_fen=fen) for kind, fen in PRICES.items()
    )
    account = make_account(session, name="周敏")
    return Here(
        session=session,
        canteen=canteen,
        other=make_canteen(session, area_code=street, name="潮鸣食堂"),
        till=make_till(session, canteen=canteen, number=3),
        dishes=dishes,
        by=Actor(account_id=account.id, name=account.name, device="session:1", canteen_ids=(canteen.id,)),
    )


def device_of(here: Here, street: str) -> Device:
    """Return a device of its till."""
    return Device(
        id=1,
        number=1,
        till_id=here.till.id,
        till_number=here.till.number,
        canteen_id=here.canteen.id,
        area_code=street,
        enrolled_by=here.by.account_id,
        enrolled_at=app_clock.now(),
    )


def give(session: Session, senior: Senior, lots: list[tuple[str, int, int]]) -> None:
    """Give somebody points: what for, how many, and how many days they are good."""
    funder = open_account(session, kind="city", area_code=CITY, name="市财政")
    grants = [
        Grant(
            home=senior.id,
            key=f"grant:{senior.id}:{place}",
            funder_account=funder,
            programme="chongyang-age",
            purpose=purpose,
            amount_fen=fen,
            expires_on=DAY + timedelta(days=days),
            cause={"what": "grant"},
        )
        for place, (purpose, fen, days) in enumerate(lots)
    ]
    now = app_clock.now()
    if grants:
        grant_points(session, grants=grants, actor="test", device="test", occurred_at=now, now=now)


def run(name: str, file: Path) -> int:
    """Run the browser's side on a file, and return how many cases it agreed on."""
    twin = Path(__file__).parents[1] / "till" / name
    ran = subprocess.run([*node(), str(twin), str(file)], check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr[:6000]
    return int(ran.stdout)
