"""What every answer carries, and what every changing request must prove: headers, CSRF, request limits."""

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFProtect
from limits import RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from app.auth.guard import ANYONE, COOKIE, is_bearer, open_to
from app.config import Settings
from app.errors import DomainError
from app.tokens import digest
from app.web.counting import ProcessMemory

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
UNLIMITED = frozenset({"assets", "health"})
LIMITER, LIMIT = "request_limiter", "request_limit"
TWO_YEARS = "max-age=63072000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NUL_IN_ADDRESS = re.compile(rb"\x00|%00")
NUL_IN_JSON = re.compile(rb"\x00|\\u0000")
ANY_TEXT = "reads_any_text"
SURROGATE = re.compile(rb"\\u[dD][89abcdefABCDEF]")


log = structlog.get_logger(__name__)


View = TypeVar("View", bound=Callable[..., Any])


def reads_any_text(view: View) -> View:
    """Let a view take what cannot be stored and clean it itself: one bad word must not keep the rest from coming."""
    setattr(view, ANY_TEXT, True)
    return view


class UnusableText(DomainError):
    """The request holds characters that no text can hold."""

    code = "unusable_text"
    title = _l("Unusable characters")
    detail = _l("The request holds characters that cannot be stored (NUL or half a surrogate pair). Remove them.")


def set_up_security(app: Flask) -> None:
    """Put the checks before every request, and the headers on every answer."""
    settings: Settings = app.config["SETTINGS"]
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    CSRFProtect(app)
    app.extensions[LIMITER] = FixedWindowRateLimiter(_limit_storage(settings))
    app.extensions[LIMIT] = RateLimitItemPerMinute(settings.requests_per_minute)
    app.before_request(limit_requests)
    app.before_request(refuse_unusable_text)
    app.before_request(check_origin)
    app.after_request(add_headers)


def limit_requests() -> None:
    """Refuse a caller who asks more often than a person or a till can; where counting fails, all may pass.

    :raises TooManyRequests: if this minute's number is used up
    """
    if request.blueprint in UNLIMITED:
        return
    limiter: FixedWindowRateLimiter = current_app.extensions[LIMITER]
    limit: RateLimitItemPerMinute = current_app.extensions[LIMIT]
    try:
        allowed = limiter.hit(limit, _limit_key())
    except Exception:
        # Another count than the process's own may be away (Redis): a till in the lunch rush matters more.
        log.exception("requests are not counted")
        return
    if not allowed:
        raise TooManyRequests(retry_after=limit.get_expiry())


def refuse_unusable_text() -> None:
    """Refuse what PostgreSQL cannot store as text, before anything reads it.

    :raises UnusableText: if there is a NUL character or half of a surrogate pair
    """
    address = request.environ.get("RAW_URI", request.full_path).encode(errors="replace")
    if NUL_IN_ADDRESS.search(address) or "\0" in request.path:
        raise UnusableText
    if request.method in SAFE_METHODS or not request.content_length or request.mimetype == "multipart/form-data":
        return
    if getattr(current_app.view_functions.get(request.endpoint or ""), ANY_TEXT, False):
        return
    body = request.get_data(cache=True, parse_form_data=False)
    nul = NUL_IN_JSON if request.is_json else NUL_IN_ADDRESS
    if nul.search(body) or (SURROGATE.search(body) and not _is_encodable(body)):
        raise UnusableText


def check_origin() -> None:
    """Ask a changing request for the token that only our own pages hold.

    A request that names itself by a header cannot come from another site, nor can one that needs no name:
    only the browser's cookie is sent along unasked.
    """
    # The application's context outlives the request in tests; a token of the session before would stay.
    g.pop("csrf_token", None)
    if request.method in SAFE_METHODS or is_bearer() or request.endpoint is None:
        return
    if request.path.startswith("/api/") and (COOKIE not in request.cookies or _needs_nobody()):
        return
    protection: CSRFProtect = current_app.extensions["csrf"]
    protection.protect()


def add_headers(answer: Response) -> Response:
    """Put the strict headers on an answer; nothing is kept by a browser unless it says so."""
    given = {name.lower() for name, _value in answer.headers}
    for name, value in HEADERS.items():
        if name.lower() not in given:
            answer.headers.add(name, value)
    if request.is_secure or current_app.config["SETTINGS"].https:
        answer.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    return answer


def _needs_nobody() -> bool:
    return open_to(current_app.view_functions[request.endpoint or ""]) is ANYONE


def _is_encodable(body: bytes) -> bool:
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    except ValueError:
        return True  # not JSON: whoever reads it says so
    return True


def _limit_key() -> str:
    """Count by token where there is one, else by address: an office shares an address, a till has a token."""
    secret = request.headers.get("Authorization", "") or request.cookies.get(COOKIE, "")
    return digest(secret).hex() if secret else request.remote_addr or "unknown"


def _limit_storage(settings: Settings) -> Storage:
    address = settings.rate_limit_storage
    if not address and settings.celery_broker_url.startswith("redis"):
        address = settings.celery_broker_url
    if not address:
        return ProcessMemory()
    waits = {"socket_connect_timeout": 1, "socket_timeout": 1} if address.startswith("redis") else {}
    storage = storage_from_string(address, **waits)
    assert isinstance(storage, Storage)  # the names of the asynchronous ones begin with async+
    return storage
