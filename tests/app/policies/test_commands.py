"""``flask policies seed``: what it prints, and with which exit code it ends."""

import pytest
from sqlalchemy import select

from app.policies.models import PolicyDocument
from tests.app.areas.factories import make_place
from tests.app.people.factories import make_account
from tests.app.policies.factories import STREET

TEXT = """\
kind: tea
area: 330106003
valid_from: 2026-01-01
title: {zh: 茶水, en: Tea}
source: {mark: FOUND, text: 街道通知}
body: {cups: 2}
"""


@pytest.fixture
def seed(session, clock, runner, tmp_path, in_english):
    make_place(session, STREET)
    maker, checker = make_account(session), make_account(session)
    session.commit()

    def run(*, maker_name=maker.username, checker_name=checker.username):
        return runner.invoke(args=["policies", "seed", str(tmp_path), "--maker", maker_name, "--checker", checker_name])

    return run


def test_a_folder_is_published_once(session, seed, tmp_path):
    (tmp_path / "tea.yaml").write_text(TEXT)
    (tmp_path / "far.yaml").write_text(TEXT.replace("330106003", "650100"))
    first, second = seed(), seed()
    assert (first.exit_code, first.output) == (0, "1 published, 0 there before, 1 for places not loaded.\n")
    assert (second.exit_code, second.output) == (0, "0 published, 1 there before, 1 for places not loaded.\n")
    assert session.scalar(select(PolicyDocument.state)) == "published"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TEXT.replace("cups: 2", "cups: 99"), "body.cups"),
        (TEXT.replace("zh: 茶水, ", ""), "tea.yaml, line 4"),
        ("a: [", "tea.yaml, line 1"),
    ],
)
def test_a_fault_is_told_and_nothing_is_published(session, seed, tmp_path, text, told):
    (tmp_path / "tea.yaml").write_text(text)
    (tmp_path / "good.yaml").write_text(TEXT)
    done = seed()
    assert done.exit_code == 1
    assert told in done.output
    assert session.scalars(select(PolicyDocument)).all() == []


def test_both_people_must_exist(seed):
    done = seed(checker_name="nobody")
    assert done.exit_code == 1
    assert "no account nobody" in done.output


def test_one_person_cannot_be_both(seed, tmp_path, session):
    (tmp_path / "tea.yaml").write_text(TEXT)
    one = make_account(session).username
    session.commit()
    done = seed(maker_name=one, checker_name=one)
    assert done.exit_code == 1
    assert session.scalars(select(PolicyDocument)).all() == []
