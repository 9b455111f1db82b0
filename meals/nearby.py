"""The canteens near a senior: which are open, what they cook, and what it would cost this senior.

Priced by the very steps of the till, from two statements, however many canteens and dishes there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import business_day, local
from app.errors import NotFound
from meals.deciding import price_bill, terms_of
from meals.errors import REFUSED_STATUSES
from meals.opening import Opening
from meals.reading.days import midnight
from meals.rules import MealDiscount, Used, Window, clock_text, window_at
from meals.sale import Bill
from meals.wording import Words, why_no_subsidy

# As many as can be looked through on a phone; the nearest come first.
MOST_CANTEENS = 10

NEAR = text("""
WITH near AS (
    SELECT n.*, a.name AS area_name, a.name_en AS area_name_en
      FROM canteen AS n JOIN area AS a ON a.code = n.area_code
     WHERE n.area_code LIKE left(:place, 6) || '%' AND n.kind <> 'central_kitchen'
       AND (n.closed_from IS NULL OR :on < n.closed_from)
     ORDER BY n.area_code = :place DESC, left(n.area_code, 9) = left(:place, 9) DESC, n.area_code, n.code
     LIMIT :most)
SELECT near.id, near.name, near.name_en, near.area_code, near.area_name, near.area_name_en,
       jsonb_build_object('id', near.id, 'name', near.name, 'area_code', near.area_code,
           'merchant_account', near.merchant_account, 'till_number', NULL,
           'licence_expires_on', near.licence_expires_on, 'agreement_expires_on', near.agreement_expires_on,
           'open', extract(isodow FROM CAST(:on AS date))::smallint = ANY (near.weekdays) AND NOT EXISTS (
               SELECT FROM canteen_closure AS x WHERE x.canteen_id = near.id AND x.closed_on = :on)) AS canteen,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'name', d.name, 'name_en', d.name_en,
               'contents', d.contents, 'price_fen', r.price_fen) ORDER BY d.is_default DESC, d.position, d.id)
           FROM dish AS d JOIN dish_price AS r ON r.dish_id = d.id
          WHERE d.canteen_id = near.id AND (d.withdrawn_on IS NULL OR :on < d.withdrawn_on)
            AND extract(isodow FROM CAST(:on AS date))::smallint = ANY (d.weekdays)
            AND r.valid_from <= :on AND (r.valid_until IS NULL OR :on < r.valid_until)), '[]') AS dishes,
       coalesce((SELECT jsonb_object_agg(d.kind, d.id) FROM (
           SELECT DISTINCT ON (p.kind) p.kind, p.id
             FROM unnest(ARRAY[near.area_code, left(near.area_code, 9), left(near.area_code, 6),
                      left(near.area_code, 4) || '00', left(near.area_code, 2) || '0000'])
                  WITH ORDINALITY AS a (code, distance)
             JOIN policy_document AS p ON p.area_code = a.code
            WHERE p.kind IN ('meal_discount', 'sale_rules') AND p.state = 'published'
              AND p.valid_from <= :on AND (p.valid_until IS NULL OR :on < p.valid_until)
            ORDER BY p.kind, a.distance) AS d), '{}') AS policies
  FROM near
 ORDER BY near.area_code = :place DESC, left(near.area_code, 9) = left(:place, 9) DESC, near.area_code, near.code
""")
NEAR_IDS = text("""
SELECT n.id FROM canteen AS n JOIN senior AS s ON s.id = :senior_id
 WHERE n.area_code LIKE left(s.residence_area_code, 6) || '%' AND n.kind <> 'central_kitchen'
   AND (n.closed_from IS NULL OR :on < n.closed_from)
 ORDER BY n.area_code = s.residence_area_code DESC,
          left(n.area_code, 9) = left(s.residence_area_code, 9) DESC, n.area_code, n.code
 LIMIT :most
""")
GUEST = text("""
SELECT s.residence_area_code AS place,
       jsonb_build_object('id', s.id, 'name', s.name, 'birth_on', s.birth_on, 'card', '', 'card_state', 'issued',
           'hukou_area', s.hukou_area_code, 'residence_area', s.residence_area_code,
           'living', s.living_situation, 'income', s.income_class, 'ability', s.ability_level,
           'status', coalesce((SELECT t.status FROM senior_status AS t WHERE t.senior_id = s.id
               AND t.from_on <= :on AND (t.until_on IS NULL OR :on < t.until_on)), 'active')) AS senior,
       m.meals, m.month_public_fen, m.month_subsidised
  FROM senior AS s, LATERAL (
       SELECT coalesce(jsonb_agg(jsonb_build_object('window', k.window_name, 'slot', k.slot,
                  'public_fen', k.public_fen, 'at', k.occurred_at, 'canteen_id', k.canteen_id,
                  'canteen', (SELECT n.name FROM canteen AS n WHERE n.id = k.canteen_id),
                  'till', (SELECT t.number FROM till AS t WHERE t.id = k.till_id))
                  ORDER BY k.occurred_at) FILTER (WHERE k.meal_on = :on), '[]') AS meals,
              coalesce(sum(k.public_fen), 0)::bigint AS month_public_fen, count(*) AS month_subsidised
         FROM checkout AS k
        WHERE k.home = s.id AND k.slot IS NOT NULL AND k.reversed_at IS NULL
          AND k.meal_on >= date_trunc('month', CAST(:on AS date))::date
          AND k.meal_on < (date_trunc('month', CAST(:on AS date)) + interval '1 month')::date) AS m
 WHERE s.id = :senior_id
