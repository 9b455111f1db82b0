"""What settlement refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden, Invalid, NotFound, Refused


class StatementNotFound(NotFound):
    """There is no such statement, or the caller may not know of it."""

    code = "statement_not_found"
    detail = _l("There is no such statement, or it lies outside your area.")


class LineNotFound(NotFound):
    """The statement has no such line."""

    code = "statement_line_not_found"
    detail = _l("This statement has no line of this number.")


class DisputeNotFound(NotFound):
    """There is no such dispute, or the caller may not know of it."""

    code = "dispute_not_found"
    detail = _l("There is no such dispute, or it lies outside your area.")


class ReopeningNotFound(NotFound):
    """Nobody asked to reopen this statement."""

    code = "reopening_not_found"
    detail = _l("Nobody has asked to reopen this statement.")


class MakingNotFound(NotFound):
    """The caller asked for no statements under this number."""

    code = "making_not_found"
    detail = _l("You asked for no statements under this number.")


class PayeeNotAsked(NotFound):
    """Nothing waits to be accepted."""

    code = "payee_not_asked"
    detail = _l("No bank account of this merchant waits to be accepted.")


class PayeeAsked(Refused):
    """One at a time."""

    code = "payee_asked"
    detail = _l("A bank account of this merchant waits to be accepted already. Decide on that one first.")


class PeriodUnreadable(Invalid):
    """The period is none."""

    code = "period_unreadable"
    detail = _l("Write a month as 2026-10 or a quarter as 2026-Q4.")


class PeriodNotOver(Refused):
    """The period still runs."""

    code = "period_not_over"
    detail = _l("This period is not over yet. Make its statements from the day after its last one.")


class NotSealed(Refused):
    """The period's last transactions are not sealed."""

    code = "period_not_sealed"
    detail = _l("The last transactions of this period are not sealed yet. Statements are made of sealed ones only.")


class OutOfOrder(Refused):
    """The statement does not stand where this step begins."""

    code = "settlement_out_of_order"


class SamePerson(Forbidden):
    """Somebody who signed before signs again."""

    code = "settlement_same_person"
    detail = _l("You have confirmed this statement yourself. Somebody else must approve it.")


class DisputesOpen(Refused):
    """Lines are disputed that nobody has answered."""

    code = "disputes_open"
    detail = _l("Answer every disputed line first.")


class AlreadyDisputed(Refused):
    """The line is disputed already."""

    code = "already_disputed"
    detail = _l("This line is disputed already. Wait for the answer.")


class AlreadyAnswered(Refused):
    """The dispute was answered before."""

    code = "already_answered"
    detail = _l("This dispute has been answered already.")


class OwnDispute(Forbidden):
    """Whoever raised a dispute would answer it."""

    code = "own_dispute"
    detail = _l("You raised this dispute yourself. Somebody else must answer it.")


class ReopeningAsked(Refused):
    """Somebody has asked before."""

    code = "reopening_asked"
    detail = _l("Somebody has asked to reopen this statement already. It waits for a decision.")


class PayeeMissing(Refused):
    """It is not known where the money goes."""

    code = "payee_missing"


class PayeeOwn(Forbidden):
    """Whoever wrote a bank account would also send money there."""

    code = "payee_own"


class NothingToPay(Refused):
    """There is nothing to put into a bank file."""

    code = "nothing_to_pay"
    detail = _l("No approved statement of this period is still to be paid here.")
