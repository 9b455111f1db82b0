"""What is refused between maker and checker."""

from flask_babel import lazy_gettext as _l

from app.approvals.rules import Objection
from app.errors import DomainError, Forbidden, Refused


class NotDraft(Refused):
    """It was handed in before."""

    code = "not_draft"
    detail = _l("This is no draft any more: it was handed in before.")


class NotTheMaker(Forbidden):
    """Somebody else made it."""

    code = "not_the_maker"
    detail = _l("Only the person who wrote this draft can hand it in.")


class NotSubmitted(Refused):
    """It is a draft still, or was decided before."""

    code = "not_submitted"
    detail = _l("There is nothing to decide: this is a draft still, or it was decided before.")


class SelfApproval(Forbidden):
    """The checker is the maker."""

    code = "self_approval"
    detail = _l("You made this yourself. Somebody else must decide it.")


ERRORS: dict[Objection, type[DomainError]] = {
    Objection.NOT_DRAFT: NotDraft,
    Objection.NOT_THE_MAKER: NotTheMaker,
    Objection.NOT_SUBMITTED: NotSubmitted,
    Objection.SELF_APPROVAL: SelfApproval,
}
