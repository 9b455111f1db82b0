"""Loading the demonstration: a city, its canteens, its seniors, and months of points and meals."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.audit import services as audit
from demo import city as cities
from demo.applications import receive_applications
from demo.care import open_care
from demo.city import Tell, found_city
from demo.deliveries import bring_meals
from demo.desk import keep_sums
from demo.errors import PeopleThere
from demo.families import join_families
from demo.findings import report_death_late
from demo.history import Passed, pass_days
from demo.late import report_deaths_after_grants, undo_after_settlement
from demo.notes import write_notes
from demo.outreach import open_outreach
from demo.picture import count_days
from demo.safety import open_safety
from demo.settlement import settle
from demo.shifts import keep_shifts
from demo.shops import open_shops
from demo.staff import find_keeper
from demo.turns import leave_list

SENIORS, DAYS = 2000, 92

# Two loaders at once would each find an empty database.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('demonstration', 0))")
# Plans are made while the tables are still empty, and kept while they fill: never by reading them whole.
KEEP_TO_INDEXES = text("SET LOCAL enable_seqscan = off")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What was loaded."""

    seniors: int
    canteens: int
    grants: int
    sales: int


def is_untouched(session: Session) -> bool:
    """Tell whether nobody has used this database: no senior, and no account."""
    return not session.scalar(text("SELECT EXISTS (SELECT FROM senior) OR EXISTS (SELECT FROM account)"))


def steps(days: int) -> int:
    """Return how many steps a load tells of."""
    return cities.STEPS + (days + 1 if days else 0)


def load(
    session: Session,
    *,
    now: datetime,
    seniors: int = SENIORS,
    days: int = DAYS,
    welcome_fen: int = 0,
    tell: Tell = lambda _steps: None,
) -> Loaded:
    """Fill a database that has no people. ``refresh_statistics`` belongs after the commit.

    :param days: days of grants and meals before today; without any there are points but no meals
    :param welcome_fen: points that every senior with a card gets on top, for measurements
    :param tell: is called with the number of steps done since the last call
    :raises PeopleThere: if there are people in the database
    """
    session.execute(ONE_AT_A_TIME)
    if session.scalar(text("SELECT EXISTS (SELECT FROM senior)")):
        raise PeopleThere
    session.execute(KEEP_TO_INDEXES)
    city = found_city(session, seniors=seniors, days=days, now=now, tell=tell)
    brought = sum(city.granter.post(granted) for granted in city.granter.grant_opening(welcome_fen=welcome_fen))
    passed = pass_days(city, tell=tell) if days else Passed()
    receive_applications(session, now=now)
    settle(session, office=city.office, places=city.places, since=city.span.since, now=now)
    report_death_late(session, by=city.admin, now=now)
    report_deaths_after_grants(session, office=city.office, now=now)
    undo_after_settlement(session, keeper=find_keeper(session), now=now)
    join_families(session, (guest.senior for guest in city.guests), now=now)
    if days:
        open_care(session, seniors=[guest.senior for guest in city.guests], office=city.office, now=now)
        open_shops(session, seniors=[guest.senior.id for guest in city.guests], office=city.office, now=now)
    bring_meals(session, places=city.places, guests=city.guests, days=days, now=now)
    keep_shifts(session, places=city.places, days=days, now=now)
    leave_list(session, now=now)
    keep_sums(session, now=now)
    loaded = Loaded(
        seniors=len(city.guests), canteens=len(city.places), grants=brought + passed.grants, sales=passed.sales
    )
    new = {"seniors": loaded.seniors, "grants": loaded.grants, "sales": loaded.sales}
    audit.record(session, actor=city.admin, action="demo.loaded", subject="demo", now=now, new=new)
    if days:
        # The desk of a demonstration calls by telephone: from here on the product knows that this is one.
        open_safety(session, seniors=[guest.senior for guest in city.guests], days=days, now=now)
        open_outreach(session, seniors=[guest.senior for guest in city.guests], now=now)
        count_days(session, days=days, now=now)
    write_notes(session, now=now)
    return loaded


def refresh_statistics() -> None:
    """Let the planner know what was loaded; only the owner of the tables may."""
    engine = create_engine(current_app.config["OWNER_DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
