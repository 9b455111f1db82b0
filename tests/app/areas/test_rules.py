"""Division codes."""

import pytest

from app.areas import rules
from app.areas.official import official_codes, official_places
from app.areas.rules import Level

HANGZHOU = [
    "上城区",
    "拱墅区",
    "西湖区",
    "滨江区",
    "萧山区",
    "余杭区",
    "临平区",
    "钱塘区",
    "富阳区",
    "临安区",
    "桐庐县",
    "淳安县",
    "建德市",
]


@pytest.mark.parametrize(
    ("code", "level", "path"),
    [
        ("330000", Level.PROVINCE, "33"),
        ("330100", Level.CITY, "3301"),
        ("330106", Level.DISTRICT, "330106"),
        ("330106003", Level.STREET, "330106003"),
        ("330106003012", Level.COMMUNITY, "330106003012"),
        ("110105", Level.DISTRICT, "110105"),
        ("419001", Level.DISTRICT, "419001"),
    ],
)
def test_a_code_tells_its_level(code, level, path):
    assert (rules.level_of(code), rules.path_of(code)) == (level, path)


@pytest.mark.parametrize(
    "text", ["", "33", "3301", "33010", "3301060", "000000", "33010A", "３３０１０６", "330106000", "330106003000"]
)
def test_other_texts_are_no_codes(text):
    assert not rules.is_code(text)
    with pytest.raises(ValueError, match="division code"):
        rules.level_of(text)


@pytest.mark.parametrize(
    ("code", "wider"),
    [
        ("330000", ()),
        ("330100", ("330000",)),
        ("330106", ("330100", "330000")),
        ("330106003012", ("330106003", "330106", "330100", "330000")),
        ("441900003", ("441900", "440000")),
    ],
)
def test_ancestors_come_nearest_first(code, wider):
    assert rules.ancestors(code) == wider
    assert all(rules.is_within(code, place) for place in (*wider, code))


def test_a_neighbour_is_not_within():
    assert not rules.is_within("330105", "330106")
    assert not rules.is_within("330100", "330106")
    assert not rules.is_within_any("330106003", ["330105", "330106004"])
    assert rules.is_within_any("330106003", ["330105", "330106"])


def test_hangzhou_has_its_13_districts_of_2021():
    found = [place.name for place in official_places() if place.parent_code == "330100"]
    assert sorted(found) == sorted(HANGZHOU)


def test_every_official_place_comes_after_the_one_that_holds_it():
    seen: set[str | None] = {None}
    for place in official_places():
        assert place.parent_code in seen
        assert place.parent_code is None or rules.is_within(place.code, place.parent_code)
        seen.add(place.code)
    assert len(official_codes()) == len(official_places())
