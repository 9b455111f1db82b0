"""The form is the standard's: 26 items in four groups, 90 points, every score explained in both languages."""

import pytest

from care_beds.assessment.items import BY_CODE, BY_GROUP, ITEMS, MOST
from care_beds.assessment.standard import GROUP_WORDS, LEVEL_WORDS, Group, Item


def test_the_items_are_those_of_the_standard() -> None:
    assert [item.number for item in ITEMS] == list(range(1, 27))
    assert list(BY_CODE) == [f"item_{number:02d}" for number in range(1, 27)]
    assert MOST == 90
    assert {group: (len(items), sum(item.most for item in items)) for group, items in BY_GROUP.items()} == {
        Group.SELF_CARE: (8, 32),
        Group.MOVEMENT: (4, 15),
        Group.MIND: (9, 28),
        Group.SENSES: (5, 15),
    }


@pytest.mark.parametrize(
    ("number", "most"),
    [(1, 4), (8, 4), (12, 3), (16, 4), (19, 1), (20, 1), (21, 2), (22, 2), (23, 2), (25, 3), (26, 4)],
)
def test_an_item_gives_as_many_points_as_the_standard_says(number: int, most: int) -> None:
    assert ITEMS[number - 1].most == most


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_every_score_is_explained_in_both_languages(item: Item) -> None:
    assert [score for score, _words in item.scores] == list(range(item.most, -1, -1))
    said = [item.words, item.about, *item.anchors]
    assert all(words.zh and words.en and words.en.isascii() and not words.zh.isascii() for words in said)
    assert len(set(item.anchors)) == len(item.anchors)


def test_groups_and_levels_have_names() -> None:
    assert set(GROUP_WORDS) == set(Group)
    assert len(LEVEL_WORDS) == 5
