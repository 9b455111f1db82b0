"""The policy kind that says what a turn of life does to points, cards, beds and alarms, kind by kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.people.queries import profile_on
from app.people.turn_words import TURN_NAMES
from app.people.turns import Turn, TurnKind
from app.policies import queries as policies
from app.policies.fields import PlainSchema, choice, flag, part, whole
from app.policies.kinds import Body, Fault, Kind, Table

NAME = "turn_rules"
LONGEST_MONTHS = 60


class Points(StrEnum):
    """What becomes of the points that are left."""

    KEEP = "keep"
    LAPSE = "lapse"
    RETURN = "return"


class Cards(StrEnum):
    """What becomes of the card."""

    KEEP = "keep"
    CLOSE = "close"


class Beds(StrEnum):
    """What becomes of a care bed; suspended only once the bed rules' days in hospital are over."""

    KEEP = "keep"
    SUSPEND = "suspend"
    CLOSE = "close"


class Alarms(StrEnum):
    """What becomes of the watch over a home; a call for help, smoke and gas ring as long as the kit stands there."""

    KEEP = "keep"
    QUIET = "quiet"
    END = "end"


POINTS_WORDS = {
    Points.KEEP: _l("stay until they end"),
    Points.LAPSE: _l("lapse"),
    Points.RETURN: _l("return to who paid for them"),
}
CARD_WORDS = {Cards.KEEP: _l("stays"), Cards.CLOSE: _l("is closed")}
BED_WORDS = {
    Beds.KEEP: _l("stays"),
    Beds.SUSPEND: _l("rests once the stay is long"),
    Beds.CLOSE: _l("is ended"),
}
ALARM_WORDS = {
    Alarms.KEEP: _l("go on"),
    Alarms.QUIET: _l("silence is not judged, calls for help ring"),
    Alarms.END: _l("end once the kit is fetched, calls for help ring until then"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """What a kind of turn does; points wait ``grace_days`` after the turn's day."""

    points: Points
    grace_days: int
    cards: Cards
    bed: Beds
    alarms: Alarms
    tell: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRules:
    """What turns of life do in a place; no document means the defaults below."""

    policy_id: int | None
    look_back_months: int
    list_rows: int
    kinds: Mapping[TurnKind, KindRules]


class KindRulesIn(PlainSchema):
    """What one kind of turn does."""

    points = choice([str(each) for each in Points], required=True)
    grace_days = whole(0, 366, required=True)
    cards = choice([str(each) for each in Cards], required=True)
    bed = choice([str(each) for each in Beds], required=True)
    alarms = choice([str(each) for each in Alarms], required=True)
    tell = flag(required=True)


# ``return`` is a word of the language, and no name of a class's field.
KindsIn = PlainSchema.from_dict({str(kind): part(KindRulesIn, required=True) for kind in TurnKind}, name="KindsIn")


class TurnRulesIn(PlainSchema):
    """Body of a ``turn_rules`` document."""

    look_back_months = whole(1, LONGEST_MONTHS, required=True)
    list_rows = whole(1, 5000, required=True)
    kinds = part(KindsIn, required=True)


def find_turn_rules(session: Session, *, area_code: str, on: date) -> TurnRules:
    """Return what turns of life do in a place on a day; the defaults where nobody has published anything."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return read_turn_rules(document.body if document else EXAMPLE, document.id if document else None)


def rules_for(session: Session, turn: Turn) -> KindRules:
    """Return what a turn does where its person lives."""
    area_code = profile_on(session, senior_id=turn.senior_id, day=turn.today).residence_area
    return find_turn_rules(session, area_code=area_code, on=turn.today).kinds[turn.kind]


def read_turn_rules(body: Body, policy_id: int | None = None) -> TurnRules:
    """Read the body of a document."""
    loaded = TurnRulesIn().load(body)
    return TurnRules(
        policy_id=policy_id,
        look_back_months=loaded["look_back_months"],
        list_rows=loaded["list_rows"],
        kinds={TurnKind(name): _kind(each) for name, each in loaded["kinds"].items()},
    )


def _kind(loaded: Mapping[str, Any]) -> KindRules:
    return KindRules(
        points=Points(loaded["points"]),
        grace_days=loaded["grace_days"],
        cards=Cards(loaded["cards"]),
        bed=Beds(loaded["bed"]),
        alarms=Alarms(loaded["alarms"]),
        tell=loaded["tell"],
    )


def find_faults(body: Body, _area_code: str) -> Iterable[Fault]:
    """Name what a person would object to: a card that outlives its holder, points or beds lost by coming home."""
    kinds = body["kinds"]
    if kinds["death"]["cards"] != Cards.CLOSE:
        yield Fault(("kinds", "death", "cards"), _l("Nobody may pay with the card of somebody who has died."))
    if kinds["death"]["bed"] != Beds.CLOSE:
        yield Fault(("kinds", "death", "bed"), _l("A bed whose person has died is closed."))
    if kinds["hospital"]["bed"] == Beds.CLOSE:
        yield Fault(("kinds", "hospital", "bed"), _l("A stay in hospital ends no care bed; let it rest."))
    for name in ("discharge", "return"):
        if (kinds[name]["points"], kinds[name]["cards"]) != (Points.KEEP, Cards.KEEP):
            yield Fault(("kinds", name), _l("Whoever comes home loses neither points nor card."))


def describe(body: Body) -> Sequence[Table]:
    """Put a document into words."""
    rules = read_turn_rules(body)
    rows = tuple(
        (
            str(TURN_NAMES[kind]),
            _points(each),
            str(CARD_WORDS[each.cards]),
            str(BED_WORDS[each.bed]),
            str(ALARM_WORDS[each.alarms]),
            str(_("yes") if each.tell else _("no")),
        )
        for kind, each in rules.kinds.items()
    )
    columns = (_("Event"), _("Points left"), _("Card"), _("Care bed"), _("Alarms of the home"), _("Relatives told"))
    limits = (
        (_("Months looked back after a death"), str(rules.look_back_months)),
        (_("Rows of a daily list, at most"), str(rules.list_rows)),
    )
    return [
        Table(part="kinds", title=_("What follows"), columns=columns, rows=rows),
        Table(part="look_back_months", title=_("Limits"), columns=(_("Rule"), _("Value")), rows=limits),
    ]


def _points(each: KindRules) -> str:
    words = str(POINTS_WORDS[each.points])
    if each.points is Points.KEEP or not each.grace_days:
        return words
    return str(_("%(words)s, %(days)s days later", words=words, days=each.grace_days))


def _rules(points: str, cards: str, bed: str, alarms: str, *, grace_days: int = 0) -> Mapping[str, Any]:
    return {
        "points": points,
        "grace_days": grace_days,
        "cards": cards,
        "bed": bed,
        "alarms": alarms,
        "tell": True,
    }


EXAMPLE: Body = {
    "look_back_months": 24,
    "list_rows": 500,
    "kinds": {
        "death": _rules("return", "close", "close", "end"),
        "hospital": _rules("keep", "keep", "suspend", "quiet"),
        "discharge": _rules("keep", "keep", "keep", "keep"),
        "institution": _rules("keep", "keep", "close", "end"),
        "move": _rules("keep", "keep", "close", "end"),
        "return": _rules("keep", "keep", "keep", "keep"),
    },
}

TURN_RULES = Kind(
    name=NAME,
    label=_l("Turns of life"),
    schema=TurnRulesIn,
    checks=find_faults,
    tables=describe,
    example=EXAMPLE,
)
