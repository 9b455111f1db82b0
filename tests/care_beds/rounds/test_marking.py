"""Coming and leaving: written down once, judged, and never lost."""

from datetime import time, timedelta

import pytest
from sqlalchemy import func, select

from app.messages.models import Notice
from app.pictures.models import Picture
from care_beds.providers.models import CareProvider
from care_beds.rounds import stickers
from care_beds.visits.models import VisitMark
from tests.care_beds.factories import make_carer
from tests.care_beds.rounds.home import LAT, Home, make_picture


def test_a_good_visit_is_written_down_and_raises_nothing(home: Home) -> None:
    came = home.check_in()
    assert came.status_code == 201, came.json
    assert (came.json["state"], came.json["distance_m"], came.json["doubts"]) == ("started", 0, [])
    left = home.check_out(items=["water"], words="睡着了", systolic=132, diastolic=78, condition="same")
    assert left.status_code == 201, left.json
    visit = home.fresh()
    assert (visit.state, visit.exception) == ("finished", "none")
    assert visit.finished_at - visit.started_at == timedelta(hours=1)
    assert visit.items_done == ["water"]
    assert visit.vitals == {"systolic": 132, "diastolic": 78, "condition": "same", "words": "睡着了"}
    marks = home.session.scalars(select(VisitMark).order_by(VisitMark.id)).all()
    assert [(mark.kind, mark.sticker_ok, mark.picture_id is not None) for mark in marks] == [
        ("check_in", True, True),
        ("check_out", True, True),
    ]


def test_a_doubled_request_books_nothing_twice(home: Home) -> None:
    first = home.check_in(key="one")
    again = home.check_in(key="one", at=home.clock.now())
    assert again.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == first.json
    assert home.session.scalar(select(func.count(VisitMark.id))) == 1
    assert home.session.scalar(select(func.count(Picture.id))) == 1


def test_a_key_with_other_content_is_refused(home: Home) -> None:
    home.check_in(key="one")
    assert home.check_in(key="one", lat=30.5).json["code"] == "key_reused"
    assert home.check_in(key="one", picture=make_picture(99)).json["code"] == "key_reused"
    assert home.check_in(key="two").json["code"] == "already_checked_in"


@pytest.mark.parametrize(
    ("changes", "doubts"),
    [
        ({"sticker": ""}, {"sticker_none"}),
        ({"sticker": "https://example.org"}, {"sticker_unreadable"}),
        ({"sticker": "861234567894"}, {"sticker_wrong"}),
        ({"lat": LAT + 0.01}, {"far"}),
        ({"accuracy_m": 900}, {"fix_vague"}),
        ({"fix_age_s": 4000}, {"fix_stale"}),
        ({"lat": None, "lon": None, "accuracy_m": None, "fix_age_s": None, "no_fix_reason": "refused"}, {"fix_none"}),
        ({"clock_suspect": "true"}, {"clock"}),
        ({"picture": None}, {"no_picture"}),
        ({"picture": b"no picture at all"}, {"no_picture"}),
    ],
)
def test_what_is_doubtful_is_written_down_and_keeps_nobody_out(
    home: Home, changes: dict[str, object], doubts: set[str]
) -> None:
    came = home.check_in(**changes)
    assert came.status_code == 201, came.json
    assert set(came.json["doubts"]) == home.doubts() == doubts
    assert home.fresh().exception == "open"


def test_a_sticker_that_was_taken_out_of_use_counts_no_more(home: Home) -> None:
    stickers.revoke_sticker(
        home.session, sticker_id=home.sticker.id, reason="lost", by=home.manager, now=home.clock.now()
    )
    assert home.check_in().json["doubts"] == ["sticker_revoked"]


def test_a_sticker_taken_out_of_use_after_a_dead_spot_still_counts(home: Home) -> None:
    then = home.clock.now() + timedelta(minutes=15)
    home.clock.advance(hours=2)
    stickers.revoke_sticker(
        home.session, sticker_id=home.sticker.id, reason="lost", by=home.manager, now=home.clock.now()
    )
    assert home.check_in(at=then).json["doubts"] == []


def test_the_typed_digits_are_as_good_as_the_code(home: Home) -> None:
    assert home.check_in(sticker=f" {home.sticker.serial[:4]} {home.sticker.serial[4:]}").json["doubts"] == []
    assert home.session.scalars(select(VisitMark.sticker_typed)).one() is True


