"""Everything that changes settlement; each is asked within the caller's transaction."""

from subsidies.settlement.bank_files import BankFile, mark_paid, write_bank_file
from subsidies.settlement.disputing import answer_dispute, dispute_line
from subsidies.settlement.drafting import Made, make_statements, read_period, take_in
from subsidies.settlement.payees import accept_payee, ask_payee, refuse_payee
from subsidies.settlement.reach import Reach, reach_of
from subsidies.settlement.reopening import ask_reopening, refuse_reopening, reopen
from subsidies.settlement.rules import State, Step
from subsidies.settlement.sheets import lines_export
from subsidies.settlement.steps import take_step, take_steps

__all__ = [
    "BankFile",
    "Made",
    "Reach",
    "State",
    "Step",
    "accept_payee",
    "answer_dispute",
    "ask_payee",
    "ask_reopening",
    "dispute_line",
    "lines_export",
    "make_statements",
    "mark_paid",
    "reach_of",
    "read_period",
    "refuse_payee",
    "refuse_reopening",
    "reopen",
    "take_in",
    "take_step",
    "take_steps",
    "write_bank_file",
]
