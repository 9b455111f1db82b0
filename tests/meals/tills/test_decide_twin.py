"""A till that decides by its roster says what the server says of the same guest at the same moment."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.clock import ZONE
from app.errors import DomainError, problem
from app.people.models import Card
from app.people.payment_codes.keys import code_key, sign_code
from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.rules import Body, key_id_of
from app.people.rules import IncomeClass, LivingSituation, Status
from app.tokens import digest, new_id, random_bytes
from meals import services
from meals.documents.checks import find_discount_faults
from meals.sale import Bill
from meals.tills.roster import make_roster
from tests.app.people.factories import make_card, make_senior
from tests.conftest import FrozenClock
from tests.meals.factories import (
    STREET,
    make_checkout,
)
from tests.meals.test_rules_properties import SCHEMA, bodies
from tests.meals.tills.twin import DAY, Here, device_of, give, open_canteen, run

ROUNDS, GUESTS = 13, 20
BARRED_GUESTS = 8  # on a day on which nothing is sold, a few are enough
CLOCKS = (time(11, 48), time(12, 59), time(23, 59), time(9, 59), time(10, 0))

purposes = st.sampled_from(["any", "meals", "meals", "care", "care.meals"])
lots = st.lists(st.tuples(purposes, st.integers(1, 4000), st.sampled_from([0, 1, 2, 41])), max_size=3)
past_meals = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 9, 25]),
        st.sampled_from(["lunch", "lunch", "dinner", "breakfast"]),
        st.integers(1, 900),
        st.booleans(),
        st.times(min_value=time(6), max_value=time(9, 50)),
    ),
    max_size=3,
    unique_by=lambda meal: (meal[0], meal[1]),
)
births = st.one_of(
    st.dates(date(1928, 1, 1), date(1975, 12, 31)),
    # Older by a year on the day itself, and on the days around it.
    st.builds(lambda years, days: date(DAY.year - years, 11, 20) + timedelta(days=days), st.sampled_from([60, 70, 80]),
              st.integers(-1, 3)),
)  # fmt: skip
usually = [Status.ACTIVE] * 12
guests = st.fixed_dictionaries(
    {
        "birth_on": births,
        "income_class": st.sampled_from(list(map(str, IncomeClass))),
        "ability_level": st.sampled_from([None, 0, 1, 2, 3, 4]),
        "living_situation": st.sampled_from([None, *map(str, LivingSituation)]),
        "hukou_area": st.sampled_from([STREET, "330102017", "330102017906", "310101001"]),
        "status": st.sampled_from([*usually, *Status]),
        "card": st.sampled_from(["issued"] * 9 + ["lost", "cancelled", "replaced"]),
        "second": st.sampled_from([None] * 4 + ["lost", "issued"]),
        "lots": lots,
        "meals": past_meals,
        "shown": st.sampled_from(["card"] * 6 + ["code", "old code", "used code", "nobody"]),
        "counts": st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 1)).filter(any),
        "name": st.sampled_from(["王秀英", "张敏", "欧阳致远", "阿依古丽·买买提"]),
    }
)
rounds = st.fixed_dictionaries(
    {
        "body": st.one_of(st.none(), *[bodies()] * 7),
        "clock": st.sampled_from(CLOCKS),
        "is_next_day": st.sampled_from([False, False, True]),
        "flaw": st.sampled_from([None] * 9 + ["licence", "agreement", "closed", "sale_rules"]),
        "guests": st.lists(guests, min_size=GUESTS, max_size=GUESTS),
    }
)
BARRING = {"closed", "sale_rules"}
# What chance leaves out more often than not.
SURE = ({"flaw": "closed"}, {"flaw": "licence"}, {"flaw": "agreement"}, {"flaw": "sale_rules"}, {"is_next_day": True},
        {"body": None}, {"clock": time(9, 59)})  # fmt: skip


@dataclass
class Drawn:
    """What goes to the browser's side: rosters, and cases with what the server said."""

    rosters: list[Any] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)


def draw_rounds() -> list[dict[str, Any]]:
    """Draw days at canteens, each with its document and its guests."""
    drawn: list[dict[str, Any]] = []

    @settings(max_examples=3 * ROUNDS, deadline=None, database=None, derandomize=True)
    @given(rounds)
    def collect(one: dict[str, Any]) -> None:
        if one["body"] is None or not list(find_discount_faults(SCHEMA.load(one["body"]), STREET)):
            drawn.append(one)

    collect()
    sure = [{**one, **(SURE[place] if place < len(SURE) else {})} for place, one in enumerate(drawn[:ROUNDS])]
    return [{**one, "guests": one["guests"][: BARRED_GUESTS if one["flaw"] in BARRING else GUESTS]} for one in sure]


