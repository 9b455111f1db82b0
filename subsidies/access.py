"""Who may read the ledger."""

from app.auth import Role

# Of one senior: those who see the senior, within their areas.
WALLET_READERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)
# Of all accounts: those who check, and those who answer for the books.
BOOK_READERS = (Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)
