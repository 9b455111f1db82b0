"""Settings of these tests: which channels there are."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.messages import kinds
from tests.app.messages.factories import KIND, register_bread


@pytest.fixture(autouse=True)
def _bread(app: Flask) -> Iterator[None]:
    register_bread()
    yield
    # The pages of other tests list what there is to be told.
    del kinds._kinds[KIND]


@pytest.fixture
def configure(app: Flask) -> Iterator[Callable[..., None]]:
    """Return a function that changes settings for this test."""
    before = app.config["SETTINGS"]

    def change(**values: Any) -> None:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)

    yield change
    app.config["SETTINGS"] = before


@pytest.fixture
def with_sms(configure: Callable[..., None]) -> None:
    configure(sms_url="http://127.0.0.1:9/sms")


@pytest.fixture
def with_both(configure: Callable[..., None]) -> None:
    configure(sms_url="http://127.0.0.1:9/sms", smtp_host="127.0.0.1", smtp_from="office@example.org")
