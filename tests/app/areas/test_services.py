"""Filling the tree of places, and staying within one's own."""

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from app.areas import queries, services
from app.areas.models import Area
from app.areas.official import Place, official_places
from app.areas.services import PlacesRefused
from app.errors import NotFound

STREET = Place("330106003", "北山街道", "Beishan", "330106")
COMMUNITY = Place("330106003012", "友谊社区", "", "330106003")


def count(session) -> int:
    return session.scalar(select(func.count()).select_from(Area))


@pytest.fixture
def official(session):
    services.load_official(session)


def test_the_whole_country_is_loaded_and_a_second_time_changes_nothing(session):
    first = services.load_official(session)
    assert (first.changed, first.unchanged) == (len(official_places()), 0)
    again = services.load_official(session)
    assert (again.changed, again.unchanged) == (0, len(official_places()))
    assert count(session) == len(official_places())
    assert queries.get_area(session, "330106").name_en == "Xihu"


def test_a_name_that_changed_is_put_right_and_an_english_one_is_kept(session, official):
    area = session.get_one(Area, "110101")
    area.name, area.name_en = "旧名", "Dongcheng"
    session.flush()
    assert services.load_official(session).changed == 1
    session.expire_all()
    assert (area.name, area.name_en) == ("东城区", "Dongcheng")


def test_streets_and_communities_come_in_one_file(session, official):
    loaded = services.import_places(session, [(2, STREET), (3, COMMUNITY)])
    assert loaded.changed == 2
    assert queries.full_name(session, COMMUNITY.code) == "杭州市西湖区北山街道友谊社区"
    assert [area.code for area in queries.list_children(session, "330106003")] == [COMMUNITY.code]
    assert services.import_places(session, [(2, STREET), (3, COMMUNITY)]).unchanged == 2


@pytest.mark.parametrize(
    "place",
    [
        Place("330106", "西湖区", "", "330100"),
        Place("33010600", "短", "", "330106"),
        Place("330106000", "零", "", "330106"),
        Place("３３０１０６００３", "全角", "", "330106"),
        Place("330106003", "", "", "330106"),
        Place("330106003", "x" * 81, "", "330106"),
        Place("330106003", "坏\u202e", "", "330106"),
        Place("330106003", "北山街道", "x" * 81, "330106"),
        Place("330106003", "北山街道", "", "330105"),
        Place("330106003", "北山街道", "", "999999"),
        Place("330106003012", "友谊社区", "", "330106003"),
        Place("330106003", "北山街道", "", ""),
    ],
)
def test_one_bad_row_keeps_all_out_and_is_named(session, official, place):
    before = count(session)
    with pytest.raises(PlacesRefused) as refusal:
        services.import_places(session, [(2, Place("330106005", "灵隐街道", "", "330106")), (3, place)])
    assert list(refusal.value.errors) == ["3"]
    with force_locale("en"):
        assert all(str(sentence) for sentence in refusal.value.errors["3"])
    assert count(session) == before


def test_a_code_twice_is_named(session, official):
    with pytest.raises(PlacesRefused) as refusal:
        services.import_places(session, [(2, STREET), (3, STREET)])
    assert list(refusal.value.errors) == ["3"]


def test_only_what_lies_within_is_found(session, official):
    services.import_places(session, [(2, STREET), (3, COMMUNITY)])
    found = session.scalars(select(Area.code).where(queries.within(Area.code, ["330106"]))).all()
    assert sorted(found) == ["330106", STREET.code, COMMUNITY.code]
    assert session.scalars(select(Area.code).where(queries.within(Area.code, []))).all() == []
    assert [area.code for area in queries.list_within(session, ["330106"], levels=["street"])] == [STREET.code]


def test_a_place_is_found_by_code_or_name(session, official):
    assert queries.find_area(session, "330106").name == "西湖区"
    assert queries.find_area(session, "nonsense") is None
    with pytest.raises(NotFound):
        queries.get_area(session, "999999")
    assert queries.find_codes(session, "330106") == ["330106"]
    assert queries.find_codes(session, "999999") == []
    assert queries.find_codes(session, "临平区") == ["330113"]
    assert len(queries.find_codes(session, "鼓楼区")) == 4
    places = queries.load_places(session)
    assert places.find("330106") == ("330106",)
    assert len(places.find("鼓楼区")) == 4
    assert places.find("无此地") == ()


def test_commands_load_and_import(runner, session, tmp_path):
    assert "3212" in runner.invoke(args=["areas", "load"]).output
    file = tmp_path / "streets.csv"
    file.write_text("代码,名称,英文名,上级代码\n330106003,北山街道,Beishan,330106\n", encoding="gb18030")
    assert runner.invoke(args=["areas", "import", str(file)]).exit_code == 0
    assert queries.get_area(session, "330106003").name == "北山街道"
    file.write_text("code,name,name_en,parent\n330106004,西溪街道,,330105\n330106,西湖区,,330100\n")
    refused = runner.invoke(args=["areas", "import", str(file)])
    assert refused.exit_code == 1
    assert "2:" in refused.output
    assert "3:" in refused.output
    assert queries.find_area(session, "330106004") is None
