"""What the door refuses."""

from flask_babel import lazy_gettext as _l

from app.errors import Declined, Forbidden, Invalid, NotSignedIn, Refused, TooMany


class LogInRefused(Declined, NotSignedIn):
    """The name or the password is wrong; which of the two is not told."""

    status = 401
    code = "log_in_refused"
    title = _l("Log-in refused")
    detail = _l("The user name or the password is wrong. Check both and try again.")


class LogInLocked(Declined, TooMany):
    """Too many wrong tries; the same answer whether or not the account exists."""

    status = 429
    code = "log_in_locked"
    title = _l("Please wait before the next try")


class PasswordChangeRequired(Forbidden):
    """The account still has the password that someone else gave it."""

    code = "password_change_required"
    title = _l("Choose a password of your own first")
    detail = _l("Someone else set this password. Log in on the website and choose your own, then go on.")


class PasswordRefused(Invalid):
    """A new password is too weak, or the old one was not given."""

    code = "password_refused"


class WrongOwnPassword(Declined, Invalid):
    """Someone who is logged in does not know the account's password."""

    status = 422
    code = "wrong_own_password"
    title = _l("Please check what was entered")


class LogInAgain(Refused):
    """A first password or another phone is chosen soon after coming in: a phone left about gives nobody a key."""

    code = "log_in_again"
    title = _l("Please log in once more")
    detail = _l(
        "A first password or another mobile number can be chosen in the first minutes after logging in."
        " Log out and in again, then go on."
    )


class UsernameTaken(Invalid):
    """Another account has this log-in name."""

    code = "username_taken"


class OwnAccount(Refused):
    """Nobody changes their own roles or switches off their own account."""

    code = "own_account"
    detail = _l("You cannot change your own roles or close your own account. Ask another administrator.")


class PersonalAccount(Refused):
    """Whoever could make a relative's password could look at the relative's people, and pay with their points."""

    code = "personal_account"
    detail = _l("This is the account of a relative or a senior. They log in with a code and need no password of ours.")


class OutsideOwnArea(Forbidden):
    """An administrator gives roles only inside the area they are responsible for."""

    code = "outside_own_area"
    detail = _l("This place lies outside your area.")


class CodeWrong(Declined, NotSignedIn):
    """A one-time code is not the one that was made, or was used before; whether there is one is not told."""

    status = 401
    code = "code_wrong"
    title = _l("Log-in refused")
    detail = _l("This is not the code, or it was used already. Check the digits, or ask for a new code.")


class NoCodeOpen(CodeWrong):
    """There was nothing to guess at: no code waits, or its tries are used up. It is told as any wrong code is."""


class CodeTooOld(Declined, NotSignedIn):
    """The right code, too late."""

    status = 401
    code = "code_too_old"
    title = _l("Log-in refused")
    detail = _l("The code was right, but its time is over. Ask for a new one, there is no hurry.")


class PhoneTaken(Refused):
    """Another account has this phone."""

    code = "phone_taken"
    title = _l("This number belongs to another account")
    detail = _l("Another account uses this mobile number. Log in with it, or ask at the street office.")


class NoMessages(Refused):
    """This installation sends no messages, so no code reaches a phone."""

    code = "no_messages"
    title = _l("No codes are sent to phones here yet")
    detail = _l(
        "Ask at the street office: a senior logs in with the card and a code that is read out there;"
        " relatives are told and given the statement on paper, if the senior agrees."
    )


class SentTooOften(TooMany):
    """Codes were sent several times in a row."""

    code = "sent_too_often"
    title = _l("Please wait before the next code")

    def __init__(self, wait: int) -> None:
        minutes = -(-wait // 60)
        super().__init__(
            _l("Codes were sent several times already. Wait %(minutes)s min, then ask again.", minutes=minutes),
            headers={"Retry-After": str(wait)},
        )


class NoMobile(Invalid):
    """Messages go to mobile phones only."""

    code = "no_mobile"
