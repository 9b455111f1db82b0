"""Who may call what: marks on views, and the one check before every request."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, has_request_context, request
from sqlalchemy.orm import Session

from app import clock
from app.auth.access import find_by_secret
from app.auth.actor import Actor, Role
from app.auth.errors import PasswordChangeRequired
from app.db import db
from app.errors import Forbidden, NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])

COOKIE = "chongyang_access"
ANYONE = frozenset[str]({"anyone"})
SIGNED_IN = frozenset[str]({"signed_in"})
TILLS = frozenset[str]({"till"})
GATEWAYS = frozenset[str]({"gateway"})
MARK = "_open_to"
FIRST_MARK = "_before_password_change"
BEARER, TILL = "bearer ", "till "
# Kept with the request, not with the application's context, which outlives it in tests and commands.
CALLER = "chongyang.caller"
ACTOR = "chongyang.actor"
DEVICE = "chongyang.till"

FindDevice = Callable[[Session, str, datetime], Any]
_till_finders: list[FindDevice] = []
_gateway_finders: list[FindDevice] = []
# Under which scheme each kind of device names itself, and who knows their tokens.
DEVICES = {TILLS: (TILL, _till_finders), GATEWAYS: (BEARER, _gateway_finders)}


def allow(*roles: Role) -> Callable[[View], View]:
    """Open a view to these roles, and narrow ``current_actor()`` to what they reach."""
    if not roles:
        raise TypeError("allow() needs at least one role; @signed_in opens a view to every account")
    return lambda view: _mark(view, frozenset[str](roles))


def public(view: View) -> View:
    """Open a view to anyone, signed in or not."""
    return _mark(view, ANYONE)


def signed_in(view: View) -> View:
    """Open a view to every account, whatever its roles."""
    return _mark(view, SIGNED_IN)


def till_only(view: View) -> View:
    """Open a view to tills with a token of their own, and to nobody else."""
    return _mark(view, TILLS)


def gateway_only(view: View) -> View:
    """Open a view to gateways of devices with a bearer token of their own, and to nobody else."""
    return _mark(view, GATEWAYS)


def register_tills(finder: FindDevice) -> None:
    """Let the feature that enrols tills tell whose token a secret is; called once, from its manifest."""
    if finder not in _till_finders:
        _till_finders.append(finder)


def register_gateways(finder: FindDevice) -> None:
    """Let the feature that knows gateways tell whose token a secret is; called once, from its manifest."""
    if finder not in _gateway_finders:
        _gateway_finders.append(finder)


def before_password_change(view: View) -> View:
    """Keep a view usable for an account that must choose a password of its own first."""
    setattr(view, FIRST_MARK, True)
    return view


def _mark(view: View, open_to: frozenset[str]) -> View:
    setattr(view, MARK, open_to)
    return view


def open_to(view: Callable[..., Any]) -> frozenset[str] | None:
    """Return the roles a view is open to, or nothing when nobody said."""
    found: frozenset[str] | None = getattr(view, MARK, None)
    return found


def list_unguarded(app: Flask) -> list[str]:
    """Name the endpoints that do not say who may call them."""
    return sorted(endpoint for endpoint, view in app.view_functions.items() if open_to(view) is None)


def enforce() -> None:
    """Let a request through to its view, or refuse it. What nobody opened is closed.

    :raises NotSignedIn: if the view is not public and nobody is signed in
    :raises Forbidden: if none of the caller's roles opens the view
    :raises PasswordChangeRequired: if the caller must choose a password first
    """
    if request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    roles = open_to(view) or frozenset()
    if roles is ANYONE:
        return
    if roles in DEVICES:
        request.environ[DEVICE] = _find_device(*DEVICES[roles])
        return
    actor = find_actor()
    if actor is None:
        raise NotSignedIn(headers={"WWW-Authenticate": "Bearer"} if is_bearer() else None)
    if roles is not SIGNED_IN:
        if not roles & actor.roles:
            raise Forbidden
        actor = actor.narrowed(frozenset(Role(role) for role in roles))
    if actor.must_change_password and not hasattr(view, FIRST_MARK):
        raise PasswordChangeRequired
    request.environ[ACTOR] = actor


def current_actor() -> Actor:
    """Return who is calling, with the roles that opened this view.

    :raises NotSignedIn: if nobody is signed in
    """
    actor: Actor | None = (request.environ.get(ACTOR) if has_request_context() else None) or find_actor()
    if actor is None:
        raise NotSignedIn
    return actor


def current_device() -> Any:
    """Return the till or gateway that is calling, as the feature that knows it describes it.

    :raises NotSignedIn: if none is calling
    """
    device = request.environ.get(DEVICE)
    if device is None:
        raise NotSignedIn(headers={"WWW-Authenticate": "Till"})
    return device


def find_actor() -> Actor | None:
    """Return who is calling with all their roles, or nothing; asked of the database once a request."""
    if not has_request_context():
        return None
    if CALLER not in request.environ:
        request.environ[CALLER] = None  # an error page, made while the database is away, does not ask again
        secret = _secret()
        if secret:
            request.environ[CALLER] = find_by_secret(db.session(), secret, now=clock.now())
    found: Actor | None = request.environ[CALLER]
    return found


def is_bearer() -> bool:
    """Say whether the request names itself by a header, which no other site can make a browser send."""
    return _scheme_is(BEARER) or is_till()


def is_till() -> bool:
    """Say whether the request names itself as a till; then a cookie beside it counts for nothing."""
    return _scheme_is(TILL)


def _scheme_is(scheme: str) -> bool:
    return request.headers.get("Authorization", "")[: len(scheme)].lower() == scheme


def _find_device(scheme: str, finders: Sequence[FindDevice]) -> Any:
    secret = request.headers["Authorization"][len(scheme) :].strip() if _scheme_is(scheme) else ""
    found = (finder(db.session(), secret, clock.now()) for finder in finders if secret)
    device = next((each for each in found if each is not None), None)
    if device is None:
        raise NotSignedIn(headers={"WWW-Authenticate": scheme.strip().capitalize()})
    return device


def _secret() -> str:
    if is_till():
        return ""
    if is_bearer():
        return request.headers["Authorization"][len(BEARER) :].strip()
    return request.cookies.get(COOKIE, "")
