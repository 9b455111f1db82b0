"""Cards worth scanning at the demonstration's till at this moment, found among its data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import business_day, local
from app.policies.queries import find_policy
from demo.persons import SHOW_COMMUNITY
from demo.staff import SHOW_CANTEEN
from meals.policy import meal_discount
from meals.rules import Window, window_at

# Enough for a lunch of someone over eighty.
POINTS_FEN = 1500
HUNGRY = text(
    """
    SELECT c.number, s.birth_on FROM senior AS s JOIN card AS c ON c.senior_id = s.id AND c.state = 'issued'
     WHERE s.residence_area_code = :area AND s.birth_on <= CAST(:on AS date) - interval '80 years'
       AND NOT EXISTS (SELECT FROM senior_status AS t WHERE t.senior_id = s.id AND t.status <> 'active'
                        AND t.from_on <= :on AND (t.until_on IS NULL OR :on < t.until_on))
       AND NOT EXISTS (SELECT FROM checkout AS k WHERE k.home = s.id AND k.meal_on = :on AND k.reversed_at IS NULL)
       AND (SELECT sum(l.remaining_fen) FROM ledger.lot AS l WHERE l.home = s.id AND l.expires_on >= :on) >= :points_fen
     ORDER BY s.id LIMIT 1
    """
)
LOST = text(
    """
    SELECT c.number, s.birth_on FROM card AS c JOIN senior AS s ON s.id = c.senior_id
     WHERE c.state = 'lost' ORDER BY s.residence_area_code <> :area, s.id LIMIT 1
    """
)
FED = text(
    """
    SELECT k.card AS number, s.birth_on FROM checkout AS k JOIN senior AS s ON s.id = k.home
      JOIN canteen AS n ON n.id = k.canteen_id JOIN card AS c ON c.number = k.card AND c.state = 'issued'
     WHERE n.code = :canteen AND k.meal_on = :on AND k.window_name = :window AND k.slot IS NOT NULL
       AND k.reversed_at IS NULL
     ORDER BY k.occurred_at DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Try:
    """A card to scan, and what it shows."""

    card: str
    shows: str


def show_window(session: Session, now: datetime) -> Window | None:
    """Return the meal window of the moment in the canteen where the demonstration's cashier sells."""
    document = find_policy(session, kind="meal_discount", area_code=SHOW_COMMUNITY, on=business_day(now))
    return window_at(meal_discount(document), local(now).time()) if document else None


def list_tries(session: Session, *, now: datetime) -> list[Try]:
    """Return the cards to try now; one that nothing in the data shows at this moment is left out."""
    return list(_tries(session, now))


def _tries(session: Session, now: datetime) -> Iterator[Try]:
    on = business_day(now)
    hungry = session.execute(HUNGRY, {"area": SHOW_COMMUNITY, "on": on, "points_fen": POINTS_FEN}).first()
    if hungry:
        yield Try(hungry.number, "over eighty, has points, has not eaten today: public money, points and cash pay")
    lost = session.execute(LOST, {"area": SHOW_COMMUNITY}).first()
    if lost:
        yield Try(lost.number, "reported lost: nothing is sold")
    window = show_window(session, now)
    told = {"canteen": SHOW_CANTEEN, "on": on, "window": window.name if window else ""}
    fed = session.execute(FED, told).first()
    if fed:
        yield Try(fed.number, "had this meal already: a second one gets no subsidy")
