"""Everything that can be read of settlement. Each asks within a reach, or of what was loaded within one."""

from subsidies.settlement.payees import find_asked_payee, find_payee
from subsidies.settlement.reading import (
    count_open_disputes,
    funder_names,
    get_sheet,
    get_statement,
    is_frozen,
    list_disputes,
    list_events,
    list_lines,
    list_periods,
    list_statements,
    sum_funders,
)
from subsidies.settlement.steps import find_asked
from subsidies.settlement.views import PeriodSums
from subsidies.settlement.wording import WORDS, register_line_name

__all__ = [
    "WORDS",
    "PeriodSums",
    "count_open_disputes",
    "find_asked",
    "find_asked_payee",
    "find_payee",
    "funder_names",
    "get_sheet",
    "get_statement",
    "is_frozen",
    "list_disputes",
    "list_events",
    "list_lines",
    "list_periods",
    "list_statements",
    "register_line_name",
    "sum_funders",
]
