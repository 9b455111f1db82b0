"""Personal data and secrets never reach a log line."""

import json
import logging

import pytest
import structlog

from app.logs import HIDDEN, redact, redact_text, set_up_logs

ID_NUMBER, PHONE, CARD = "330106194001011234", "19900001234", "6021123456789012345"


@pytest.mark.parametrize(
    "text",
    [
        ID_NUMBER,
        "33010619400101123X",
        "330106400101123",
        PHONE,
        f"查 {ID_NUMBER} 和 {PHONE}",
        f"/people?query={ID_NUMBER}&x=1",
    ],
)
def test_numbers_of_persons_are_taken_out_of_texts(text: str) -> None:
    cleaned = redact_text(text)
    assert HIDDEN in cleaned
    for number in (ID_NUMBER, "33010619400101123X", "330106400101123", PHONE):
        assert number not in cleaned


def test_what_the_database_repeats_of_a_row_is_taken_out() -> None:
    fault = (
        'CheckViolation: new row for relation "dispute" violates check constraint "ck_dispute_answered"\n'
        "DETAIL:  Failing row contains (10, 26, 王玉兰, 她儿子拿了卡).\n"
        "[SQL: UPDATE dispute SET words=%(words)s]\n"
        "[parameters: {'words': '她儿子 [拿] 了卡', 'name': '王玉兰'}]\n"
        "(Background on this error at: https://sqlalche.me/e/21/gkpj)"
    )
    cleaned = redact_text(fault)
    assert "王玉兰" not in cleaned
    assert "拿" not in cleaned
    for part in ("ck_dispute_answered", "UPDATE dispute", "Background"):
        assert part in cleaned


def test_a_card_keeps_its_last_four_digits() -> None:
    assert redact_text(f"card {CARD} unknown") == "card card …2345 unknown"


def test_amounts_ids_and_times_stay() -> None:
    text = "sold 1600 fen, checkout 0199a0b2-7c1e-7000-8000-1234567890ab at 2026-11-20T03:48:00Z"
    assert redact_text(text) == text


def test_secrets_are_hidden_by_name_at_any_depth() -> None:
    event = {
        "body": {"password": "x", "list": [{"id_number": ID_NUMBER}, PHONE]},
        "authorization": "Bearer y",
        "count": 3,
    }
    assert redact(event) == {
        "body": {"password": HIDDEN, "list": [{"id_number": HIDDEN}, HIDDEN]},
        "authorization": HIDDEN,
        "count": 3,
    }


def test_every_line_of_ours_and_of_libraries_goes_through_the_redactor(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(level="INFO", form="json")
    structlog.get_logger("ours").info("scan", query=ID_NUMBER)
    logging.getLogger("library").warning("failed for %s", PHONE)
    try:
        raise ValueError(ID_NUMBER)
    except ValueError:
        structlog.get_logger("ours").exception("broken")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 3
    assert ID_NUMBER not in json.dumps(lines)
    assert PHONE not in json.dumps(lines)
    set_up_logs(level="WARNING", form="json")
