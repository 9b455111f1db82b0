"""Each notice leads to the page that says more, and the page opens."""

from app import clock
from app.messages.models import Notice
from app.messages.services import tell
from app.people.cards import report_loss_for
from app.people.relatives.announcing import LINKED
from tests.app.people.relatives.factories import make_family_actor
from tests.portal.conftest import Home, noon


def test_a_debit_leads_to_its_day_and_a_lost_card_to_the_card(home: Home) -> None:
    home.eat(at=noon(19))
    report_loss_for(home.session, senior_id=home.senior_id, actor=make_family_actor(home.account), now=clock.now())
    told = {"relative": "陈静", "senior": "王玉兰", "why": ""}
    tell(home.session, account_ids=[home.account.id], kind=LINKED, key="x", params=told, now=clock.now())
    assert home.session.query(Notice).count() == 3
    page = home.client.get("/notices").text
    base = f"/family/{home.senior_id}"
    for address in (f"{base}/statement?month=2026-11#day-2026-11-19", f"{base}/card", "/family/links"):
        assert f'href="{address}"' in page
        assert home.client.get(address).status_code == 200
    assert 'id="day-2026-11-19"' in home.page("/statement?month=2026-11")
