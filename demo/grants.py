"""Points of the invented seniors: what they brought along, and each month's grants by the published programmes.

What a month brings is worked out in memory, so that meals can be sold from it; when it is written, grant runs
decide it again from the register, and post it as an office does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from app.areas.rules import is_within
from app.clock import ZONE
from app.people.rules import Status, age_on
from app.people.timeline import status_on
from demo.choices import Choices
from demo.files import read_places, read_yaml
from demo.funders import Funders
from demo.persons import Person, Span
from demo.places import CITY
from demo.purses import Purse
from demo.register import Registered
from demo.runs import DISTRICTS, post_month
from demo.staff import Office
from subsidies import services as ledger
from subsidies.allowance.programmes import list_programmes
from subsidies.allowance.rules import Facts, decide
from subsidies.allowance.terms import last_good_day
from subsidies.services import Grant

ISSUED_AT = time(6, 0)
POINT_FEN = 100
AT_ONCE = 5000
WELCOME = {"zh": "演示项目：人人有份", "en": "Demonstration: for everyone"}


@lru_cache(maxsize=4)
def grant_days(span: Span) -> frozenset[date]:
    """Return the first days of the months within the history."""
    days = (span.since + timedelta(days=number) for number in range((span.today - span.since).days + 1))
    return frozenset(day for day in days if day.day == 1)


@dataclass(frozen=True, slots=True)
class Granted:
    """Grants of one day, ready for the ledger; the purses have them already."""

    on: date
    grants: tuple[Grant, ...]
    monthly: int = 0


class Granter:
    """Grants points to the invented seniors: into their purses at once, into the ledger when told."""

    def __init__(
        self,
        session: Session,
        seniors: Sequence[Registered],
        purses: Mapping[int, Purse],
        span: Span,
        *,
        funders: Funders,
        office: Office,
    ) -> None:
        self._session = session
        self._seniors = seniors
        self._purses = purses
        self._span = span
        self._office = office
        self._programmes = list_programmes(session, on=span.today)
        self._terms = {each.document_id: each for each in self._programmes}
        self._funders = funders
        self._granted: set[date] = set()

    def grant_opening(self, *, welcome_fen: int) -> list[Granted]:
        """Grant what people had before the first day."""
        since = self._span.since
        opening = [self.grant_month(since.replace(day=1)), self._give(since, self._brought())]
        return [*opening, self._give(since, self._welcome(welcome_fen))] if welcome_fen else opening

    def grant_month(self, day: date) -> Granted:
        """Grant a month's points, once. The month of today lies open: a clerk prepares it."""
        if day in self._granted or day == self._span.today.replace(day=1):
            return Granted(day, ())
        self._granted.add(day)
        entitled = [(senior, each) for senior in self._seniors for each in self._entitlements(senior, day)]
        for senior, (amount_fen, expires_on) in entitled:
            self._purses[senior.id].grant(amount_fen, expires_on)
        return Granted(day, (), monthly=len(entitled))

    def post(self, granted: Granted) -> int:
        """Post grants to the ledger, and return how many there were."""
        moment = datetime.combine(granted.on, ISSUED_AT, tzinfo=ZONE)
        if granted.monthly:
            post_month(self._session, granted.on, office=self._office, now=moment)
        for start in range(0, len(granted.grants), AT_ONCE):
            ledger.grant_points(
                self._session,
                grants=granted.grants[start : start + AT_ONCE],
                actor=str(self._office.checker.account_id),
                device="demo",
                occurred_at=moment,
                now=moment,
            )
        return len(granted.grants) + granted.monthly

    def _entitlements(self, senior: Registered, day: date) -> Iterator[tuple[int, date]]:
        """Yield what a person gets for a month without having applied, and until when it is good."""
        fields = senior.person.fields
        facts = Facts(
            senior_id=senior.id,
            birth_on=senior.person.birth_on,
            hukou_area=fields["hukou_area"],
            residence_area=fields["residence_area"],
            living=fields.get("living_situation") or None,
            income=fields["income_class"],
            ability=int(fields["ability_level"]) if fields.get("ability_level") else None,
            status=str(status_on(senior.person.timeline, day) or Status.ACTIVE),
        )
        for each in decide(facts, self._programmes, day).entitlements:
            terms = self._terms[each.document_id]
            if any(is_within(facts.place(terms.follows), district) for district in DISTRICTS):
                yield each.amount_fen, last_good_day(terms.expiry, day)

    def _brought(self) -> Iterator[Grant]:
        for programme in read_yaml("programmes")["opening"]:
            for senior in self._seniors:
                drawn = Choices("brought", programme["code"], senior.person.number)
                entitled = _is_entitled(programme["who"], senior.person, self._span.since)
                if entitled and drawn.below(100) < programme["percent"]:
                    points = drawn.between(*programme["points"])
                    expires_on = self._span.since + timedelta(days=drawn.between(*programme["expires_in"]))
                    yield self._grant(senior, programme, points, expires_on, "opening")

    def _welcome(self, welcome_fen: int) -> Iterator[Grant]:
        programme = {"code": "demo-welcome", "funder": "city", "told": WELCOME}
        expires_on = _months_later(self._span.today, 12)
        for senior in self._seniors:
            if senior.person.cards:
                yield self._grant(senior, programme, welcome_fen // POINT_FEN, expires_on, "welcome")

    def _grant(
        self, senior: Registered, programme: Mapping[str, Any], points: int, expires_on: date, period: str
    ) -> Grant:
        return Grant(
            home=senior.id,
            key=f"demo:{programme['code']}:{period}:{senior.id}",
            funder_account=self._funder(programme["funder"], senior.person),
            programme=programme["code"],
            purpose="any",
            amount_fen=points * POINT_FEN,
            expires_on=expires_on,
            cause={
                "what": "demo_grant",
                "period": period,
                "points": points,
                "explanation": {language: [words] for language, words in programme["told"].items()},
            },
        )

    def _funder(self, kind: str, person: Person) -> int:
        """Return who pays: the district of the hukou where it is one of ours, else that of the home."""
        if kind != "district":
            return self._funders[kind, CITY]
        hukou, home = (person.fields[place][:6] for place in ("hukou_area", "residence_area"))
        return self._funders.get((kind, hukou)) or self._funders[kind, home]

    def _give(self, day: date, grants: Iterator[Grant]) -> Granted:
        granted = Granted(day, tuple(grants))
        for grant in granted.grants:
            self._purses[grant.home].grant(grant.amount_fen, grant.expires_on)
        return granted


def _is_entitled(who: Mapping[str, Any], person: Person, day: date) -> bool:
    age = age_on(person.birth_on, day)
    fields = person.fields
    return (
        who.get("age_from", 0) <= age < who.get("age_until", 200)
        and (not who.get("local_hukou") or fields["hukou_area"][:6] in _districts())
        and ("income" not in who or fields["income_class"] in who["income"])
    )


@lru_cache(maxsize=1)
def _districts() -> frozenset[str]:
    return frozenset(place.code[:6] for place in read_places())


def _months_later(day: date, months: int) -> date:
    """Return the last good day of points that are good for some months from a day."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
