"""What accounts and log-in hand to the application."""

from flask import Flask

from app.auth.guard import enforce
from app.features import Feature


def set_up(app: Flask) -> None:
    """Check before every request who may pass."""
    app.before_request(enforce)


FEATURE = Feature(name="auth", setup=set_up)
