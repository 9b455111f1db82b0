"""What is refused of pictures."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Invalid, NotFound


class PictureNotFound(NotFound):
    """There is no such picture, or the caller may not see it."""

    code = "picture_not_found"
    detail = _l("There is no such picture, or you may not see it.")


class PictureRefused(Invalid):
    """What was sent is not kept; ``errors`` says why under ``picture``."""

    code = "picture_refused"
    why: Any = _l("This picture cannot be used.")

    def __init__(self) -> None:
        super().__init__(type(self).why, errors={"picture": [type(self).why]})


class PictureTooLarge(PictureRefused):
    """More bytes than a photo needs."""

    code = "picture_too_large"
    why = _l("The picture is larger than 8 MB. Make a smaller one, or let the phone send it smaller.")


class PictureOfUnknownType(PictureRefused):
    """The file is something else, whatever its name says."""

    code = "picture_of_unknown_type"
    why = _l("This is no photo. Send a JPEG, PNG or WebP picture.")


class PictureOfTooManyPixels(PictureRefused):
    """A small file can unpack to more than a server has."""

    code = "picture_of_too_many_pixels"
    why = _l("The picture has more than 40 megapixels. Make a smaller one.")


class PictureBroken(PictureRefused):
    """The file begins like a picture and cannot be read to its end."""

    code = "picture_broken"
    why = _l("The picture is damaged or came only in part. Send it once more.")