def test_the_same_picture_at_another_visit_is_seen(home: Home) -> None:
    picture = make_picture(5)
    home.check_in(picture=picture)
    home.check_out()
    other = home.another_visit(start=time(14))
    home.clock.set(home.clock.moment.replace(hour=14))
    came = home.check_in(visit=other, picture=picture)
    assert came.json["doubts"] == ["same_picture"]


def test_a_short_visit_with_something_left_out(home: Home) -> None:
    home.check_in()
    home.clock.advance(minutes=20)
    left = home.send("check-out", items=None)
    assert set(left.json["doubts"]) == {"short", "items_left"}
    assert home.doubts() == {"leaving_short", "leaving_items_left"}


def test_a_visit_from_a_dead_spot_counts_when_it_was(home: Home) -> None:
    came = home.clock.now() + timedelta(minutes=15)
    home.clock.advance(hours=5)
    assert home.check_in(at=came).json["doubts"] == []
    assert home.send("check-out", at=came + timedelta(minutes=58)).json["doubts"] == []
    visit = home.fresh()
    assert visit.started_at == came
    assert visit.finished_at - visit.started_at == timedelta(minutes=58)


def test_a_clock_set_back_does_not_end_a_visit_before_it_began(home: Home) -> None:
    home.check_in()
    left = home.check_out(at=home.clock.now() - timedelta(hours=3))
    assert left.status_code == 201
    visit = home.fresh()
    assert visit.finished_at == visit.started_at
    assert {"leaving_clock_back", "leaving_short"} <= home.doubts()
    assert visit.exception == "open"


def test_a_visit_that_only_looked_missed_comes_back(home: Home) -> None:
    home.visit.state, home.visit.missed_reason = "missed", "not_recorded"
    assert home.check_in().json["state"] == "started"
    assert home.fresh().missed_reason == ""


def test_a_visit_ends_after_it_began_and_once(home: Home) -> None:
    assert home.check_out().json["code"] == "not_checked_in"
    home.finish()
    assert home.check_out(key="again").json["code"] == "already_checked_out"


def test_a_visit_beside_one_that_is_still_open(home: Home) -> None:
    home.check_in()
    other = home.another_visit(start=time(11))
    home.clock.set(home.clock.moment.replace(hour=11))
    assert "still_open" in home.check_in(visit=other).json["doubts"]


def test_nobody_marks_somebody_elses_visit(home: Home) -> None:
    provider = home.session.get_one(CareProvider, home.bed.provider_id)
    other = make_carer(home.session, provider=provider, name="沈丽")
    assert home.check_in(by=other.account.id).json["code"] == "visit_not_found"
    assert home.send("check-in", by=home.manager.account_id).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"occurred_at": "soon"}, "occurred_at"), ({"lon": None}, "lat"), ({"systolic": 500}, "systolic")],
)
def test_what_cannot_be_is_refused_by_name(home: Home, changes: dict[str, object], field: str) -> None:
    home.check_in()
    refused = home.check_out(**changes)
    assert refused.status_code == 422
    assert field in str(refused.json["errors"])


def test_a_mark_without_a_key_is_refused(home: Home) -> None:
    headers = home.bearer(home.carer.account.id)
    path = f"/api/v1/care-beds/visits/{home.visit.id}/check-in"
    data = {"occurred_at": home.clock.now().isoformat()}
    refused = home.client.post(path, data=data, headers=headers, content_type="multipart/form-data")
    assert refused.json["code"] == "idempotency_key_required"


@pytest.mark.parametrize(("condition", "kind"), [("same", "visit_finished"), ("worse", "visit_worse")])
def test_the_family_is_told_when_the_carer_has_left(home: Home, condition: str, kind: str) -> None:
    home.check_in()
    home.check_out(condition=condition)
    told = home.session.scalars(select(Notice).where(Notice.account_id == home.daughter.id)).one()
    assert told.kind == f"care_beds.{kind}"
    assert told.urgent is (condition == "worse")


def test_the_day_of_a_carer_shows_the_door_once_it_is_noted(home: Home) -> None:
    headers = home.bearer(home.carer.account.id)
    day = home.client.get("/api/v1/care-beds/visits/today", headers=headers).json["items"]
    assert [each["id"] for each in day] == [home.visit.id]
    assert day[0]["name"] == home.senior.name
    assert day[0]["least_minutes"] == 54
    assert home.fresh().seen_at is not None
