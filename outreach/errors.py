"""What outreach refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, DomainError, Invalid, NotFound, Refused


class NoOutreachRules(Refused):
    """No document says how people are visited here."""

    code = "no_outreach_rules"
    detail = _l("No rules of visiting care hold here. Have the district publish a document of kind outreach_rules.")


class ReferralNotFound(NotFound):
    """There is no such referral in the caller's area."""

    code = "referral_not_found"


class ProblemNotFound(NotFound):
    """There is no such problem in the caller's area."""

    code = "problem_not_found"


class ReferralOpenAlready(Conflict):
    """The same help was asked for and is under way."""

    code = "referral_open"
    detail = _l("A referral to this help is already open.")


class ReferralEnded(Conflict):
    """The referral does not stand where this step begins."""

    code = "referral_moved"
    detail = _l("This referral has moved on. Load the page again.")


class HelpUnderWay(Refused):
    """A problem is not closed before its referral has ended."""

    code = "help_under_way"
    detail = _l("A referral of this problem is still open. Close the problem when it has ended.")


class ProblemClosed(Conflict):
    """The problem was closed before."""

    code = "problem_closed"
    detail = _l("This problem is closed already.")


class WayDoesNotCount(Invalid):
    """A visit is made in a way that the band does not allow."""

    code = "way_does_not_count"


class NotVisited(DomainError):
    """The person has died, or lives elsewhere."""

    status = 409
    code = "not_visited"
    title = _l("This does not fit what is there now")
    detail = _l("This person is not visited here any more.")


class KeyTaken(Conflict):
    """The id of a visit belongs to a visit of another person."""

    code = "key_reused"
    detail = _l("This id belongs to another visit.")
