"""An operator's browser, without a browser."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.models import Account
from app.db import db
from tests.app.auth.factories import sign_in

CSRF = re.compile(r'data-csrf="([^"]+)"')


class Desk:
    """An operator's browser."""

    def __init__(self, client: FlaskClient, session: Session, account: Account) -> None:
        self.client = client
        sign_in(client, session, account)

    def get(self, path: str, status: int = 200) -> str:
        """Open a page, after what was done has been committed as far as desks can see."""
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        db.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **typed: Any) -> str:
        """Send a form as the page does."""
        token = CSRF.search(self.get("/desk"))
        answer = self.client.post(path, data={"csrf_token": token.group(1) if token else "", **typed})
        assert answer.status_code == status, answer.text
        return answer.text
