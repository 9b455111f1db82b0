"""What the demonstration refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict


class PeopleThere(Conflict):
    """There are people in this database."""

    code = "people_there"
    title = _l("The demonstration was not loaded")
    detail = _l("There are people in this database already. The demonstration loads only where there are none.")
