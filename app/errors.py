"""What can be refused, and the one shape in which every refusal leaves the house (RFC 9457)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l

Errors = Mapping[str, Any]


class DomainError(Exception):
    """A refusal with a reason that a person can act on.

    ``code`` is stable and for machines, ``detail`` is a translatable sentence for people;
    ``errors`` names fields, ``extra`` adds members to the problem document, ``headers`` to the answer.
    """

    status: ClassVar[int] = 400
    code: str = "bad_request"
    title: ClassVar[Any] = _l("This cannot be done")
    detail: Any = None

    def __init__(
        self,
        detail: Any = None,
        *,
        code: str | None = None,
        errors: Errors | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = detail if detail is not None else type(self).detail
        self.code = code or type(self).code
        self.errors = dict(errors or {})
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        super().__init__(self.code)


class NotFound(DomainError):
    """There is no such thing, or the caller may not know of it."""

    status = 404
    code = "not_found"
    title = _l("Not found")
    detail = _l("There is nothing here, or it lies outside your area.")


class NotSignedIn(DomainError):
    """The caller is nobody yet."""

    status = 401
    code = "not_signed_in"
    title = _l("Please log in")
    detail = _l("Log in, or send a valid token.")


class Forbidden(DomainError):
    """The caller is known, and may not."""

    status = 403
    code = "forbidden"
    title = _l("Not allowed")
    detail = _l("Your role does not allow this. Ask your administrator if you need it.")


class Invalid(DomainError):
    """The input is wrong; ``errors`` says which field, what is wrong and what to do."""

    status = 422
    code = "invalid"
    title = _l("Please check what was entered")
    detail = _l("Something in the input is not right. Nothing was saved.")


class Conflict(DomainError):
    """What is asked does not fit what is there now."""

    status = 409
    code = "conflict"
    title = _l("This does not fit what is there now")


class TooMany(DomainError):
    """The caller asks too often."""

    status = 429
    code = "too_many_requests"
    title = _l("Too many requests")
    detail = _l("Please wait a moment and try again.")


class Refused(Conflict):
    """A rule of the domain says no."""

    code = "refused"


class Declined(Refused):
    """A refusal that is itself written down: the transaction commits, then the refusal is told."""


def problem(error: DomainError) -> dict[str, Any]:
    """Make the problem document of a refusal, in the language of the request."""
    document = {
        "type": f"urn:chongyang:problem:{error.code}",
        "title": str(type(error).title),
        "status": type(error).status,
        "code": error.code,
        **error.extra,
    }
    if error.detail is not None:
        document["detail"] = str(error.detail)
    if error.errors:
        document["errors"] = _plain(error.errors)
    return document


def _plain(value: Any) -> Any:
    """Turn lazy sentences at any depth into text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, int | float | bool) or value is None else str(value)
