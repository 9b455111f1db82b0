"""What can be refused about messages."""

from flask_babel import lazy_gettext as _l

from app.errors import Conflict, Declined, Refused


class NoMail(Refused):
    """This installation has no mail server."""

    code = "no_mail"
    title = _l("There is no e-mail here")
    detail = _l("This office sends no e-mail yet. Messages come by SMS.")


class WrongCode(Declined):
    """The code is not the one that was sent, or it has ended; the try counts."""

    code = "wrong_email_code"
    title = _l("The code is not right")
    detail = _l("This is not the code that was sent, or it has ended. Have a new one sent.")


class NotStuck(Conflict):
    """There is nothing to try again."""

    code = "message_not_stuck"
    title = _l("This message is not stuck")
    detail = _l("It is out, or on its way, or was a code that nobody waits for any more.")
