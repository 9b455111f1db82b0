"""What was given as the code of a place, checked for schemas. marshmallow does not heed a check that returns false."""

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from app.areas.rules import is_code


def check_code(text: str) -> None:
    """Refuse what is no official code of a place.

    :raises ValidationError: if it is none
    """
    if not is_code(text):
        raise ValidationError(str(_l("Write an official area code of 6, 9 or 12 digits.")))


def check_code_if_any(text: str) -> None:
    """Refuse what is no official code of a place; nothing given means all places.

    :raises ValidationError: if it is none
    """
    if text:
        check_code(text)
