"""No ID number, phone or address leaves the house by a side door: logs, audit, error pages, addresses."""

import logging
from datetime import date

import pytest
from sqlalchemy import text

from app.logs import redact_text
from app.people.files import template
from tests.app.people.factories import STREET, bearer, make_id_number, make_staff

NUMBER = make_id_number(date(1938, 7, 14), serial=24)
PHONE, ADDRESS = "13912345678", "延安路九十九号"
SECRETS = (NUMBER, NUMBER[:17], PHONE, ADDRESS)
SENIORS = "/api/v1/people/seniors"


@pytest.fixture
def clerk(session, clock):
    headers = bearer(session, make_staff(session))
    session.commit()
    return headers


def a_senior(**changes):
    known = {"name": "金丝雀", "id_number": NUMBER, "phone": PHONE, "address": ADDRESS}
    return known | {"hukou_area": STREET, "residence_area": STREET} | changes


def test_a_life_of_a_record_leaves_no_number_in_log_audit_or_answers(client, session, clerk, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    made = client.post(SENIORS, json=a_senior(), headers=clerk)
    senior_id = made.json["id"]
    answers = [
        made,
        client.post(SENIORS, json=a_senior(), headers=clerk),
        client.post(SENIORS, json=a_senior(name="", phone=PHONE + "9"), headers=clerk),
        client.post(f"{SENIORS}/search", json={"query": NUMBER}, headers=clerk),
        client.post(f"{SENIORS}/search", json={"query": NUMBER[:17] + "?"}, headers=clerk),
        client.get(SENIORS, query_string={"query": NUMBER}, headers=clerk),
        client.patch(f"{SENIORS}/{senior_id}", json={"phone": "13987654321", "address": ADDRESS}, headers=clerk),
        client.get(f"/people/seniors/{senior_id}", headers=clerk),
        client.get("/people/seniors/", headers=clerk),
    ]
    reveal = {"field": "id_number", "reason": "上门核对身份"}
    assert client.post(f"{SENIORS}/{senior_id}/reveals", json=reveal, headers=clerk).json["value"] == NUMBER
    audited = str(session.execute(text("SELECT * FROM audit_entry")).all())
    captured = capfd.readouterr()
    # What a log line would hold is what the redactor leaves of it.
    logged = redact_text(caplog.text) + captured.out + captured.err
    for secret in SECRETS:
        assert secret not in audited
        assert secret not in logged.replace(PHONE + "9", "")
        assert not [answer.request.path for answer in answers if secret in answer.text]


def test_what_stands_in_the_tables_cannot_be_read(client, session, clerk):
    client.post(SENIORS, json=a_senior(), headers=clerk)
    for table in ("senior", "senior_status", "card", "senior_import", "audit_entry"):
        rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t")).scalars().all()
        for secret in SECRETS:
            assert not any(secret in row or secret.encode().hex() in row for row in rows)


def test_a_reason_that_repeats_the_number_is_redacted(client, session, clerk):
    senior_id = client.post(SENIORS, json=a_senior(), headers=clerk).json["id"]
    reveal = {"field": "phone", "reason": f"核对 {NUMBER} 电话 {PHONE}"}
    client.post(f"{SENIORS}/{senior_id}/reveals", json=reveal, headers=clerk)
    reasons = session.execute(text("SELECT reason FROM audit_entry")).scalars().all()
    assert not any(NUMBER in reason or PHONE in reason for reason in reasons)


def test_the_command_prints_no_number(runner, session, clock, tmp_path):
    file = tmp_path / "people.csv"
    row = template().splitlines()[1]
    file.write_text("\n".join([template().splitlines()[0], row, row]) + "\n")
    done = runner.invoke(args=["people", "import", str(file)])
    assert done.exit_code == 1
    assert row.split(",")[1] not in done.output
