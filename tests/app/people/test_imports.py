"""A file of seniors from the page: sent, checked, decided on, taken in; nothing is lost and nothing lingers."""

import io
import re

import pytest
from sqlalchemy import func, select, text

from app import clock as app_clock
from app.db import transaction
from app.people import imports, tasks
from app.people.errors import ImportNotReady
from app.people.files import EXAMPLE, template
from app.people.importing import Mode
from app.people.models import Senior, SeniorImport
from tests.app.areas.factories import make_place
from tests.app.people.factories import WEST_LAKE, bearer, make_actor, make_senior, make_staff

FILES = "/people/imports/"
GOOD = template()
MIXED = template() + template().splitlines()[1].replace(EXAMPLE["id_number"], "330106194103050000") + "\n"


@pytest.fixture
def web(app, committed_db, clock):
    """Return a client, the headers of a clerk of West Lake, and a session that really commits."""
    make_place(committed_db, WEST_LAKE)
    headers = bearer(committed_db, make_staff(committed_db, area_code=WEST_LAKE))
    committed_db.commit()
    return app.test_client(), headers, committed_db


def send(web, content: str | bytes, name: str = "老人.csv") -> int:
    client, headers, _ = web
    data = content if isinstance(content, bytes) else content.encode()
    answer = client.post(FILES, data={"file": (as_file(data), name)}, headers=headers)
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/(\d+)$", answer.location)[1])


