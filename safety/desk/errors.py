"""What the desk refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, DomainError


class DeskFull(DomainError):
    """Every live line of this process is taken; the page asks by turns instead."""

    status = 503
    code = "desk_full"
    title = _l("No live line is free")
    detail = _l("The page asks every two seconds instead. Nothing is missed.")


class NoHome(Conflict):
    """The alert is about no home."""

    code = "alert_without_home"
    title = _l("This alert is about no home")
    detail = _l("It is about a gateway that serves many homes: there is no way in to see.")