""")


class Doors(StrEnum):
    """How a canteen stands at the moment of asking."""

    OPEN = "open"
    LATER = "later"
    OVER = "over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DishPrice:
    """A dish, and who would pay what for it; ``why`` tells why nothing comes off."""

    name: str
    name_en: str
    contents: str
    kind: str
    price_fen: int
    points_fen: int
    cash_fen: int
    why: Words | None

    @property
    def own_fen(self) -> int:
        """Return what the senior would pay, in points and in cash together."""
        return self.points_fen + self.cash_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A canteen as a family sees it."""

    id: int
    name: str
    name_en: str
    area: str
    area_en: str
    is_same_street: bool
    doors: Doors
    meal: str | None
    at: str
    dishes: Sequence[DishPrice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The canteens around a senior on a day; ``may_pay`` says whether the card pays for meals at present."""

    on: date
    may_pay: bool
    canteens: Sequence[Nearby]

    @property
    def is_any_open(self) -> bool:
        """Say whether somebody can still eat on the day."""
        return any(each.doors in (Doors.OPEN, Doors.LATER) for each in self.canteens)


def list_nearby(session: Session, *, senior_id: int, points_fen: int, now: datetime) -> Around:
    """List the canteens near a senior with today's menu, or tomorrow's once all have closed. Asks nobody's leave.

    :param points_fen: the points that may pay for meals
    :raises NotFound: if there is no such senior
    """
    today = _around(session, senior_id=senior_id, points_fen=points_fen, on=business_day(now), now=now)
    if today.is_any_open or not today.canteens:
        return today
    next_day = today.on + timedelta(days=1)
    return _around(session, senior_id=senior_id, points_fen=points_fen, on=next_day, now=now)


def _around(session: Session, *, senior_id: int, points_fen: int, on: date, now: datetime) -> Around:
    guest = session.execute(GUEST, {"senior_id": senior_id, "on": on}).one_or_none()
    if guest is None:
        raise NotFound
    rows = session.execute(NEAR, {"place": guest.place, "on": on, "most": MOST_CANTEENS}).all()
    may_pay = guest.senior["status"] not in REFUSED_STATUSES
    moment = now if on == business_day(now) else midnight(on)
    canteens = [_nearby(session, row, guest, points_fen if may_pay else 0, moment) for row in rows]
    return Around(on=on, may_pay=may_pay, canteens=canteens)


def _nearby(session: Session, row: Any, guest: Any, points_fen: int, moment: datetime) -> Nearby:
    opening = Opening(
        senior=guest.senior,
        canteen=row.canteen,
        dishes=row.dishes,
        policies=row.policies,
        points_fen=points_fen,
        balance_fen=points_fen,
        answer=None,
        outcome=None,
        fingerprint=None,
        meals=guest.meals,
        month=Used(subsidised=guest.month_subsidised, public_fen=guest.month_public_fen),
    )
    doors, window = _doors(session, opening, moment)
    served = doors in (Doors.OPEN, Doors.LATER)
    at = max(moment, _begin(window, moment)) if window else moment
    return Nearby(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        area=row.area_name,
        area_en=row.area_name_en,
        is_same_street=row.area_code[:9] == guest.place[:9],
        doors=doors,
        meal=window.name if window else None,
        at=clock_text(window.until_minute if doors is Doors.OPEN else window.from_minute) if window else "",
        dishes=[_price(session, opening, dish, at, moment) for dish in row.dishes] if served else (),
    )


def _doors(session: Session, opening: Opening, moment: datetime) -> tuple[Doors, Window | None]:
    """Say how a canteen stands, with the meal being served or the one to come."""
    assert opening.canteen is not None
    if not opening.canteen["open"] or "sale_rules" not in opening.policies:
        return Doors.CLOSED, None
    policy = terms_of(session, opening.policies["meal_discount"]) if "meal_discount" in opening.policies else None
    if not isinstance(policy, MealDiscount) or not policy.windows:
        return Doors.OPEN, None
    at = local(moment).time()
    present = window_at(policy, at)
    if present:
        return Doors.OPEN, present
    coming = _after(policy.windows, at.hour * 60 + at.minute)
    return (Doors.LATER, coming) if coming else (Doors.OVER, None)


def _after(windows: Iterable[Window], minute: int) -> Window | None:
    coming = [window for window in windows if window.from_minute > minute]
    return min(coming, key=lambda window: window.from_minute, default=None)


def _begin(window: Window, moment: datetime) -> datetime:
    return midnight(business_day(moment)) + timedelta(minutes=window.from_minute)


def _price(session: Session, opening: Opening, dish: Mapping[str, Any], at: datetime, moment: datetime) -> DishPrice:
    assert opening.canteen is not None
    bill = Bill(card="", canteen_id=opening.canteen["id"], items=((dish["id"], 1),), occurred_at=at)
    quote = price_bill(session, bill, opening, now=moment).quote
    return DishPrice(
        name=dish["name"],
        name_en=dish["name_en"],
        contents=dish["contents"],
        kind=dish["kind"],
        price_fen=quote.price_fen,
        points_fen=quote.points_fen,
        cash_fen=quote.cash_fen,
        why=why_no_subsidy(quote.reasons),
    )


def list_near_ids(session: Session, *, senior_id: int, on: date) -> Sequence[int]:
    """List the canteens near a senior, the nearest first, as the page of canteens has them. Asks nobody's leave."""
    return session.scalars(NEAR_IDS, {"senior_id": senior_id, "on": on, "most": MOST_CANTEENS}).all()
