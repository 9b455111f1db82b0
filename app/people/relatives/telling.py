"""Telling those who follow a senior: to whom a topic is open now, and which hours are theirs to sleep."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth.queries import list_home_areas
from app.clock import business_day
from app.messages.asking import Followed
from app.messages.kinds import Kind, Params
from app.messages.rules import Quiet
from app.messages.services import tell
from app.people.relatives.family_rules import find_family_rules
from app.people.relatives.reach import followers
from app.people.relatives.rules import FamilyRules, Topic
from app.web.wording import moment

LOST_CARD = "people.lost_card"


def tell_followers(
    session: Session,
    *,
    senior_id: int,
    topic: Topic,
    kind: str,
    key: str,
    params: Mapping[str, Any],
    now: datetime,
    urgent: bool = False,
) -> int:
    """Tell a senior's own account and the relatives to whom a topic is open, and return how many were told.

    :param urgent: goes out in quiet hours too
    """
    found = followers(session, senior_ids=[senior_id], topic=topic, today=business_day(now))
    accounts = found.get(senior_id, ())
    told: dict[str, Any] = {"kind": kind, "key": key, "params": params, "senior_id": senior_id}
    return tell(session, account_ids=accounts, **told, urgent=urgent, now=now)


def list_followed(session: Session, asked: Sequence[Followed], today: date) -> Collection[Followed]:
    """Return those of these followers to whom the topic is still open; one statement for each topic."""
    by_topic: dict[str, list[Followed]] = defaultdict(list)
    for each in asked:
        by_topic[each.topic].append(each)
    kept: list[Followed] = []
    for topic, found in by_topic.items():
        ids = {each.senior_id for each in found}
        reached = followers(session, senior_ids=ids, topic=Topic(topic), today=today)
        kept.extend(each for each in found if each.account_id in reached.get(each.senior_id, ()))
    return kept


def list_quiet(session: Session, account_ids: Collection[int], today: date) -> Mapping[int, Quiet]:
    """Return the quiet hours of accounts by the rules where they are at home; one statement for each place."""
    places = list_home_areas(session, account_ids=account_ids)
    rules = {place: find_family_rules(session, area_code=place, on=today) for place in set(places.values())}
    found = {account_id: rules[place] for account_id, place in places.items()}
    return {account_id: _quiet(each) for account_id, each in found.items() if each}


def lost_card_text(params: Params) -> str:
    """Say whose card was reported lost, and what comes next."""
    return str(
        _(
            "The card of %(name)s, ending in %(tail)s, was reported lost on %(at)s and pays nothing any more."
            " The street office gives a new one.",
            name=params["name"],
            tail=params["tail"],
            at=moment(datetime.fromisoformat(params["at"])),
        )
    )


def card_address(params: Params) -> str:
    """Lead to the card; the families' pages are known here by their addresses only."""
    return f"/family/{params['senior_id']}/card"


KINDS = (
    Kind(
        name=LOST_CARD,
        title=_l("Card lost"),
        text=lost_card_text,
        topic=Topic.BALANCE,
        address=card_address,
        optional=False,
    ),
)


def _quiet(rules: FamilyRules) -> Quiet:
    return Quiet(_time(rules.quiet_from), _time(rules.quiet_until))


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
