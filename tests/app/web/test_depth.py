"""A body nested beyond reason is refused, not a fault."""

from flask.testing import FlaskClient


def test_two_thousand_brackets_are_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/auth/tokens", data="[" * 20_000, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "nested_too_deep")
