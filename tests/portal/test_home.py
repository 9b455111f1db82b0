"""The first page of a family: what it says, to whom, and at what cost."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.relatives.models import Look
from app.people.relatives.rules import Relation, Topic
from tests.app.auth.factories import sign_in
from tests.app.people.relatives.factories import make_relative
from tests.conftest import FrozenClock
from tests.portal.conftest import MOTHER, Home, noon, open_home
from tests.shops.factories import give_points


def text_of(page: str) -> str:
    """Return what of a page is read, without markup."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_it_says_what_is_left_for_about_how_many_meals_and_until_when(home: Home) -> None:
    home.eat(at=noon(19))
    home.eat(at=noon(20, 11, 30))
    told = text_of(home.page())
    # 16.00 at half price: 8.00 of points each; 84.00 left is ten more.
    assert "84 .00 元" in told
    assert "10 顿" in told
    assert "其中 84.00 元 12月31日到期" in told
    assert "午饭吃过了 11:30 在文晖一食堂" in told


def test_it_counts_the_month_and_marks_each_day(home: Home) -> None:
    home.eat(at=noon(2, month=10))
    home.eat(at=noon(21, month=10))
    home.eat(at=noon(18))
    home.eat(at=noon(19))
    home.eat(at=noon(19, 17, 10))
    page = home.page()
    assert "十一月吃了 3 顿" in page
    assert "上月同期 1 顿" in page
    assert page.count('<i class="l">') == 2
    assert page.count('<i class="d">') == 1
    assert '<td class="today">' in page


def test_what_was_undone_was_not_eaten(home: Home) -> None:
    sale = home.eat(at=noon(20, 11, 30))
    home.lunch.undo(sale)
    assert "今天还没在食堂吃饭" in home.page()


def test_without_points_it_says_that_meals_go_on(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock)
    home.follow(card := home.lunch.guest(**MOTHER, points_fen=0))
    told = text_of(client.get(f"/family/{card.senior_id}").get_data(as_text=True))
    assert "吃饭付现金，该补的照样补" in told


def test_only_what_the_consent_covers_is_shown(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock, topics=(Topic.MEALS,))
    home.eat(at=noon(20, 11, 30))
    page = home.page()
    assert "午饭吃过了" in page
    assert "重阳分没有给您看" in page
    assert "100" not in text_of(page)
    assert "用分" not in page
    assert "/statement" not in page
    other = open_home(session, client, clock, topics=(Topic.BALANCE,), lunch=home.lunch)
    other.eat(at=noon(20, 11, 30))
    assert "午饭吃过了" not in other.page()


def test_no_number_phone_or_address_of_the_senior_is_on_the_page(home: Home) -> None:
    page = home.page()
    for part in ("13800138000", "北山路", "330105194403"):
        assert part not in page


def test_a_stranger_learns_not_even_that_the_person_exists(home: Home) -> None:
    stranger = home.lunch.guest(**MOTHER)
    for rest in ("", "/statement", "/canteens", "/card", "/more"):
        assert home.status(rest, senior_id=stranger.senior_id) == 404
        assert home.status(rest, senior_id=987_654_321) == 404


def test_it_is_noted_what_a_relative_looked_at_and_never_what_the_senior_did(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    home = open_home(session, client, clock)
    home.page()
    home.page()
    looks = session.execute(select(Look.topic, Look.times).order_by(Look.topic)).all()
    assert [tuple(look) for look in looks] == [("balance", 2), ("meals", 2), ("visits", 2)]
    own = open_home(session, client, clock, relation=Relation.SELF, lunch=home.lunch)
    own.page()
    assert not session.scalars(select(Look).where(Look.senior_id == own.senior_id)).all()


def test_one_person_is_shown_at_once_and_several_are_chosen_from(home: Home) -> None:
    answer = home.client.get("/")
    assert answer.location == "/family"
    assert home.client.get("/family").location == f"/family/{home.senior_id}"
    assert "换一位" not in home.page()
    father = home.lunch.guest(**{**MOTHER, "name": "陈建国"}, points_fen=3_000)
    home.follow(father)
    # What pays in shops alone is not among the points, here as little as on the person's own page.
    give_points(home.session, father.senior_id, 12_000)
    home.eat(at=noon(20, 11, 30), card=father)
    told = text_of(home.client.get("/family").get_data(as_text=True))
    assert "王玉兰 82 岁 100 .00 元 重阳分 今天还没在食堂吃饭" in told
    assert "陈建国 82 岁 22 .00 元 重阳分 11:30 吃过饭" in told
    assert "换一位" in home.page()


def test_nobody_linked_is_told_what_to_do(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    sign_in(client, session, make_relative(session))
    assert "到街道领一张带码的纸" in client.get("/family").get_data(as_text=True)


def test_an_elder_lands_on_the_own_page(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock, relation=Relation.SELF)
    assert client.get("/family").location == f"/family/{home.senior_id}"
    assert "100" in text_of(home.page())


def test_people_who_work_here_do_not_come_in(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock)
    home.be(home.lunch.cashier_account)
    assert home.status() == 403


def test_nothing_is_kept_by_a_shared_device(home: Home) -> None:
    for rest in ("", "/statement", "/canteens", "/card"):
        answer = home.client.get(f"/family/{home.senior_id}{rest}")
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_is_small_and_asks_the_same_however_much_was_eaten(
    home: Home, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    home.eat(at=noon(19))
    home.page()
    with count_statements() as few:
        home.page()
    for day in range(2, 19):
        home.eat(at=noon(day))
        home.eat(at=noon(day, 17))
    with count_statements() as many:
        page = home.page()
    assert len(many) == len(few)
    assert len(many) <= 16
    assert len(page.encode()) < 30_000


def test_the_number_to_call_is_on_every_page_and_with_every_refusal(home: Home) -> None:
    for rest in ("", "/statement", "/canteens", "/card", "/more"):
        assert 'href="tel:057188880000"' in home.page(rest)
    assert 'href="tel:057188880000"' in home.client.get("/family/settings").get_data(as_text=True)
    assert 'href="tel:057188880000"' in home.client.get("/family/987654").get_data(as_text=True)


def test_a_missing_consent_says_what_to_do(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock, topics=(Topic.MEALS,))
    answer = client.get(f"/family/{home.senior_id}/statement")
    assert answer.status_code == 403
    assert "街道" in answer.get_data(as_text=True)
    assert "管理员" not in answer.get_data(as_text=True)


def test_the_senior_and_a_guardian_see_who_looked_and_relatives_do_not(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    home = open_home(session, client, clock, is_guardian=True)
    home.page()
    told = text_of(home.page("/looks"))
    assert "11月20日 星期五" in told
    assert "陈静" in told
    relative = open_home(session, client, clock, lunch=home.lunch)
    assert "谁看过" not in relative.page()
    assert relative.status("/looks") == 403
    own = open_home(session, client, clock, relation=Relation.SELF, lunch=home.lunch)
    assert "最近三个月没有人看过" in own.page("/looks")
