"""The pages of visits without a browser: the carer's day, stickers, and what a family sees and says."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.auth.models import Account
from app.people.relatives.rules import Topic
from care_beds.rounds.models import BedSticker
from care_beds.visits.models import VisitObjection, VisitRating
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.rounds.home import Home
from tests.meals.test_pages import counted


def post(home: Home, path: str, **typed: Any) -> Any:
    token = form_token(home.client, "/account")
    return home.client.post(path, data={"csrf_token": token, **typed})


def log_in(home: Home, account_id: int) -> None:
    sign_in(home.client, home.session, home.session.get_one(Account, account_id))


def test_the_carers_day_is_one_page_that_a_phone_may_keep(home: Home) -> None:
    log_in(home, home.carer.account.id)
    assert home.client.get("/").headers["Location"] == "/care/today"
    page = home.client.get("/care/today")
    assert home.senior.name in page.text
    assert '"is_kept": false' in page.text
    assert page.headers["Care-Round"]
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]
    worker = home.client.get("/care/today/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/care/today"
    assert "care_beds/rounds/today.js" in worker.text


def test_a_day_costs_the_same_however_full_it_is(home: Home) -> None:
    log_in(home, home.carer.account.id)
    home.client.get("/care/today")
    with counted() as few:
        home.client.get("/care/today")
    for days in range(3):
        home.another_visit(on=home.visit.visit_on - timedelta(days=days + 1), state="started")
    home.client.get("/care/today")
    with counted() as many:
        home.client.get("/care/today")
    assert len(many) == len(few)


def test_a_sticker_is_made_printed_and_taken_out_of_use(home: Home) -> None:
    log_in(home, home.manager.account_id)
    path = f"/care/beds/{home.bed.id}/stickers"
    assert home.sticker.serial[:4] in home.client.get(path).text
    assert post(home, path).status_code == 303
    live = home.session.scalars(select(BedSticker).where(BedSticker.revoked_at.is_(None))).one()
    assert live.serial != home.sticker.serial
    assert post(home, f"{path}/{live.id}/revocation", reason="copied").status_code == 303
    page = home.client.get(path).text
    assert "这张床还没有码" in page
    assert post(home, f"{path}/{live.id}/revocation", reason="because").status_code == 422


def test_stickers_of_other_beds_are_none(home: Home) -> None:
    log_in(home, home.carer.account.id)
    assert home.client.get(f"/care/beds/{home.bed.id}/stickers").status_code == 403
    log_in(home, home.manager.account_id)
    assert home.client.get("/care/beds/999999/stickers").status_code == 404


def test_the_family_looks_confirms_rates_and_objects(home: Home) -> None:
    home.finish()
    log_in(home, home.daughter.id)
    base = f"/family/{home.senior.id}"
    assert home.carer.carer.name in home.client.get(base).text
    assert "请确认" in home.client.get(f"{base}/care").text
    one = f"{base}/care/{home.visit.id}"
    page = home.client.get(one).text
    assert "试水温" in page
    assert "/pictures/" in page
    assert post(home, f"{one}/rating", stars=5, words="").status_code == 303
    assert post(home, f"{one}/rating", stars=1, words="").status_code == 409
    assert post(home, f"{one}/objections", words="x").status_code == 422
    assert post(home, f"{one}/objections", words="没有洗头").status_code == 303
    assert post(home, f"{one}/confirmation").status_code == 303
    page = home.client.get(one).text
    assert "没有洗头" in page
    assert home.fresh().state == "confirmed"
    counts = [home.session.scalar(select(func.count(each.id))) for each in (VisitRating, VisitObjection)]
    assert counts == [1, 1]


def test_pictures_and_visits_are_for_whom_the_consent_names(home: Home) -> None:
    home.finish()
    log_in(home, home.daughter.id)
    page = home.client.get(f"/family/{home.senior.id}/care/{home.visit.id}").text
    picture = page.split('src="/pictures/')[1].split('"')[0]
    assert home.client.get(f"/pictures/{picture}").status_code == 200
    son = make_relative(home.session)
    make_link(home.session, home.senior, son, topics=[Topic.MEALS])
    log_in(home, son.id)
    assert home.client.get(f"/pictures/{picture}").status_code == 404
    assert home.client.get(f"/family/{home.senior.id}/care").status_code == 403
    assert "上门照护" not in home.client.get(f"/family/{home.senior.id}").text


def test_a_supervisor_answers_and_the_visits_page_tells_what_the_phone_told(home: Home) -> None:
    home.check_in(lat=30.32, picture=None)
    home.check_out(systolic=132, diastolic=78, words="睡得好")
    log_in(home, home.daughter.id)
    post(home, f"/family/{home.senior.id}/care/{home.visit.id}/objections", words="没有洗头")
    asked = home.session.scalars(select(VisitObjection)).one()
    log_in(home, home.manager.account_id)
    assert "没有洗头" in home.client.get("/care/objections").text
    assert post(home, f"/care/objections/{asked.id}/answer", is_upheld="true", answer="不付").status_code == 403
    log_in(home, home.supervisor.account_id)
    page = home.client.get(f"/care/visits/{home.visit.id}").text
    for told in ("没有照片", "132/78", "睡得好", "没有洗头", "试水温"):
        assert told in page
    assert post(home, f"/care/objections/{asked.id}/answer", is_upheld="true", answer="").status_code == 422
    assert post(home, f"/care/objections/{asked.id}/answer", is_upheld="true", answer="问过，是没洗").status_code == 303
    assert "没有洗头" not in home.client.get("/care/objections").text
    assert "问过，是没洗" in home.client.get("/care/objections?state=answered").text
    assert home.client.get("/care/objections?after=nonsense").status_code == 422
    log_in(home, home.daughter.id)
    assert "问过，是没洗" in home.client.get(f"/family/{home.senior.id}/care/{home.visit.id}").text


def test_the_bed_says_whether_it_has_a_sticker(home: Home) -> None:
    log_in(home, home.manager.account_id)
    assert home.sticker.serial[:4] in home.client.get(f"/care/beds/{home.bed.id}?tab=sticker").text
