"""Telling families of points about to be lost, some days ahead: set by set, each senior, day and term once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, Text, column, exists, func, select, table
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.clock import business_day
from app.messages.kinds import Kind, Params
from app.messages.services import Telling, tell_many
from app.money import yuan
from app.people.relatives.reach import followers
from app.people.relatives.rules import Topic
from app.policies.queries import list_in_force
from app.web.wording import full_day
from subsidies.expiry.queries import SENIOR, list_rollovers
from subsidies.expiry.rules import find_destination
from subsidies.models import Lot

ENDING = "subsidies.points_ending"
RULES = "family_rules"
# A round that was missed for a few days still tells; what is told once is not told again.
CATCH_UP = timedelta(days=3)
SENIORS_AT_ONCE = 200
STATUS = table("senior_status", column("senior_id", BigInteger), column("status", Text))
LINK = table("relative_link", column("senior_id", BigInteger), column("state", Text))


@dataclass(frozen=True, slots=True)
class _Loss:
    """What one senior loses on a day."""

    home: int
    name: str
    area_code: str
    expires_on: date
    fen: int


def tell_ending(session: Session, *, after: int, now: datetime) -> tuple[int, int | None]:
    """Tell some of those who are followed, from a senior on; return how many notices, and where to go on.

    :param after: the last senior of the set before
    """
    today = business_day(now)
    terms = {each.area_code: sorted(each.body["ending_days"]) for each in list_in_force(session, kind=RULES, on=today)}
    farthest = max((day for days in terms.values() for day in days), default=0)
    homes = _list_followed_homes(session, after=after, until=today + timedelta(days=farthest), today=today)
    if not farthest or not homes:
        return 0, None
    losses = _list_losses(session, homes=homes, today=today, until=today + timedelta(days=farthest))
    tellings = list(_tellings(session, losses, terms, today=today))
    count = tell_many(session, tellings=tellings, kind=ENDING, now=now)
    return count, homes[-1] if len(homes) == SENIORS_AT_ONCE else None


def ending_text(params: Params) -> str:
    """Say how much ends when."""
    return str(
        _(
            "%(name)s: %(amount)s yuan of points end on %(day)s, if they are not spent by then.",
            name=params["name"],
            amount=yuan(params["fen"]),
            day=full_day(date.fromisoformat(params["expires_on"])),
        )
    )


def home_address(params: Params) -> str:
    """Lead to the first page about somebody; it is known here by its address only."""
    return f"/family/{params['senior_id']}"


KINDS = (
    Kind(
        name=ENDING,
        title=_l("Points that end soon"),
        text=ending_text,
        topic=Topic.BALANCE,
        address=home_address,
    ),
)


def _list_followed_homes(session: Session, *, after: int, until: date, today: date) -> Sequence[int]:
    followed = exists().where(LINK.c.senior_id == Lot.home, LINK.c.state == "active")
    # Their families have other things to think of, and nothing left to spend.
    has_died = exists().where(STATUS.c.senior_id == Lot.home, STATUS.c.status == "deceased")
    query = (
        select(Lot.home)
        .where(Lot.home > after, Lot.expires_on.between(today, until), Lot.remaining_fen > 0, followed, ~has_died)
        .distinct()
        .order_by(Lot.home)
    )
    return session.scalars(query.limit(SENIORS_AT_ONCE)).all()


def _list_losses(session: Session, *, homes: Sequence[int], today: date, until: date) -> list[_Loss]:
    """Sum up what is lost; points that only move into others are no loss."""
    query = (
        select(
            Lot.home,
            SENIOR.c.name,
            SENIOR.c.residence_area_code,
            Lot.expires_on,
            Lot.programme,
            Lot.purpose,
            func.sum(Lot.remaining_fen).label("fen"),
        )
        .join(SENIOR, SENIOR.c.id == Lot.home)
        .where(Lot.home.in_(homes), Lot.expires_on.between(today, until), Lot.remaining_fen > 0)
        .group_by(Lot.home, SENIOR.c.name, SENIOR.c.residence_area_code, Lot.expires_on, Lot.programme, Lot.purpose)
    )
    rollovers, sums, about = (
        list_rollovers(session),
        defaultdict[tuple[int, date], int](int),
        dict[int, tuple[str, str]](),
    )
    for row in session.execute(query):
        if find_destination(rollovers, programme=row.programme, purpose=row.purpose, expires_on=row.expires_on):
            continue
        sums[row.home, row.expires_on] += int(row.fen)
        about[row.home] = (row.name, row.residence_area_code)
    return [
        _Loss(home, about[home][0], about[home][1], expires_on, fen) for (home, expires_on), fen in sorted(sums.items())
    ]


def _tellings(
    session: Session, losses: Sequence[_Loss], terms: Mapping[str, Sequence[int]], *, today: date
) -> Iterator[Telling]:
    ids = {loss.home for loss in losses}
    reached = followers(session, senior_ids=ids, topic=Topic.BALANCE, today=today)
    for loss in losses:
        days = next((terms[code] for code in (loss.area_code, *ancestors(loss.area_code)) if code in terms), ())
        term = find_term(days, left_days=(loss.expires_on - today).days)
        if term is None:
            continue
        key = f"ending:{loss.home}:{loss.expires_on}:{term}"
        params = {"name": loss.name, "fen": loss.fen, "expires_on": loss.expires_on.isoformat()}
        yield from (Telling(account, key, params, loss.home) for account in reached.get(loss.home, ()))


def find_term(days: Sequence[int], *, left_days: int) -> int | None:
    """Return the term that is reached with so many days left: the nearest, if it was reached in the last days."""
    return next((term for term in sorted(days) if 0 <= term - left_days <= CATCH_UP.days), None)
