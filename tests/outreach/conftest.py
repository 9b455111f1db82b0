"""What tests of outreach share."""

from tests.app.conftest import count_statements

__all__ = ["count_statements"]
