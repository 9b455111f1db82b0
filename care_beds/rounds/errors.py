"""What is refused at a visit, in words that a carer at the door and a family can act on."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Declined, NotFound


class VisitNotFound(NotFound):
    """There is no such visit, or it is none of the caller's."""

    code = "visit_not_found"
    detail = _l("There is no such visit, or it is not yours. Ask whoever makes the plan.")


class StickerNotFound(NotFound):
    """There is no such sticker, or its bed is none of the caller's."""

    code = "sticker_not_found"
    detail = _l("There is no such sticker here.")


class AlreadyCheckedIn(Conflict):
    """Somebody checked in before, under another key."""

    code = "already_checked_in"
    title = _l("Already checked in")
    detail = _l("This visit was checked in before, perhaps on another phone. Go on with it.")


class AlreadyCheckedOut(Conflict):
    """Somebody checked out before, under another key."""

    code = "already_checked_out"
    title = _l("Already checked out")
    detail = _l("This visit was checked out before, perhaps on another phone. Nothing more to do.")


class NotCheckedIn(Conflict):
    """A visit cannot end before it began."""

    code = "not_checked_in"
    title = _l("Not checked in yet")
    detail = _l("Check in first: a visit ends after it began.")


class NotFinished(Conflict):
    """Nobody can say that a visit was done before it was."""

    code = "visit_not_finished"
    title = _l("The visit is not over")
    detail = _l("This can be done once the carer has checked out.")


class OwnVisit(Conflict):
    """Nobody confirms, rates or judges their own work."""

    code = "own_visit"
    title = _l("This is your own visit")
    detail = _l("Somebody else has to do this: nobody confirms or judges their own visit.")


class CodeWrong(Declined):
    """The code does not belong to anybody who follows the senior; the try is written down."""

    code = "confirmation_code_wrong"
    title = _l("Not the family's code")
    detail = _l("The code is not right. Read it again from the family's page of this very visit: six digits.")


class TooManyTries(Conflict):
    """So many codes were wrong that no further one counts."""

    code = "too_many_tries"
    title = _l("Too many wrong codes")
    detail = _l("Too many codes were wrong. The family can confirm on its own page, or choose why nobody can confirm.")


class AlreadyRated(Conflict):
    """One account rates a visit once."""

    code = "already_rated"
    title = _l("Already rated")
    detail = _l("You have rated this visit. Write to the street office if something else came up.")


class ObjectionOpen(Conflict):
    """Somebody of the family has asked already, and no answer has come yet."""

    code = "objection_open"
    title = _l("Somebody has asked already")
    detail = _l("This visit is being looked into. The answer comes as a message.")


class ObjectionTooLate(Conflict):
    """The days in which a visit can be objected to are over."""

    code = "objection_too_late"
    title = _l("Too late to object here")
    detail = _l("The days to object to this visit are over. The street office can still look into it.")


class ObjectionClosed(Conflict):
    """The objection has its answer."""

    code = "objection_closed"
    title = _l("Already answered")
    detail = _l("This objection was answered before.")


class ObjectionNotFound(NotFound):
    """There is no such objection in the caller's area."""

    code = "objection_not_found"


class LateNotFound(NotFound):
    """There is no such late visit among those the caller may see."""

    code = "late_visit_not_found"


class LateDecided(Conflict):
    """Somebody has decided about it."""

    code = "late_visit_decided"
    title = _l("Already decided")
    detail = _l("Somebody has decided about this before.")


class LateHalf(Conflict):
    """A visit counts from its beginning to its end; one of them is not known."""

    code = "late_visit_half"
    title = _l("One end is missing")
    detail = _l("The phone has told one end of this visit only. Wait for the other, or do not accept it.")


class LateClash(Conflict):
    """The time belongs to another visit, and nobody is in two places or visited twice at once."""

    code = "late_visit_clash"
    title = _l("Another visit stands at this time")
    detail = _l("Another visit of this carer or this senior stands at this time. Look at that one first.")
