"""Documents as text: what is read, what is refused, and on which line."""

from itertools import pairwise

import pytest
import yaml

from app.policies.kinds import Fault
from app.policies.yaml_text import LONGEST_TEXT, UnreadableText, read_text, with_line, write_text

TEXT = """\
kind: tea
area: 330106
valid_from: 2027-03-01
body:
  windows:
    - {name: lunch, from: 10:00, until: "13:30"}
    - name: dinner
      from: 16:00
  open: yes
  sugar: true
  nothing:
"""


def test_plain_words_stay_what_a_clerk_wrote():
    document, _ = read_text(TEXT)
    assert document == {
        "kind": "tea",
        "area": 330106,
        "valid_from": "2027-03-01",
        "body": {
            "windows": [
                {"name": "lunch", "from": "10:00", "until": "13:30"},
                {"name": "dinner", "from": "16:00"},
            ],
            "open": "yes",
            "sugar": True,
            "nothing": None,
        },
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("area",), 2),
        (("body", "windows", 0, "until"), 6),
        (("body", "windows", 1), 7),
        (("body", "windows", 1, "from"), 8),
        (("body", "windows", 1, "until"), 7),
        (("body", "bands"), 4),
        (("title",), 1),
    ],
)
def test_a_fault_knows_its_line_or_that_of_what_is_around_it(path, line):
    _, lines = read_text(TEXT)
    assert with_line(Fault(path, ""), lines).line == line


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [1", 2, "not YAML"),
        ("a: 1\na: 2", 2, "twice"),
        ("a: 1\nb: &x 2", 2, "Anchors"),
        ("a: *x", 1, "Anchors"),
        ("a: !!python/object/apply:os.system [ls]", 1, "Tags"),
        ("a:\n  b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: 1}}}}}}}}}}}}", 2, "deep"),
        ("? [1, 2]\n: 3", 1, "one word"),
        ("a: 1\n---\nb: 2", 2, "not YAML"),
        ("a: \x00", 1, "printed"),
        ("a: " + "x" * LONGEST_TEXT, 1, "too long"),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(in_english, text, line, words):
    with pytest.raises(UnreadableText) as refused:
        read_text(text)
    assert refused.value.fault.line == line
    assert words in str(refused.value.fault.message)


def test_an_anchor_bomb_costs_nothing():
    names = "abcdefghijklmnopqrstuvwxyz"
    doubled = "".join(f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise(names))
    bomb = f"a: &a [x, x, x]\n{doubled}"
    with pytest.raises(UnreadableText):
        read_text(bomb)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "~"])
def test_no_text_is_no_document(text):
    assert read_text(text)[0] is None


def test_what_is_written_reads_back_the_same():
    document = {
        "kind": "tea",
        "valid_from": "2027-03-01",
        "valid_until": None,
        "title": {"zh": "茶：一杯，10:00", "en": "no"},
        "body": {"from": "10:00", "code": "330106", "on": True, "n": 5},
    }
    text = write_text(document)
    assert read_text(text)[0] == document
    assert yaml.safe_load(text) == document
    assert "茶" in text
    assert "valid_until:\n" in text


def test_what_occurs_twice_is_written_twice():
    window = {"from": "10:00"}
    text = write_text({"a": window, "b": window})
    assert read_text(text)[0] == {"a": {"from": "10:00"}, "b": {"from": "10:00"}}
