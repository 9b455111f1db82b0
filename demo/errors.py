"""What the demonstration refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, NotFound


class PeopleThere(Conflict):
    """There are people in this database."""

    code = "people_there"
    title = _l("The demonstration was not loaded")
    detail = _l("There are people in this database already. The demonstration loads only where there are none.")


class NoSuchHome(NotFound):
    """No home of the demonstration has this number."""

    code = "no_such_home"
    title = _l("There is no such home")
    detail = _l("The homes of the demonstration with a kit are numbered from 0; see the names of their devices.")
