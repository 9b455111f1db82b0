"""What is refused about notes and the printed file."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, NotFound


class NoteNotFound(NotFound):
    """There is no such note of this person, or it is not for the reader."""

    code = "note_not_found"
    detail = _l("There is no such note that you may read.")


class NoteCorrected(Conflict):
    """A note is corrected once; the next correction corrects the latest."""

    code = "note_corrected"
    title = _l("Corrected already")
    detail = _l("This note was corrected already. Correct the newer note.")
