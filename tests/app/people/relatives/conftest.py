"""What the tests of the door share."""

import pytest

from tests.app.people.relatives.door import SENT
from tests.conftest import FrozenClock


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, clock: FrozenClock) -> list[str]:
    """Know the code that is made, and note to whom one goes out."""
    phones: list[str] = []
    monkeypatch.setattr("app.auth.codes.digits", lambda count: SENT.ljust(count, "9"))
    monkeypatch.setattr("app.people.relatives.joining.send_code", lambda _s, *, phone, **_more: phones.append(phone))
    monkeypatch.setattr("app.people.relatives.joining.can_send_codes", lambda _s: True)
    return phones
