"""A phone's code at a till without its server: good by its signature, good once, and of a stranger for cash only."""

from app import clock as app_clock
from app.people.models import Card, Senior
from app.people.payment_codes.services import issue_code
from tests.app.people.relatives.factories import follow
from tests.browser.offline.conftest import OpenDevice
from tests.browser.offline.device import Device
from tests.meals.factories import STREET, make_dish
from tests.meals.lunch import Lunch

ELSEWHERE = "330106003"


def show_code(till: Device, card: Card) -> str:
    """Let the guest's phone show a code, now."""
    session = till.lunch.session
    daughter = follow(session, session.get_one(Senior, card.senior_id))
    text = issue_code(session, senior_id=card.senior_id, actor=daughter, now=app_clock.now()).text
    session.commit()
    return text


def test_codes_are_read_by_their_signature_and_pay_once(open_device: OpenDevice, lunch: Lunch) -> None:
    known, stranger = lunch.guest(residence_area=STREET), lunch.guest(residence_area=ELSEWHERE, hukou_area=ELSEWHERE)
    make_dish(lunch.session, canteen=lunch.canteen, name="素套餐", price_fen=1200, position=1)
    till = open_device(guests=1)
    good, others = show_code(till, known), show_code(till, stranger)
    till.go_offline()
    till.scan(good)
    till.shows("sold")
    till.sell_to(till.cards)
    till.scan(good)
    till.shows("refused")
    till.reads("码用过了")
    till.page.locator("[data-do=dish]").nth(1).click()
    till.scan(others)
    till.shows("asking")
    till.reads("名单里没有这位客人")
    till.page.locator("[data-do=enter]").click()
    till.shows("sold")
    till.come_back()
    till.waits(0)
    assert [sale.home == stranger.senior_id for sale in till.sales()] == [False, False, True]
    assert [(sale.price_fen, sale.cash_fen, sale.public_fen) for sale in till.sales()][-1] == (1200, 1200, 0)
