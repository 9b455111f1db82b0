"""The language in which refusals are read, where no request says one."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale


@pytest.fixture
def in_english(app: Flask) -> Iterator[None]:
    """Speak English outside of requests."""
    with force_locale("en"):
        yield
