"""What tests of the ledger may ask for."""

import pytest
from sqlalchemy.orm import Session

from tests.subsidies.factories import Accounts, new_home, open_accounts


@pytest.fixture
def accounts(session: Session) -> Accounts:
    """Return accounts of payers and a canteen."""
    return open_accounts(session)


@pytest.fixture
def home(session: Session) -> int:
    """Return a payer without a book."""
    return new_home()
