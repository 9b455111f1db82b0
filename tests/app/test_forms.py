"""Forms: what was typed stays, what is wrong is said in words, passwords are never shown again."""

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate

from app.auth.schemas import RoleIn
from app.errors import Invalid
from app.forms import Form, read_form, say


class ThingIn(Schema):
    name = fields.String(required=True, validate=validate.Length(min=2, max=5))
    count = fields.Integer(validate=validate.Range(min=1, max=9))
    days = fields.List(fields.Integer())
    password = fields.String()


def read(app: Flask, **form: object) -> dict[str, object]:
    with app.test_request_context("/", method="POST", data=form):
        return read_form(ThingIn)


def test_empty_fields_count_as_not_given_and_blanks_are_cut_but_not_from_passwords(app: Flask) -> None:
    got = read(app, name=" 王五 ", count="", days=["1", "2", ""], password=" x ", csrf_token="t")
    assert got == {"name": "王五", "days": [1, 2], "password": " x "}


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ({}, {"name": ["这一项要填。"]}),
        ({"name": "x"}, {"name": ["要 2 到 5 个字符。"]}),
        ({"name": "王五", "count": "viele"}, {"count": ["要填整数。"]}),
        ({"name": "王五", "count": "10"}, {"count": ["要在 1 到 9 之间。"]}),
        ({"name": "王五", "more": "1"}, {"more": ["没有这个字段。"]}),
    ],
)
def test_what_is_wrong_is_said_in_the_language_of_the_page(
    app: Flask, form: dict[str, str], errors: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        read(app, **form)
    assert refused.value.errors == errors


def test_an_unknown_sentence_is_passed_on(app: Flask) -> None:
    with app.test_request_context():
        assert say({"a": {"0": ["Odd."]}}) == {"a": {"0": ["Odd."]}}


def test_a_form_gives_back_what_was_typed() -> None:
    form = Form(values={"name": "王五"}, errors={"name": ["短", "错"]})
    assert form.value("name") == "王五"
    assert form.value("count", 3) == 3
    assert form.error("name") == "短 错"
    assert form.error("count") == ""


def test_every_sentence_of_marshmallow_that_we_use_has_ours(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ValidationError) as refused:
        RoleIn().load({"role": "x", "area_code": 5, "canteen_id": "x", "valid_until": "x", "more": 1})
    with app.test_request_context():
        said = say(refused.value.messages_dict)
    english = [line for lines in said.values() for line in lines if line.isascii()]
    assert english == []
