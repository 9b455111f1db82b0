"""Reading a photo from a form."""

from flask import request
from flask_babel import lazy_gettext as _l

from app.errors import Invalid
from app.pictures.errors import PictureTooLarge
from app.pictures.rules import MOST_BYTES


def read_upload(name: str = "picture") -> bytes | None:
    """Return the photo of a form's field, or nothing where none was chosen.

    :raises PictureTooLarge: if it is more than is kept; the rest is not read
    """
    sent = request.files.get(name)
    data = sent.stream.read(MOST_BYTES + 1) if sent and sent.filename else b""
    if len(data) > MOST_BYTES:
        raise PictureTooLarge
    return data or None


def need_upload(name: str = "picture") -> bytes:
    """Return the photo of a form's field.

    :raises Invalid: if none was chosen
    :raises PictureTooLarge: if it is more than is kept
    """
    data = read_upload(name)
    if data is None:
        raise Invalid(errors={name: [_l("Choose a photo, or take one.")]})
    return data
