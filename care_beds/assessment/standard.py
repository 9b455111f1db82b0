"""The 26 items of GB/T 42195-2022: what is looked at, what each score means, in words of our own.

From the standard (annexes B.1 to B.4): which items there are, how many points each may give and what separates the
scores. The wording is ours, short enough to be read aloud at a kitchen table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

NAME = "GB/T 42195-2022"


class Words(NamedTuple):
    """The same in Chinese and English."""

    zh: str
    en: str


class Group(StrEnum):
    """The four groups of items, in the order of the form."""

    SELF_CARE = "self_care"
    MOVEMENT = "movement"
    MIND = "mind"
    SENSES = "senses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item; its anchors stand from the highest score down to 0."""

    number: int
    group: Group
    words: Words
    about: Words
    anchors: tuple[Words, ...]

    @property
    def code(self) -> str:
        """Return its name in answers: ``item_01``."""
        return code_of(self.number)

    @property
    def most(self) -> int:
        """Return the most points it gives."""
        return len(self.anchors) - 1

    @property
    def scores(self) -> tuple[tuple[int, Words], ...]:
        """Return each score with what it means, highest first."""
        return tuple((self.most - place, words) for place, words in enumerate(self.anchors))


GROUP_WORDS: Mapping[Group, Words] = {
    Group.SELF_CARE: Words("自理能力", "Self-care"),
    Group.MOVEMENT: Words("基础运动能力", "Moving about"),
    Group.MIND: Words("精神状态", "State of mind"),
    Group.SENSES: Words("感知觉与社会参与", "Senses and taking part"),
}

LEVEL_WORDS: tuple[Words, ...] = (
    Words("能力完好", "able"),
    Words("轻度失能", "mild loss"),
    Words("中度失能", "moderate loss"),
    Words("重度失能", "severe loss"),
    Words("完全失能", "complete loss"),
)

# The same ladder stands under seven items of the standard.
HELP = (
    Words("自己做完，不用人帮", "Does it all without help"),
    Words("自己动手，要人在旁指点或提醒", "Does it alone while somebody tells how or reminds"),
    Words("要人搭把手，主要还靠自己", "Needs a hand, does most of it"),
    Words("主要靠别人，自己能配合", "Others do most of it, the person helps along"),
    Words("全靠别人，也配合不了", "Others do all of it, the person cannot help along"),
)


def code_of(number: int) -> str:
    """Return the name of an item in answers by its number in the standard."""
    return f"item_{number:02d}"


def number_items(
    group: Group, first: int, rows: Iterable[tuple[tuple[str, str], tuple[str, str], Iterable[tuple[str, str]]]]
) -> tuple[Item, ...]:
    """Make the items of a group from rows of name, meaning and anchors."""
    return tuple(
        Item(
            number=first + place,
            group=group,
            words=Words(*name),
            about=Words(*about),
            anchors=tuple(Words(*anchor) for anchor in anchors),
        )
        for place, (name, about, anchors) in enumerate(rows)
    )
