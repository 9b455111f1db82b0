"""The policy kind of purses: what points of a purpose may pay, where, how much of it and how often."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, flag, line, listed, part, whole
from app.policies.kinds import Body, Fault, Kind, Table
from shops.rules import CATEGORIES, EVERY_SORT, NEVER, PURPOSES, Limit, Per, Purse
from shops.words import CATEGORY_NAMES, PER_NAMES, SORT_NAMES, category_name, limit_words
from subsidies.allowance.schema import ProgrammeCode

NAME = "purse_rules"
COUNT_AT_MOST, FEN_AT_MOST = 999, 500_000


class Document(Protocol):
    """What is needed of a policy document here; ``app.policies`` has the table."""

    id: Any
    area_code: Any
    body: Any


class WordsIn(PlainSchema):
    """A name in both languages."""

    zh = line(20, required=True)
    en = line(40, required=True)


class UnitIn(WordsIn):
    """What points of the purse are counted in: its name, and what one is worth to the shop."""

    fen = whole(1, 10_000, required=True)


class LimitIn(PlainSchema):
    """So many pieces, or so many points, for one person in a period."""

    per = choice([str(per) for per in Per], required=True)
    category = choice(CATEGORIES)
    count = whole(1, COUNT_AT_MOST)
    fen = whole(1, FEN_AT_MOST)


class PurseRulesIn(PlainSchema):
    """The body of a ``purse_rules`` document."""

    code = ProgrammeCode(required=True)
    name = part(WordsIn, required=True)
    purpose = choice(PURPOSES, required=True)
    unit = part(UnitIn, required=True)
    granted_by = listed(ProgrammeCode(), least=1, most=10, required=True)
    sorts = listed(choice(EVERY_SORT), least=1, most=len(EVERY_SORT), required=True)
    categories = listed(choice(CATEGORIES), least=1, most=len(CATEGORIES), required=True)
    forbidden = listed(choice(CATEGORIES), most=len(CATEGORIES))
    limits = listed(fields.Nested(LimitIn), most=20)
    points_percent = whole(1, 100, required=True)
    cash_rest = flag(required=True)
    open_points = flag(load_default=False)
    return_days = whole(0, 90, required=True)
    grace_days = whole(0, 90, required=True)
    rise_percent = whole(0, 100, allow_none=True, load_default=0)


def find_faults(loaded: Body, _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a body."""
    forbidden = NEVER | set(loaded.get("forbidden", ()))
    for number, category in enumerate(loaded["categories"]):
        if category in forbidden:
            yield Fault(("categories", number), _l("Points never pay for this, or it is forbidden below."))
        if category in loaded["categories"][:number]:
            yield Fault(("categories", number), _l("This category is there twice."))
    if loaded["points_percent"] < 100 and not loaded["cash_rest"]:
        yield Fault(("points_percent",), _l("Points pay a part only, so the rest must be paid in cash: cash_rest."))
    for number, limit in enumerate(loaded.get("limits", ())):
        if ("count" in limit) == ("fen" in limit):
            yield Fault(("limits", number), _l("A limit is in pieces or in points: count or fen, one of them."))
        elif limit.get("category") in forbidden:
            yield Fault(("limits", number, "category"), _l("Nothing of this category is sold for points."))


def describe(body: Body) -> Sequence[Table]:
    """Put a document into words."""
    unit, rise = body["unit"], body.get("rise_percent", 0)
    signs = _("nobody, every price holds at once") if rise is None else _("rises above %(n)s percent", n=rise)
    rest = _("may be paid in cash") if body["cash_rest"] else _("none: points pay all or nothing")
    others = _("yes") if body.get("open_points") else _("no")
    settings = (
        (_("Name"), f"{body['name']['zh']} / {body['name']['en']}"),
        (_("One unit"), _("1 %(unit)s is %(fen)s fen", unit=f"{unit['zh']} / {unit['en']}", fen=unit["fen"])),
        (_("Granted by"), _(", ").join(body["granted_by"])),
        (_("Where"), _(", ").join(str(SORT_NAMES[each]) for each in body["sorts"])),
        (_("Pays for"), _(", ").join(str(CATEGORY_NAMES[each]) for each in body["categories"])),
        (_("Never"), _(", ").join(str(CATEGORY_NAMES[each]) for each in sorted({*body.get("forbidden", ()), *NEVER}))),
        (_("Share that points may pay"), f"{body['points_percent']} %"),
        (_("The rest"), rest),
        (_("Points of any purpose may pay here"), others),
        (_("Returns within"), _("%(n)s days", n=body["return_days"])),
        (_("Points that ended meanwhile live on for"), _("%(n)s days", n=body["grace_days"])),
        (_("A second person signs"), signs),
    )
    limits = tuple(
        (str(PER_NAMES[limit.per]), category_name(limit.category), limit_words(limit))
        for limit in map(_limit, body.get("limits", ()))
    )
    return (
        Table(part="code", title=_("The purse"), columns=(_("Setting"), _("Value")), rows=settings),
        Table(
            part="limits",
            title=_("At most for one person"),
            columns=(_("Period"), _("Category"), _("At most")),
            rows=limits,
        ),
    )


