"""From a line of the statement to a question in two presses, to the answer, and back."""

from datetime import timedelta

from app.auth.actor import Role
from app.people.relatives.rules import Relation, Topic
from app.tokens import new_id
from subsidies.disputes.models import Dispute
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import make_staff
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.portal.conftest import Home, noon, open_home, senior_of
from tests.portal.test_home import text_of


def ask(home: Home, line: str, **typed: str) -> int:
    page = f"/family/{home.senior_id}/disputes/{line}"
    sent = {"csrf_token": form_token(home.client, page), "reason": "not_there", **typed}
    return home.client.post(page, data=sent).status_code


def answer(home: Home, *, is_upheld: bool, words: str) -> None:
    """Let a clerk of the street answer what waits, in a browser, and come back as the relative."""
    dispute = home.session.query(Dispute).order_by(Dispute.id.desc()).first()
    assert dispute
    sign_in(home.client, home.session, make_staff(home.session, role=Role.STREET_CLERK, area_code=STREET))
    page = f"/disputes/{dispute.id}"
    typed = {"csrf_token": form_token(home.client, page), "is_upheld": str(is_upheld).lower(), "answer": words}
    assert home.client.post(f"{page}/answer", data=typed).status_code == 303
    home.be(home.account)


def test_two_presses_lead_from_a_line_to_a_question(home: Home) -> None:
    sale = home.eat(at=noon(19))
    link = f"/family/{home.senior_id}/disputes/{sale}"
    assert f'href="{link}"' in home.page("/statement")
    told = text_of(home.page(f"/disputes/{sale}"))
    for part in ("午餐 A 套餐", "−8.00 元", "文晖一食堂", "街道会在 10 天内答复", "我们没有去"):
        assert part in told
    assert ask(home, sale) == 303
    told = text_of(home.page(f"/disputes/{sale}"))
    assert "街道正在查" in told
    assert "11月30日 星期一 前会有答复" in told
    assert "街道正在查" in text_of(home.page("/statement"))


def test_a_meal_paid_in_cash_alone_can_be_asked_about(home: Home) -> None:
    poor = home.lunch.guest(points_fen=0)
    home.follow(poor)
    home.eat(at=noon(19, 11, 20), card=poor)
    sale = home.eat(at=noon(19, 11, 40), card=poor)
    link = f"/family/{poor.senior_id}/disputes/{sale}"
    assert f'href="{link}"' in home.client.get(f"/family/{poor.senior_id}/statement").text
    assert "付现金 16.00" in text_of(home.client.get(link).text)
    token = form_token(home.client, link)
    asked = home.client.post(link, data={"csrf_token": token, "reason": "not_there", "words": ""})
    assert asked.status_code == 303
    assert "街道正在查" in text_of(home.client.get(link).text)
    dispute = home.session.query(Dispute).one()
    assert (str(dispute.txn_id), dispute.booked_id) == (sale, None)
    home.be(make_staff(home.session, role=Role.STREET_CLERK, area_code=STREET))
    shown = home.client.get(f"/disputes/{dispute.id}")
    told = text_of(shown.text)
    for part in ("现金付的一餐", "文晖一食堂", "账本里没有分录"):
        assert part in told
    answered = {"csrf_token": form_token(home.client, f"/disputes/{dispute.id}"), "is_upheld": "true", "answer": "退您"}
    assert home.client.post(f"/disputes/{dispute.id}/answer", data=answered).status_code == 303
    assert "退您" in text_of(home.client.get(f"/disputes/{dispute.id}").text)


def test_the_answer_stands_on_the_page_and_in_the_statement(home: Home) -> None:
    sale = home.eat(at=noon(19))
    ask(home, sale, words="那天妈妈在医院")
    answer(home, is_upheld=False, words="是邻居陈阿姨代取的，妈妈同意过。")
    for rest in (f"/disputes/{sale}", "/statement"):
        told = text_of(home.page(rest))
        assert "这一笔没有错" in told
        assert "是邻居陈阿姨代取的，妈妈同意过。" in told
    assert ask(home, sale, reason="unclear") == 303
    answer(home, is_upheld=True, words="是我们弄错了。")
    assert "正在更正" in text_of(home.page(f"/disputes/{sale}"))


def test_a_question_can_be_taken_back_by_whoever_asked(home: Home) -> None:
    sale = home.eat(at=noon(19))
    ask(home, sale)
    page = f"/family/{home.senior_id}/disputes/{sale}"
    dispute = home.session.query(Dispute).one()
    token = form_token(home.client, page)
    brother = make_relative(home.session, name="陈强")
    make_link(home.session, senior_of(home.session, home.card), brother)
    home.be(brother)
    assert "收回" not in text_of(home.page(f"/disputes/{sale}"))
    assert ask(home, sale) == 409
    home.be(home.account)
    token = form_token(home.client, page)
    back = home.client.post(f"{page}/{dispute.id}/withdrawal", data={"csrf_token": token})
    assert back.status_code == 303
    assert "按一下最合适的，马上就送出" in text_of(home.page(f"/disputes/{sale}"))


def test_what_somebody_asked_is_between_them_the_senior_and_the_street(home: Home) -> None:
    sale = home.eat(at=noon(19))
    ask(home, sale, words="我弟弟拿了卡")
    assert "我弟弟拿了卡" in home.page(f"/disputes/{sale}")
    brother = make_relative(home.session, name="陈强")
    make_link(home.session, senior_of(home.session, home.card), brother)
    home.be(brother)
    page = home.page(f"/disputes/{sale}")
    assert "街道正在核实" in page or "答复" in page
    assert "我弟弟拿了卡" not in page
    assert "陈静" not in page
    mother = make_relative(home.session, Role.ELDER, name="王玉兰")
    make_link(home.session, senior_of(home.session, home.card), mother, relation=Relation.SELF)
    home.be(mother)
    page = home.page(f"/disputes/{sale}")
    assert "我弟弟拿了卡" in page
    assert "陈静" in page


def test_a_late_answer_is_owned_up_to(home: Home, clock: FrozenClock) -> None:
    sale = home.eat(at=noon(19))
    ask(home, sale)
    clock.set(noon(20) + timedelta(days=11))
    home.be(home.account)
    assert "已经晚了" in text_of(home.page(f"/disputes/{sale}"))


def test_a_reason_is_needed(home: Home) -> None:
    sale = home.eat(at=noon(19))
    assert ask(home, sale, reason="") == 422


def test_lines_of_others_and_closed_topics_are_no_pages(home: Home, clock: FrozenClock) -> None:
    sale = home.eat(at=noon(19))
    other = open_home(home.session, home.client, clock, topics=[Topic.MEALS], lunch=home.lunch)
    assert other.status(f"/disputes/{sale}") == 403
    assert other.status(f"/disputes/{sale}", senior_id=home.senior_id) == 404
    home.be(home.account)
    assert home.status(f"/disputes/{new_id()}") == 404