def as_file(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def page(web, import_id: int, **headers: str) -> str:
    client, clerk, _ = web
    return client.get(f"{FILES}{import_id}", headers=clerk | headers).text


def post(web, import_id: int, act: str, **form: str):
    client, headers, _ = web
    return client.post(f"{FILES}{import_id}/{act}", data=form, headers=headers)


def state(web, import_id: int) -> SeniorImport:
    _, _, session = web
    session.expire_all()
    return session.get_one(SeniorImport, import_id)


def count(web) -> int:
    _, _, session = web
    session.rollback()
    return session.scalar(select(func.count()).select_from(Senior))


def test_a_file_is_checked_shown_decided_on_and_taken_in(web):
    import_id = send(web, GOOD)
    assert 'hx-trigger="every 1s"' in page(web, import_id)
    assert '<noscript><meta http-equiv="refresh"' in page(web, import_id)
    tasks.check_import(import_id=import_id)
    assert count(web) == 0
    assert 'name="mode" value="all"' in page(web, import_id)
    assert post(web, import_id, "confirmation", mode="all").status_code == 303
    tasks.take_in_import(import_id=import_id)
    assert count(web) == 1
    done = state(web, import_id)
    assert (done.state, done.file_sealed, done.rows_done) == ("imported", None, 1)
    assert "/people/seniors/" in page(web, import_id)


def test_tasks_may_run_twice(web):
    import_id = send(web, GOOD)
    tasks.take_in_import(import_id=import_id)
    assert state(web, import_id).state == "uploaded"
    for _ in range(2):
        tasks.check_import(import_id=import_id)
    post(web, import_id, "confirmation", mode="all")
    for _ in range(2):
        tasks.take_in_import(import_id=import_id)
    tasks.check_import(import_id=import_id)
    assert (state(web, import_id).state, count(web)) == ("imported", 1)
    tasks.check_import(import_id=2**40)


def test_two_workers_do_not_take_one_file(web):
    import_id = send(web, GOOD)
    _, _, session = web
    session.execute(text(f"SELECT pg_advisory_xact_lock({imports.LOCK_SPACE}, {import_id})"))
    other = session.get_bind().connect()
    taken = other.scalar(text(f"SELECT pg_try_advisory_xact_lock({imports.LOCK_SPACE}, {import_id})"))
    other.close()
    session.rollback()
    assert taken is False


def test_faults_are_shown_by_row_and_can_be_taken_home(web):
    client, headers, _ = web
    import_id = send(web, MIXED)
    tasks.check_import(import_id=import_id)
    shown = page(web, import_id)
    assert 'name="mode" value="good_rows"' in shown
    assert 'name="mode" value="all"' not in shown
    listed = client.get(f"{FILES}{import_id}/faults.csv", headers=headers)
    assert listed.data.startswith(b"\xef\xbb\xbf")
    assert listed.text.splitlines()[1].startswith("3,")
    assert "330106194103050000" not in listed.text + shown


def test_the_good_rows_may_be_taken_alone(web):
    import_id = send(web, MIXED)
    tasks.check_import(import_id=import_id)
    post(web, import_id, "confirmation", mode="good_rows")
    tasks.take_in_import(import_id=import_id)
    assert (state(web, import_id).state, count(web)) == ("imported", 1)


def test_when_the_registry_moved_the_file_waits_for_a_decision_again(web):
    _, _, session = web
    import_id = send(web, GOOD)
    tasks.check_import(import_id=import_id)
    post(web, import_id, "confirmation", mode="all")
    make_senior(session, id_number=EXAMPLE["id_number"], hukou_area="330105")
    session.commit()
    tasks.take_in_import(import_id=import_id)
    waiting = state(web, import_id)
    assert (waiting.state, waiting.mode, waiting.result["refused"]) == ("checked", None, 1)
    assert count(web) == 1


@pytest.mark.parametrize("content", ["nothing,here\n1,2\n", b"PK\x03\x04 nonsense", b"\xd0\xcf\x11\xe0"])
def test_a_file_that_cannot_be_read_says_why_and_is_not_kept(web, content):
    import_id = send(web, content, "老人.xlsx")
    tasks.check_import(import_id=import_id)
    refused = state(web, import_id)
    assert (refused.state, refused.file_sealed) == ("refused", None)
    assert "is-danger" in page(web, import_id)


def test_the_file_lies_sealed_in_the_database(web):
    _, _, session = web
    import_id = send(web, GOOD)
    stored = session.execute(text("SELECT * FROM senior_import WHERE id = :id"), {"id": import_id}).one()
    assert EXAMPLE["id_number"] not in str(stored)
    assert EXAMPLE["name"].encode() not in bytes(stored.file_sealed)


def test_no_file_is_no_upload(web):
    client, headers, _ = web
    for data in ({}, {"file": (as_file(b""), "leer.csv")}):
        answer = client.post(FILES, data=data, headers=headers)
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.text
    assert client.get(FILES, headers=headers).status_code == 200


def test_a_decision_is_made_once(web):
    import_id = send(web, GOOD)
    assert post(web, import_id, "confirmation", mode="all").status_code == 409
    tasks.check_import(import_id=import_id)
    assert post(web, import_id, "confirmation", mode="some").status_code == 422
    post(web, import_id, "confirmation", mode="all")
    assert post(web, import_id, "discarding").status_code == 409


def test_a_file_may_be_forgotten(web):
    import_id = send(web, GOOD)
    tasks.check_import(import_id=import_id)
    assert post(web, import_id, "discarding").status_code == 303
    assert (state(web, import_id).state, state(web, import_id).file_sealed) == ("discarded", None)
    assert page(web, import_id)


def test_other_peoples_files_are_not_there(web):
    client, _, session = web
    import_id = send(web, GOOD)
    stranger = bearer(session, make_staff(session, area_code=WEST_LAKE))
    session.commit()
    for address in ("", "/faults.csv"):
        assert client.get(f"{FILES}{import_id}{address}", headers=stranger).status_code == 404
    for act in ("confirmation", "discarding"):
        answer = client.post(f"{FILES}{import_id}/{act}", data={"mode": "all"}, headers=stranger)
        assert answer.status_code == 404


def test_the_page_asks_for_news_and_then_loads_itself_anew(web):
    client, headers, _ = web
    import_id = send(web, GOOD)
    asking = headers | {"HX-Request": "true"}
    assert "HX-Refresh" not in client.get(f"{FILES}{import_id}", headers=asking).headers
    tasks.check_import(import_id=import_id)
    assert client.get(f"{FILES}{import_id}", headers=asking).headers["HX-Refresh"] == "true"


def test_what_a_worker_lost_is_queued_again_and_what_nobody_wants_is_forgotten(web, clock, monkeypatch):
    queued: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, import_id: queued.append((task, import_id)))
    lost, confirmed, left = send(web, GOOD), send(web, GOOD), send(web, GOOD)
    for import_id in (confirmed, left):
        tasks.check_import(import_id=import_id)
    post(web, confirmed, "confirmation", mode="all")
    tasks.tend_imports()
    assert queued == []
    clock.advance(minutes=3)
    tasks.tend_imports()
    assert queued == [("people.check_import", lost), ("people.take_in_import", confirmed)]
    clock.advance(days=8)
    tasks.tend_imports()
    assert state(web, left).state == "discarded"


def test_the_template_can_be_had_from_the_page(web):
    client, headers, _ = web
    answer = client.get(f"{FILES}template.csv", headers=headers)
    assert answer.data.decode("utf-8-sig") == template()


def test_a_clerk_brings_in_only_the_own_area(web):
    _, _, session = web
    make_place(session, "330105")
    session.commit()
    import_id = send(web, GOOD.replace("330106,330106", "330105,330105"))
    tasks.check_import(import_id=import_id)
    assert state(web, import_id).result["faults"][0]["code"] == "area_not_yours"


def test_a_file_that_was_not_checked_cannot_be_confirmed(web):
    _, _, session = web
    actor = make_actor(session, area_code=WEST_LAKE)
    session.commit()
    with transaction() as inner:
        import_id = imports.upload(inner, name="\x07a.csv", data=GOOD.encode(), actor=actor, now=app_clock.now())
    assert state(web, import_id).file_name == "a.csv"
    with pytest.raises(ImportNotReady), transaction() as inner:
        imports.confirm(inner, import_id=import_id, mode=Mode.ALL, actor=actor, now=app_clock.now())
