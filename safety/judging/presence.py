"""Where somebody was last seen: signs of life, the outer door, and the quiet between. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from safety.judging.events import Event

# What only somebody in the home does. A meter's report or a heartbeat is no sign of life.
SIGNS = frozenset({"motion", "door", "contact", "bed", "seat", "appliance", "flush", "sos", "green_key"})
OUTER_PLACES = frozenset(
    {
        "entrance",
        "entry",
        "front door",
        "frontdoor",
        "main door",
        "maindoor",
        "door",
        "outside",
        "入户门",
        "大门",
        "门口",
    }
)
# Parts of the name of a place whose door never leads out: ``bedroom 2``, ``kitchen cupboard``, ``主卧``.
INNER_WORDS = (
    *("bedroom", "bath", "toilet", "shower", "kitchen", "study", "office", "balcony"),
    *("closet", "wardrobe", "cabinet", "cupboard", "drawer", "fridge", "freezer", "microwave"),
    *("卧", "厨", "书房", "阳台", "柜", "冰箱", "卫生间", "浴室", "厕所"),
)
BATHROOMS = frozenset({"bathroom", "toilet", "shower", "wc", "bath", "卫生间", "浴室", "厕所"})
OUT = "out"
IN = "in"
# Opening and closing within so long is one walk through the door.
PASSAGE_SECONDS = 180
# A sensor in the hall still sees the one who closes the door from outside.
GRACE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch without any sign of life, in seconds since 1970, and where the last sign was."""

    begins: int
    ends: int
    spot: str


@dataclass(slots=True)
class Presence:
    """What is known of where the person is.

    ``seen`` is the last sign of life, ``spot`` its place (``bed`` and ``seat`` while pressed, ``out`` after leaving,
    ``in`` after coming home), ``passage`` the last movement of an outer door, ``inside`` the last sign that was not.
    """

    seen: int | None = None
    spot: str = ""
    passage: int | None = None
    inside: int | None = None
    away: bool = False


def is_outer_door(event: Event) -> bool:
    """Say whether a door leads out: by its place, and where that says nothing, because it is called a door."""
    if event.kind == "contact":
        return event.place in OUTER_PLACES
    return event.kind == "door" and not _is_inner(event.place)


@lru_cache(maxsize=1024)
def _is_inner(place: str) -> bool:
    return any(word in place for word in INNER_WORDS)


def is_sign(event: Event) -> bool:
    """Say whether an event tells that somebody lives there."""
    return event.kind in SIGNS


def notice(presence: Presence, event: Event) -> Spell | None:
    """Take in an event, and return the quiet that it ends. What comes late changes nothing."""
    at = int(event.at.timestamp())
    if not is_sign(event) or (presence.seen is not None and at < presence.seen):
        return None
    ended = None if presence.seen is None else Spell(presence.seen, at, presence.spot)
    presence.seen = at
    if is_outer_door(event):
        _pass_door(presence, event, at)
    elif event.is_on or event.kind in {"bed", "seat", "contact"}:
        _be_inside(presence, event, at)
    return ended


def _pass_door(presence: Presence, event: Event, at: int) -> None:
    """Take a walk through the door: who was in goes out, who was out comes in.

    A door that closes long after it opened tells of a walk only if somebody was inside meanwhile.
    """
    before = presence.passage
    if before is None or at - before > PASSAGE_SECONDS:
        if event.is_on:
            presence.away = not presence.away
        elif presence.inside is not None and (before is None or presence.inside > before):
            presence.away = True
    presence.passage = at
    presence.spot = OUT if presence.away else IN


def _be_inside(presence: Presence, event: Event, at: int) -> None:
    if presence.passage is None or at > presence.passage + GRACE_SECONDS:
        presence.away = False
    if presence.away:
        return
    presence.inside = at
    pressed = event.kind in {"bed", "seat"} and event.is_on
    presence.spot = event.kind if pressed else event.place[:20]
