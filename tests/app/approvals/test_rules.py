"""Who may hand in and decide: every state, every person."""

import pytest

from app.approvals.rules import Objection, object_to_deciding, object_to_submitting

MAKER, CHECKER = 1, 2


@pytest.mark.parametrize(
    ("state", "by", "objection"),
    [
        ("draft", MAKER, None),
        ("draft", CHECKER, Objection.NOT_THE_MAKER),
        ("submitted", MAKER, Objection.NOT_DRAFT),
        ("published", MAKER, Objection.NOT_DRAFT),
        ("rejected", MAKER, Objection.NOT_DRAFT),
    ],
)
def test_only_the_maker_hands_in_and_only_once(state, by, objection):
    assert object_to_submitting(state=state, maker_id=MAKER, by=by) is objection


@pytest.mark.parametrize(
    ("state", "by", "objection"),
    [
        ("submitted", CHECKER, None),
        ("submitted", MAKER, Objection.SELF_APPROVAL),
        ("draft", CHECKER, Objection.NOT_SUBMITTED),
        ("published", CHECKER, Objection.NOT_SUBMITTED),
        ("rejected", CHECKER, Objection.NOT_SUBMITTED),
    ],
)
def test_somebody_else_decides_and_only_once(state, by, objection):
    assert object_to_deciding(state=state, maker_id=MAKER, by=by) is objection