def code_of(body: Mapping[str, Any]) -> str:
    """Return the code that tells a purse from the others of its place."""
    return str(body.get("code", ""))


PURSE_RULES = Kind(
    name=NAME,
    label=_l("Purse rules"),
    schema=PurseRulesIn,
    checks=find_faults,
    tables=describe,
    variant=code_of,
    example={
        "code": "spring-goods",
        "name": {"zh": "春风点数", "en": "Spring points"},
        "purpose": "goods",
        "unit": {"fen": 100, "zh": "点", "en": "points"},
        "granted_by": ["spring-goods"],
        "sorts": ["supermarket"],
        "categories": ["grain", "oil", "hygiene"],
        "forbidden": ["tobacco", "alcohol"],
        "limits": [{"per": "week", "category": "grain", "count": 2}, {"per": "month", "fen": 12000}],
        "points_percent": 100,
        "cash_rest": False,
        "open_points": False,
        "return_days": 7,
        "grace_days": 7,
        "rise_percent": 0,
    },
)


def read_purse(document: Document) -> Purse:
    """Return the terms of a document.

    :raises ValidationError: if the body does not have the kind's shape
    """
    return purse_terms(PurseRulesIn().load(document.body), document_id=document.id, area_code=document.area_code)


def purse_terms(loaded: Mapping[str, Any], *, document_id: int, area_code: str) -> Purse:
    """Turn a loaded body into terms."""
    unit = loaded["unit"]
    return Purse(
        document_id=document_id,
        area_code=area_code,
        code=loaded["code"],
        name=loaded["name"],
        purpose=loaded["purpose"],
        unit_fen=unit["fen"],
        unit={"zh": unit["zh"], "en": unit["en"]},
        granted_by=tuple(loaded["granted_by"]),
        sorts=frozenset(loaded["sorts"]),
        categories=frozenset(loaded["categories"]),
        forbidden=NEVER | frozenset(loaded.get("forbidden", ())),
        limits=tuple(_limit(each) for each in loaded.get("limits", ())),
        points_percent=loaded["points_percent"],
        cash_rest=loaded["cash_rest"],
        open_points=loaded["open_points"],
        return_days=loaded["return_days"],
        grace_days=loaded["grace_days"],
        rise_percent=loaded["rise_percent"],
    )


def list_purses(session: Session, *, area_code: str, on: Any) -> list[Purse]:
    """List the purses that hold in a place on a day: of each code the document of the nearest place, by code."""
    line_up = [area_code, *ancestors(area_code)]
    nearest: dict[str, Any] = {}
    for document in policies.list_in_force(session, kind=NAME, on=on):
        held = nearest.get(document.variant)
        if document.area_code in line_up and (
            held is None or line_up.index(document.area_code) < line_up.index(held.area_code)
        ):
            nearest[document.variant] = document
    return [read_purse(nearest[code]) for code in sorted(nearest)]


def find_purse(session: Session, *, area_code: str, sort: str, on: Any) -> Purse | None:
    """Return the purse that pays in shops of a sort in a place on a day: the first by its code."""
    return next((purse for purse in list_purses(session, area_code=area_code, on=on) if sort in purse.sorts), None)


def _limit(loaded: Mapping[str, Any]) -> Limit:
    return Limit(
        per=Per(loaded["per"]), count=loaded.get("count"), fen=loaded.get("fen"), category=loaded.get("category")
    )