def serve(session: Session, one: Mapping[str, Any], clock: FrozenClock, drawn: Drawn, street: str) -> None:
    """Open a canteen for a day, take its roster, and ask the server about every guest."""
    day = DAY + timedelta(days=int(one["is_next_day"]))
    clock.set(datetime.combine(DAY, time(9, 55), tzinfo=ZONE))
    here = open_canteen(session, one, street, day)
    cards = [_arrive(here, guest, street) for guest in one["guests"]]
    session.flush()
    drawn.rosters.append(
        json.loads(make_roster(session, device=device_of(here, street), since="", now=app_clock.now()).body)
    )
    clock.set(datetime.combine(day, one["clock"], tzinfo=ZONE))
    for card, guest in zip(cards, one["guests"], strict=True):
        drawn.cases.append({"roster": len(drawn.rosters) - 1, **_ask(here, card, guest)})


def _arrive(here: Here, guest: Mapping[str, Any], street: str) -> Card:
    """Make a guest with cards, points, and meals of the month; one nobody knows lives elsewhere."""
    session = here.session
    about = ("name", "birth_on", "income_class", "ability_level", "living_situation", "hukou_area", "status")
    home = "310101001" if guest["shown"] == "nobody" else street
    senior = make_senior(session, residence_area=home, **{name: guest[name] for name in about})
    card = make_card(session, senior, state=guest["card"])
    if guest["second"]:
        make_card(session, senior, state="lost" if guest["card"] == "issued" else "issued")
    give(session, senior, guest["lots"])
    if guest["shown"] != "nobody":
        for meal in guest["meals"]:
            _eat(here, card, meal)
    return card


def _eat(here: Here, card: Card, meal: tuple[int, str, int, bool, time]) -> None:
    days, window, fen, is_here, at = meal
    make_checkout(
        here.session,
        senior_id=card.senior_id,
        card=card.number,
        canteen=here.canteen if is_here else here.other,
        account_id=here.by.account_id,
        till=here.till if is_here else None,
        meal_on=DAY - timedelta(days=days),
        at=at,
        window_name=window,
        price_fen=1600,
        shares=(("city", fen),),
        points_fen=0,
    )


def _show(here: Here, card: Card, *, is_old: bool, is_used: bool) -> tuple[str, str | None]:
    """Show a code on the guest's phone; also for guests who would be shown none, because tills see old ones too."""
    now = app_clock.now().replace(microsecond=0)
    issued_at = now - timedelta(minutes=7 if is_old else 0)
    key_id, nonce = key_id_of(code_key().public_key), random_bytes(5)
    body = Body(
        key_id=key_id,
        senior_id=card.senior_id,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=90),
        nonce=nonce,
    )
    used_at = issued_at + timedelta(seconds=20) if is_used else None
    here.session.add(
        PaymentCode(
            senior_id=card.senior_id,
            account_id=here.by.account_id,
            nonce=nonce,
            number_digest=digest(nonce.hex()),
            issued_at=body.issued_at,
            expires_at=body.expires_at,
            used_at=used_at,
            used_for=new_id() if is_used else None,
        )
    )
    here.session.flush()
    return sign_code(body), used_at.isoformat() if used_at else None


def _ask(here: Here, card: Card, guest: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the server for a quote, and write down what was asked and what it said."""
    shown, used_at = card.number, None
    if guest["shown"] in {"code", "old code", "used code"}:
        shown, used_at = _show(here, card, is_old=guest["shown"] == "old code", is_used=guest["shown"] == "used code")
    items = [(dish.id, count) for dish, count in zip(here.dishes, guest["counts"], strict=True) if count]
    now = app_clock.now()
    case = {
        "at": round(now.timestamp() * 1000),
        "card": shown,
        "used_at": used_at,
        "is_stranger": guest["shown"] == "nobody",
        "items": [{"dish_id": dish_id, "count": count} for dish_id, count in items],
    }
    bill = Bill(card=shown, canteen_id=here.canteen.id, till_id=here.till.id, items=tuple(items))
    try:
        return {**case, "quote": services.quote(here.session, bill=bill, by=here.by, now=now)}
    except DomainError as error:
        return {**case, "problem": problem(error)}


def test_hundreds_of_guests_get_the_same_answer_from_a_till_alone(
    session: Session, clock: FrozenClock, tmp_path: Path
) -> None:
    drawn = Drawn()
    for place, one in enumerate(draw_rounds()):
        serve(session, one, clock, drawn, street=f"330105{100 + place}")
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"rosters": drawn.rosters, "cases": drawn.cases}, ensure_ascii=False, default=str))
    assert run("decide_twin.mjs", file) == len(drawn.cases) >= 200
    told = Counter(case["problem"]["code"] if "problem" in case else "quote" for case in drawn.cases)
    assert told["quote"] >= 80, told
    assert set(told) >= {"card_lost", "code_expired", "canteen_closed", "sale_rules_missing", "senior_deceased"}, told
