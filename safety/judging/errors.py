"""What judgement refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import NotFound


class TrialNotFound(NotFound):
    """Nobody had this draft tried."""

    code = "trial_not_found"
    detail = _l("Nobody has had this draft tried yet.")
