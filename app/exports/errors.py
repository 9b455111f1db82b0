"""What is refused to whoever wants a file."""

from flask_babel import lazy_gettext as _l

from app.errors import Forbidden, Refused


class TooManyRows(Refused):
    """More rows than one file may have."""

    code = "too_many_rows"
    detail = _l("This is more than one file may hold. Narrow the filters, by days or by place.")


class NotAllowedYet(Forbidden):
    """Nobody else has allowed it, or somebody has refused it."""

    code = "export_not_allowed"
    detail = _l("A file with names needs somebody else's permission first.")


class AlreadyFetched(Refused):
    """A file with names is handed out once."""

    code = "export_fetched"
    detail = _l("A file with names is handed out once. Ask for it again if you need it again.")


class TooLate(Refused):
    """The day in which it could be fetched is over."""

    code = "export_too_late"
    detail = _l("This could be fetched for one day. Ask for it again.")


class NotBuiltYet(Refused):
    """The file is still being written."""

    code = "export_not_built"
    detail = _l("The file is still being written. Wait a moment.")
