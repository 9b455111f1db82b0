"""What whoever sells is refused because of what became of the money."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict


class ClaimedBack(Conflict):
    """The public money and points of a sale went back already, because the guest was not there any more."""

    code = "claimed_back"
    title = _l("The public money of this sale was claimed back")
    detail = _l("Points and public money went back already, so that it cannot be undone. Ask the street office.")
