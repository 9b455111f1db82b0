"""Reading seniors and cards, within the areas of whoever asks. The doors for other features are here too."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from app import vault
from app.areas import queries as areas
from app.areas.models import Area
from app.auth.actor import Actor, Role
from app.errors import Invalid, NotFound
from app.people.access import show_name
from app.people.errors import PersonalNumberInAddress
from app.people.faults import Misfit
from app.people.id_numbers import read_id_number
from app.people.models import Card, Senior, SeniorStatus
from app.people.rules import LONGEST_NAME, IncomeClass, LivingSituation, Sex, Status, age_on
from app.people.searching import Kind, Search, read_search
from app.people.timeline import Period
from app.people.wording import by_field

PAGE = 50
LARGEST_PAGE = 200
LARGEST_SHEET = 200


@dataclass(frozen=True)
class CardView:
    """A card as shown."""

    number: str
    senior_id: int
    state: str
    issued_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Place:
    """A place with its words."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, kw_only=True)
class SeniorView:
    """A senior as shown: what identifies the person is masked."""

    id: int
    name: str
    age: int
    sex: str
    id_number: str
    phone: str | None
    has_address: bool
    hukou: Place
    residence: Place
    living_situation: str | None
    income_class: str
    ability_level: int | None
    status: str
    cards: tuple[CardView, ...]
    registered_at: datetime

    @property
    def hukou_area(self) -> str:
        """Return the code of the hukou area."""
        return self.hukou.code

    @property
    def residence_area(self) -> str:
        """Return the code of the area the senior lives in."""
        return self.residence.code

    @property
    def card(self) -> CardView | None:
        """Return the card in use, or nothing."""
        return next((card for card in self.cards if card.state == "issued"), None)


@dataclass(frozen=True)
class Page:
    """Some seniors, and the cursor of the next page."""

    items: Sequence[SeniorView]
    next: int | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The facts on which other features decide, as they are on a day."""

    senior_id: int
    name: str
    birth_on: date
    age: int
    sex: Sex
    hukou_area: str
    residence_area: str
    living_situation: LivingSituation | None
    income_class: IncomeClass
    ability_level: int | None
    status: Status


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a senior lives or is registered within the actor's areas."""
    return or_(
        areas.within(Senior.residence_area_code, actor.area_codes),
        areas.within(Senior.hukou_area_code, actor.area_codes),
    )


def check_visible(session: Session, *, senior_id: int, actor: Actor) -> None:
    """Make sure that the actor may know of a senior.

    :raises NotFound: if there is no such senior, or only outside the actor's areas
    """
    if session.scalar(select(Senior.id).where(Senior.id == senior_id, visible_to(actor))) is None:
        raise NotFound


