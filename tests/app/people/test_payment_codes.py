"""Payment codes: what stands in one, who may have one, which are refused, and that each is used once."""

import base64
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.errors import NotFound
from app.people.payment_codes import rules
from app.people.payment_codes.errors import NoCardInUse, TooManyCodes
from app.people.payment_codes.keys import check_code, code_key, sign_code
from app.people.payment_codes.models import PaymentCode
from app.people.payment_codes.queries import CodeRead, codes_used_for, read_code
from app.people.payment_codes.rules import Body, Fault, is_code, is_good, is_number, make_number
from app.people.payment_codes.services import GOOD_AT_ONCE, claim_code, forget_codes, issue_code
from app.people.payment_codes.tasks import forget_unused
from app.people.relatives.reach import ConsentMissing, Topic
from app.people.rules import Status
from app.signing import SigningKey
from app.tokens import digest, new_id
from tests.app.people.factories import bearer, make_card, make_senior, make_staff
from tests.app.people.relatives.factories import be, follow
from tests.conftest import NOON, FrozenClock

BODY = Body(
    key_id=b"\x01\x02",
    senior_id=2**40 - 1,
    issued_at=datetime(2026, 11, 20, 3, 48, tzinfo=UTC),
    expires_at=datetime(2026, 11, 20, 3, 49, 30, tzinfo=UTC),
    nonce=b"nonce",
)


def test_what_a_code_says_is_read_as_it_was_written(app: object) -> None:
    assert len(BODY.to_bytes()) == rules.BODY_BYTES
    assert Body.from_bytes(BODY.to_bytes()) == BODY


def test_a_code_has_133_signs_that_fit_a_small_qr_code(app: object) -> None:
    text = sign_code(dataclasses.replace(BODY, key_id=rules.key_id_of(code_key().public_key)))
    assert len(text) == 133
    assert rules.TEXT.match(text)
    assert check_code(text) == dataclasses.replace(BODY, key_id=rules.key_id_of(code_key().public_key))


@pytest.mark.parametrize("place", [3, 20, 60, 131])
def test_a_code_with_one_sign_changed_is_not_accepted(app: object, place: int) -> None:
    text = sign_code(dataclasses.replace(BODY, key_id=rules.key_id_of(code_key().public_key)))
    changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    assert check_code(changed) in (Fault.FORGED, Fault.FOREIGN)


def test_a_code_signed_by_another_key_is_foreign_or_forged(app: object) -> None:
    other = SigningKey(bytes(32))
    for key_id, fault in (
        (rules.key_id_of(other.public_key), Fault.FOREIGN),
        (rules.key_id_of(code_key().public_key), Fault.FORGED),
    ):
        raw = dataclasses.replace(BODY, key_id=key_id).to_bytes()
        assert check_code(rules.write_text(raw, other.sign_bytes(rules.signed_part(raw)))) is fault


@pytest.mark.parametrize("text", ["CY", "CY1ABC", "CY2" + "A" * 130, "CY1" + "1" * 130, "CY1" + "A" * 131])
def test_what_is_not_a_whole_code_is_unreadable(app: object, text: str) -> None:
    assert check_code(text) is Fault.UNREADABLE


