"""How every refusal and every fault leaves the house: a problem document for programs, a page for people."""

from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from app.auth.errors import PasswordChangeRequired
from app.db import db
from app.errors import DomainError, NotSignedIn, problem
from app.forms import say

log = structlog.get_logger(__name__)

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


@dataclass(frozen=True)
class Words:
    """What a refusal is called, what happened, and what to do next."""

    title: Any
    what: Any
    todo: Any = ""


WORDS = {
    400: Words(_l("This request cannot be read"), _l("Something in the address or the form is not as expected.")),
    401: Words(_l("Please log in"), _l("You are not logged in, or were away for too long.")),
    403: Words(
        _l("Your role does not open this page"),
        _l("This page is for people with another task."),
        _l("If you need it for your work, ask your administrator."),
    ),
    404: Words(
        _l("There is nothing at this address"),
        _l("It may have moved, or it lies outside your area."),
        _l("Check the address, or start from the first page."),
    ),
    405: Words(_l("This page cannot be used like that"), _l("The address exists, but not for this kind of request.")),
    413: Words(_l("This file is too large"), _l("Send it in smaller parts.")),
    415: Words(_l("This kind of content is not read here"), _l("Programs send JSON to this address.")),
    422: Words(_l("Please check what was entered"), _l("Something in the input is not right. Nothing was saved.")),
    429: Words(
        _l("Too many requests"),
        _l("More came from this place than one person can send."),
        _l("Wait a minute, then try again. Nothing was lost."),
    ),
    500: Words(
        _l("That did not work, and it was our fault"),
        _l("Nothing was changed by this request. The fault has been written down."),
        _l("Try again. If it stays, tell your administrator the number below."),
    ),
    503: Words(
        _l("The database does not answer"),
        _l("Nothing was changed by this request."),
        _l("Try again in a minute. If it stays, tell your administrator."),
    ),
}
STALE_FORM = Words(
    _l("This page was open for too long"),
    _l("You have logged in or out since it was opened, so the form was not sent."),
    _l("Open the page again and send the form once more."),
)
OUT_OF_RANGE = Words(_l("A value is too large"), _l("One of the values is larger than can be stored."))


def set_up_refusals(app: Flask) -> None:
    """Catch every refusal and fault at the edge."""
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(CSRFError, refuse_stale_form)
    app.register_error_handler(HTTPException, refuse_request)
    app.register_error_handler(DataError, refuse_value)
    app.register_error_handler(RecursionError, refuse_nesting)
    app.register_error_handler(OperationalError, answer_outage)
    app.register_error_handler(Exception, answer_fault)


def refuse(error: DomainError) -> Response:
    """Answer a refusal of the domain."""
    document = problem(error)
    if not wants_page():
        return _document(document, error.headers)
    if isinstance(error, NotSignedIn):
        return _go(url_for("auth.show_log_in", next=_address_to_return_to()))
    if isinstance(error, PasswordChangeRequired):
        return _go(url_for("auth.show_password"))
    status = type(error).status
    if "title" in vars(type(error)) and type(error).__module__ != DomainError.__module__:
        # A refusal that a feature named says itself what to do.
        return _page(Words(document["title"], document.get("detail", "")), status, error.headers)
    words = WORDS.get(status, WORDS[400])
    told = Words(document["title"], document.get("detail", ""), words.todo if status in (403, 404, 429) else "")
    return _page(
        told if error.detail is not type(error).detail else _plain_or(words, told, status), status, error.headers
    )


def refuse_stale_form(_error: CSRFError) -> Response:
    """Answer a form that does not come from a page of this session."""
    return _answer(STALE_FORM, 400, code="csrf", again=_address_to_return_to())


def refuse_request(error: HTTPException) -> Response:
    """Answer what the framework refuses: no such address, unreadable bodies, wrong fields, too many requests."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value] # a redirect of the router
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    found = say(_by_field(data.get("messages", {})))
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if status == 429:
        headers.setdefault("Retry-After", "60")
    return _answer(WORDS.get(status, WORDS[400]), status, errors=found, headers=headers)


def refuse_value(error: DataError) -> Response:
    """Answer a value the database cannot hold; a schema should have said so before, therefore the log line."""
    db.session.rollback()
    log.warning("value_out_of_range", path=request.path, fault=type(error.orig).__name__)
    return _answer(OUT_OF_RANGE, 422, code="value_out_of_range")


def refuse_nesting(_error: RecursionError) -> Response:
    """Answer a body that is nested deeper than anybody needs."""
    return _answer(WORDS[400], 400, code="nested_too_deep")


def answer_outage(error: OperationalError) -> Response:
    """Answer while the database is away."""
    log.error("database_away", path=request.path, fault=type(error.orig).__name__)
    return _answer(WORDS[503], 503, headers={"Retry-After": "10"}, again=_address_to_return_to())


def answer_fault(error: Exception) -> Response:
    """Answer what nobody foresaw; its text goes to the log, never to the page."""
    log.error("fault", path=request.path, exc_info=error)
    return _answer(WORDS[500], 500, again=_address_to_return_to())


def wants_page() -> bool:
    """Say whether a person asks, and not a program."""
    return not request.path.startswith("/api/")


def _answer(
    words: Words,
    status: int,
    *,
    code: str = "",
    errors: Any = None,
    headers: dict[str, str] | None = None,
    again: str = "",
) -> Response:
    if wants_page():
        return _page(words, status, headers, again)
    document = {
        "type": f"urn:chongyang:problem:{code or CODES.get(status, 'refused')}",
        "title": str(words.title),
        "status": status,
        "code": code or CODES.get(status, "refused"),
        "detail": str(words.what),
    }
    if errors:
        document["errors"] = errors
    return _document(document, headers)


def _document(document: dict[str, Any], headers: Any = None) -> Response:
    answer = jsonify(document)
    answer.status_code = document["status"]
    answer.content_type = "application/problem+json"
    answer.headers.extend(headers or {})
    return answer


def _page(words: Words, status: int, headers: Any = None, again: str = "") -> Response:
    inside = request.headers.get("HX-Request") == "true"
    told = {"title": words.title, "what": words.what, "todo": words.todo, "again": again}
    told["reference"] = request.environ.get("chongyang.request_id", "") if status >= 500 else ""
    answer = make_response(render_template("trouble.html" if inside else "error.html", **told), status)
    answer.headers.extend(headers or {})
    if inside:
        answer.headers["HX-Retarget"] = "#trouble"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _plain_or(words: Words, told: Words, status: int) -> Words:
    """Prefer a page's own words where the refusal has none of its own."""
    return words if status in WORDS and status in (403, 404, 429) else told


def _go(address: str) -> Response:
    if request.headers.get("HX-Request") == "true":
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)  # type: ignore[return-value]


def _address_to_return_to() -> str:
    """Return the page a person was on; one that was sent a form is opened anew where that is possible."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    adapter = current_app.url_map.bind("")
    return request.path if adapter.test(request.path, method="GET") else "/"


def _by_field(messages: Any) -> Any:
    """Take away where the input lay (json, query), which webargs puts above the field's name."""
    if isinstance(messages, dict) and len(messages) == 1:
        place, found = next(iter(messages.items()))
        if place in ("json", "query", "form", "files", "json_or_form"):
            return found if isinstance(found, dict) else {"body": found}
    return messages
