"""Everything that can be read of the ledger. Asks nobody's leave: the edges do."""

from subsidies.desk.reading import MovementFilter, MovementSum, sum_movements
from subsidies.desk.recomputing import Booked, Line, Recomputed, can_recompute, recompute, register_recomputer
from subsidies.expiry.queries import Ending, list_ending
from subsidies.reading.accounts import (
    POSTING_CURSOR,
    AccountPosting,
    AccountPostings,
    AccountView,
    TrialBalance,
    TrialLine,
    funder_accounts,
    get_account,
    list_account_postings,
    sum_account_days,
    trial_balance,
)
from subsidies.reading.checks import find_last_check
from subsidies.reading.wallets import (
    LotView,
    Movements,
    MovementView,
    PostingView,
    StoredAnswer,
    Wallet,
    find_answer,
    get_transaction,
    get_wallet,
    has_book,
    is_hash_right,
    list_movements,
    list_reversals,
)
from subsidies.settlement import queries as settlement
from subsidies.wording import MOVEMENT_NAMES, register_explainer

__all__ = [
    "MOVEMENT_NAMES",
    "POSTING_CURSOR",
    "AccountPosting",
    "AccountPostings",
    "AccountView",
    "Booked",
    "Ending",
    "Line",
    "LotView",
    "MovementFilter",
    "MovementSum",
    "MovementView",
    "Movements",
    "PostingView",
    "Recomputed",
    "StoredAnswer",
    "TrialBalance",
    "TrialLine",
    "Wallet",
    "can_recompute",
    "find_answer",
    "find_last_check",
    "funder_accounts",
    "get_account",
    "get_transaction",
    "get_wallet",
    "has_book",
    "is_hash_right",
    "list_account_postings",
    "list_ending",
    "list_movements",
    "list_reversals",
    "recompute",
    "register_explainer",
    "register_recomputer",
    "settlement",
    "sum_account_days",
    "sum_movements",
    "trial_balance",
]
