"""Who may submit and decide what: one pure rule for everything that two people must sign."""

from enum import StrEnum

DRAFT, SUBMITTED, REJECTED = "draft", "submitted", "rejected"


class Objection(StrEnum):
    """Why something cannot be submitted or decided."""

    NOT_DRAFT = "not_draft"
    NOT_THE_MAKER = "not_the_maker"
    NOT_SUBMITTED = "not_submitted"
    SELF_APPROVAL = "self_approval"


def object_to_submitting(*, state: str, maker_id: int, by: int) -> Objection | None:
    """Say why this person may not hand this in: only its maker does, and only once."""
    if state != DRAFT:
        return Objection.NOT_DRAFT
    return Objection.NOT_THE_MAKER if by != maker_id else None


def object_to_deciding(*, state: str, maker_id: int, by: int) -> Objection | None:
    """Say why this person may not decide this: it must lie open, and be somebody else's."""
    if state != SUBMITTED:
        return Objection.NOT_SUBMITTED
    return Objection.SELF_APPROVAL if by == maker_id else None