def test_a_number_is_never_a_card_nor_somebody_elses_payment_code() -> None:
    number = make_number("123456789012345")
    assert (len(number), number[:2], is_number(number)) == (18, "88", True)
    assert not is_number(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert is_code(number)
    assert not is_code("6021000000000000018")
    assert rules.grouped(number) == f"88 1234 5678 9012 345{number[-1]}"


@pytest.mark.parametrize(
    ("seconds", "good"), [(0, True), (90, True), (91, False), (300, False), (-60, True), (-121, False)]
)
def test_a_code_is_good_for_ninety_seconds(seconds: int, good: bool) -> None:
    at = BODY.issued_at + timedelta(seconds=seconds)
    assert is_good(issued_at=BODY.issued_at, expires_at=BODY.expires_at, at=at) is good


def test_a_code_and_its_number_lead_to_the_card_in_use(session: Session) -> None:
    senior = make_senior(session)
    make_card(session, senior, state="lost")
    card = make_card(session, senior)
    shown = issue_code(session, senior_id=senior.id, actor=follow(session, senior), now=NOON)
    by_text, by_number = (read_code(session, text=each) for each in (shown.text, shown.number))
    assert by_text == by_number
    assert isinstance(by_text, CodeRead)
    assert (by_text.card, by_text.expires_at - by_text.issued_at) == (card.number, timedelta(seconds=90))


def test_the_number_is_kept_only_as_a_digest(session: Session) -> None:
    senior = make_senior(session)
    make_card(session, senior)
    himself = be(session, senior)
    shown = issue_code(session, senior_id=senior.id, actor=himself, now=NOON)
    kept = session.scalars(select(PaymentCode)).one()
    assert kept.number_digest == digest(shown.number)
    assert kept.account_id == himself.account_id


@pytest.mark.parametrize("state", ["lost", "cancelled", None])
def test_without_a_card_in_use_there_is_no_code(session: Session, state: str | None) -> None:
    senior = make_senior(session)
    if state:
        make_card(session, senior, state=state)
    with pytest.raises(NoCardInUse):
        issue_code(session, senior_id=senior.id, actor=follow(session, senior), now=NOON)


def test_the_dead_have_no_code(session: Session) -> None:
    senior = make_senior(session, status=Status.DECEASED)
    make_card(session, senior)
    with pytest.raises(NoCardInUse):
        issue_code(session, senior_id=senior.id, actor=follow(session, senior), now=NOON)


def test_only_whom_the_senior_let_see_the_points_may_pay_for_them(session: Session) -> None:
    senior, stranger = make_senior(session), follow(session, make_senior(session))
    make_card(session, senior)
    with pytest.raises(ConsentMissing):
        issue_code(session, senior_id=senior.id, actor=follow(session, senior, Topic.MEALS), now=NOON)
    with pytest.raises(NotFound):
        issue_code(session, senior_id=senior.id, actor=stranger, now=NOON)


def test_far_more_codes_than_phones_could_show_are_refused_until_the_first_end(session: Session) -> None:
    senior = make_senior(session)
    make_card(session, senior)
    daughter = follow(session, senior)
    for _ in range(GOOD_AT_ONCE):
        issue_code(session, senior_id=senior.id, actor=daughter, now=NOON)
    with pytest.raises(TooManyCodes):
        issue_code(session, senior_id=senior.id, actor=daughter, now=NOON)
    issue_code(session, senior_id=senior.id, actor=daughter, now=NOON + timedelta(seconds=91))


def test_a_code_is_used_once_and_stays_used(session: Session) -> None:
    senior, sale = make_senior(session), new_id()
    make_card(session, senior)
    daughter = follow(session, senior)
    shown = issue_code(session, senior_id=senior.id, actor=daughter, now=NOON)
    code = read_code(session, text=shown.text)
    assert isinstance(code, CodeRead)
    assert claim_code(session, code_id=code.id, sale_id=sale, now=NOON)
    assert not claim_code(session, code_id=code.id, sale_id=new_id(), now=NOON)
    assert codes_used_for(session, sale_ids=[sale, new_id()])[sale].account_id == daughter.account_id
    with pytest.raises(DBAPIError, match="stays as it is"), session.begin_nested():
        session.execute(text("UPDATE payment_code SET used_at = NULL, used_for = NULL"))


def test_codes_that_were_never_used_are_forgotten_and_used_ones_stay(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session)
    make_card(session, senior)
    daughter = follow(session, senior)
    used, unused = (issue_code(session, senior_id=senior.id, actor=daughter, now=NOON) for _ in range(2))
    code = read_code(session, text=used.text)
    assert isinstance(code, CodeRead)
    claim_code(session, code_id=code.id, sale_id=new_id(), now=NOON)
    assert forget_codes(session, now=NOON + timedelta(days=1)) == 0
    clock.advance(days=3)
    for _ in range(2):
        forget_unused()
    assert isinstance(read_code(session, text=used.text), CodeRead)
    assert read_code(session, text=unused.text) is Fault.UNKNOWN


def test_a_till_gets_the_public_key_and_can_check_a_code_by_it(session: Session, client: object) -> None:
    auditor = bearer(session, make_staff(session, role=Role.AUDITOR))
    answer = client.get("/api/v1/people/payment-code-keys", headers=auditor)  # type: ignore[attr-defined]
    (key,) = answer.get_json()["items"]
    assert base64.b64decode(key["public_key"]) == code_key().public_key
    assert bytes.fromhex(key["key_id"]) == rules.key_id_of(code_key().public_key)
    clerk = bearer(session, make_staff(session, role=Role.STREET_CLERK))
    assert client.get("/api/v1/people/payment-code-keys", headers=clerk).status_code == 403  # type: ignore[attr-defined]
