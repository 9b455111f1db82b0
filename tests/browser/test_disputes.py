"""A family asks about a line on the phone, the clerk answers at the desk, the family reads it."""

from app.auth.actor import Role
from subsidies.disputes.models import Dispute
from tests.app.people.factories import make_staff
from tests.browser.conftest import Visits
from tests.browser.test_family import Open
from tests.browser.test_family_code import home
from tests.meals.factories import STREET
from tests.portal.conftest import Home, noon

__all__ = ["home"]


def test_from_a_line_to_its_answer(page_as: Open, home: Home, visits: Visits) -> None:
    sale = home.eat(at=noon(20, 11, 31))
    home.session.commit()
    phone = page_as(None, account=home.account, width=360, size="elder")
    phone.goto(f"/family/{home.senior_id}/statement")
    phone.locator(f"#line-{sale} summary").click()
    visits.inspect(phone, "statement")
    phone.locator(f"#line-{sale}").get_by_text("这笔不对？").click()
    visits.inspect(phone, "ask")
    phone.get_by_role("button", name="我们没有去").click()
    phone.get_by_text("街道正在查").first.wait_for()
    visits.inspect(phone, "asked")

    desk = page_as(None, account=make_staff(home.session, role=Role.STREET_CLERK, area_code=STREET), lang="en")
    desk.goto("/disputes")
    visits.inspect(desk, "queue")
    desk.locator("a.row-link").first.click()
    visits.inspect(desk, "one")
    desk.get_by_label("The line is right").check()
    desk.get_by_label("Answer to the family").fill("邻居陈阿姨拿卡代取的，王奶奶同意过。")
    desk.get_by_role("button", name="Send the answer").click()
    desk.get_by_text("The family is told.").wait_for()
    visits.inspect(desk, "answered")

    phone.goto(f"/family/{home.senior_id}/disputes/{sale}")
    phone.get_by_text("邻居陈阿姨拿卡代取的").wait_for()
    visits.inspect(phone, "answer")
    home.session.rollback()
    assert home.session.query(Dispute).one().state == "answered"