def places_of(session: Session, *, senior_id: int, actor: Actor) -> tuple[str, str]:
    """Return where a senior lives and where they are registered.

    :raises NotFound: if there is no such senior, or only outside the actor's areas
    """
    query = select(Senior.residence_area_code, Senior.hukou_area_code).where(Senior.id == senior_id, visible_to(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row.residence_area_code, row.hukou_area_code


def get_senior(session: Session, *, senior_id: int, actor: Actor, day: date) -> SeniorView:
    """Return one senior with the status of a day.

    :raises NotFound: if there is no such senior, or only outside the actor's areas
    """
    row = session.execute(_select_views(day).where(Senior.id == senior_id, visible_to(actor))).one_or_none()
    if row is None:
        raise NotFound
    return _views(session, [row], actor, day)[0]


def list_seniors(
    session: Session,
    *,
    actor: Actor,
    search: Search,
    day: date,
    area_code: str | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> Page:
    """List the seniors of the actor's areas that a search finds, oldest record first.

    :param after: the last id of the page before
    :raises Invalid: if the search is for an ID number that cannot be one
    """
    query = _select_views(day).where(visible_to(actor), *_conditions(search, day))
    if area_code:
        query = query.where(areas.within(Senior.residence_area_code, [area_code]))
    if after is not None:
        query = query.where(Senior.id > after)
    rows = session.execute(query.order_by(Senior.id).limit(limit + 1)).all()
    shown = rows[:limit]
    return Page(_views(session, shown, actor, day), shown[-1].Senior.id if len(rows) > limit else None)


def search_in_address(typed: str) -> Search:
    """Read a search that stands in an address.

    :raises PersonalNumberInAddress: if it is a number that identifies a person
    """
    search = read_search(typed)
    if search.is_personal:
        raise PersonalNumberInAddress
    return search


def list_places(session: Session, *, actor: Actor, levels: Iterable[str] = (), most: int = 400) -> list[Place]:
    """Return the places within the actor's areas, for a choice."""
    found = areas.list_within(session, actor.area_codes, levels=levels)
    return [Place(area.code, area.name, area.name_en) for area in found[:most]]


def list_statuses(session: Session, *, senior_id: int) -> list[Period]:
    """Return a senior's status over time, oldest first."""
    query = select(SeniorStatus).where(SeniorStatus.senior_id == senior_id).order_by(SeniorStatus.from_on)
    return [Period(Status(row.status), row.from_on, row.until_on) for row in session.scalars(query)]


def list_cards_of(session: Session, *, senior_id: int) -> Sequence[CardView]:
    """Return a senior's cards, newest first."""
    return _cards_of(session, [senior_id])[senior_id]


def list_cards_to_print(
    session: Session,
    *,
    actor: Actor,
    area_code: str | None = None,
    senior_id: int | None = None,
    after: str = "",
    limit: int = LARGEST_SHEET,
) -> list[tuple[str, str]]:
    """Return numbers of cards in use with their holders' names, in the order of the numbers, for a printed sheet."""
    query = (
        select(Card.number, Senior.name)
        .join(Senior, Senior.id == Card.senior_id)
        .where(Card.state == "issued", Card.number > after, visible_to(actor))
    )
    if area_code:
        query = query.where(areas.within(Senior.residence_area_code, [area_code]))
    if senior_id is not None:
        query = query.where(Senior.id == senior_id)
    found = session.execute(query.order_by(Card.number).limit(min(limit, LARGEST_SHEET)))
    return [(number, name) for number, name in found]


def profile_on(session: Session, *, senior_id: int, day: date) -> Profile:
    """Return the facts other features decide by, with age and status of a day; asks nobody's leave.

    :raises NotFound: if there is no such senior
    """
    row = session.execute(_select_profiles(day).where(Senior.id == senior_id)).one_or_none()
    if row is None:
        raise NotFound
    return _profile(row, day)


def profiles_on(session: Session, *, senior_ids: Iterable[int], day: date) -> dict[int, Profile]:
    """Return the facts of several seniors in one statement; unknown ids are left out."""
    rows = session.execute(_select_profiles(day).where(Senior.id.in_(sorted(set(senior_ids)))))
    return {row.Senior.id: _profile(row, day) for row in rows}


def id_numbers_of(session: Session, *, senior_ids: Iterable[int]) -> dict[int, str]:
    """Return ID numbers by senior. They leave the product only as salted references."""
    query = select(Senior.id, Senior.id_number_sealed).where(Senior.id.in_(list(senior_ids)))
    return {senior_id: vault.unseal(sealed) for senior_id, sealed in session.execute(query)}


def known_among(
    session: Session, *, senior_ids: Collection[int], actor: Actor, roles: Collection[Role]
) -> Collection[int]:
    """Return those of some people whom an actor reaches by these roles, and not by their other ones."""
    if not actor.roles & frozenset(roles):
        return ()
    narrowed = actor.narrowed(frozenset(roles)) if actor.held else actor
    if narrowed.area_codes == actor.area_codes:
        return senior_ids
    return session.scalars(select(Senior.id).where(Senior.id.in_(sorted(senior_ids)), visible_to(narrowed))).all()


def names_of(session: Session, *, senior_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of seniors; asks nobody's leave."""
    query = select(Senior.id, Senior.name).where(Senior.id.in_(sorted(set(senior_ids))))
    return {row.id: row.name for row in session.execute(query)}


def find_senior_by_card(session: Session, *, number: str) -> int | None:
    """Return whose card a number is, whatever the card's state; asks nobody's leave."""
    return session.scalar(select(Card.senior_id).where(Card.number == number))


def status_of(day: date) -> ColumnElement[str]:
    """Return the status of a day as a column; a day without a record counts as active."""
    query = select(SeniorStatus.status).where(
        SeniorStatus.senior_id == Senior.id,
        SeniorStatus.from_on <= day,
        or_(SeniorStatus.until_on.is_(None), SeniorStatus.until_on > day),
    )
    return func.coalesce(query.scalar_subquery(), Status.ACTIVE.value)


def _select_profiles(day: date) -> Select[Senior, str]:
    return select(Senior, status_of(day).label("status"))


def _profile(row: Row[Senior, str], day: date) -> Profile:
    senior, status = row
    return Profile(
        senior_id=senior.id,
        name=senior.name,
        birth_on=senior.birth_on,
        age=age_on(senior.birth_on, day),
        sex=Sex(senior.sex),
        hukou_area=senior.hukou_area_code,
        residence_area=senior.residence_area_code,
        living_situation=LivingSituation(senior.living_situation) if senior.living_situation else None,
        income_class=IncomeClass(senior.income_class),
        ability_level=senior.ability_level,
        status=Status(status),
    )


ViewRow = tuple[Senior, str, Area, Area]
_hukou, _residence = aliased(Area), aliased(Area)


def _select_views(day: date) -> Select[Senior, str, Area, Area]:
    return (
        select(Senior, status_of(day).label("status"), _hukou, _residence)
        .join(_hukou, _hukou.code == Senior.hukou_area_code)
        .join(_residence, _residence.code == Senior.residence_area_code)
    )


def _views(session: Session, rows: Sequence[Row[*ViewRow]], actor: Actor, day: date) -> list[SeniorView]:
    cards = _cards_of(session, [row.Senior.id for row in rows])
    return [_view(row, cards[row.Senior.id], actor, day) for row in rows]


def _cards_of(session: Session, senior_ids: Sequence[int]) -> dict[int, tuple[CardView, ...]]:
    found: dict[int, tuple[CardView, ...]] = defaultdict(tuple)
    query = select(Card).where(Card.senior_id.in_(senior_ids)).order_by(Card.issued_at.desc(), Card.number)
    for card in session.scalars(query) if senior_ids else ():
        found[card.senior_id] += (view_card(card),)
    return found


def view_card(card: Card) -> CardView:
    """Return a card as shown."""
    return CardView(card.number, card.senior_id, card.state, card.issued_at, card.changed_at)


def _view(row: Row[*ViewRow], cards: tuple[CardView, ...], actor: Actor, day: date) -> SeniorView:
    senior, status, hukou, residence = row
    return SeniorView(
        id=senior.id,
        name=show_name(actor, senior.name, residence.code, hukou.code),
        age=age_on(senior.birth_on, day),
        sex=senior.sex,
        id_number=vault.mask_id_number(vault.unseal(senior.id_number_sealed)),
        phone=vault.mask_phone(vault.unseal(senior.phone_sealed)) if senior.phone_sealed else None,
        has_address=senior.address_sealed is not None,
        hukou=Place(hukou.code, hukou.name, hukou.name_en),
        residence=Place(residence.code, residence.name, residence.name_en),
        living_situation=senior.living_situation,
        income_class=senior.income_class,
        ability_level=senior.ability_level,
        status=status,
        cards=cards,
        registered_at=senior.registered_at,
    )


def _conditions(search: Search, day: date) -> list[ColumnElement[bool]]:
    if search.kind is Kind.NAME:
        return _name_conditions(search.text)
    if search.kind is Kind.CARD:
        return [Senior.id == select(Card.senior_id).where(Card.number == search.text).scalar_subquery()]
    if search.kind is Kind.ID_NUMBER:
        return [Senior.id_number_index.in_(vault.indexes_of(_whole_id_number(search.text, day)))]
    if search.kind in {Kind.PHONE, Kind.NUMBER}:
        return [Senior.phone_index.in_(vault.indexes_of(search.text))]
    return []


def _name_conditions(text: str) -> list[ColumnElement[bool]]:
    if len(text) > LONGEST_NAME:
        raise Invalid(errors=by_field({"query": Misfit("too_long", longest=LONGEST_NAME, count=len(text))}))
    if not text.isprintable():
        raise Invalid(errors=by_field({"query": Misfit("control_characters")}))
    characters = func.string_to_array(func.lower(Senior.name), null())
    # The first finds all its characters by the index, the second looks at their order.
    return [
        characters.op("@>")(func.string_to_array(func.lower(text), null())),
        func.strpos(func.lower(Senior.name), func.lower(text)) > 0,
    ]


def _whole_id_number(text: str, day: date) -> str:
    try:
        return read_id_number(text, today=day).number
    except Misfit as misfit:
        raise Invalid(errors=by_field({"query": misfit})) from misfit
