"""Logging in and out, and one's own account."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.auth import accounts, current_actor, find_actor, public, queries, services
from app.auth.attempts import Visitor
from app.auth.guard import COOKIE, before_password_change, signed_in
from app.auth.schemas import LogInFormIn, PasswordIn
from app.auth.services import Opened, TokenKind
from app.auth.wording import device_word, role_words
from app.config import settings
from app.db import transaction
from app.forms import Form, read_form, shows_refusals

blueprint = Blueprint("auth", __name__, template_folder="templates")


@blueprint.get("/login")
@public
def show_log_in() -> str:
    """Show the log-in form."""
    return render_template("auth/log_in.html", form=Form(values={"next": request.args.get("next", "/")}))


@blueprint.post("/login")
@public
@shows_refusals("auth/log_in.html")
def log_in() -> Response:
    """Log in, with a new session whatever the browser had before."""
    asked = read_form(LogInFormIn)
    with transaction() as session:
        end_former_session(session)
        visitor = Visitor(address=request.remote_addr or "", label=request.user_agent.string)
        opened = services.log_in(
            session,
            username=asked["username"],
            password=asked["password"],
            kind=TokenKind.SESSION,
            visitor=visitor,
            now=clock.now(),
        )
    return start_session(opened, asked["next"])


@blueprint.post("/logout")
@public
def log_out() -> Response:
    """End the session and forget everything the browser held of it."""
    actor = find_actor()
    if actor is not None:
        with transaction() as session:
            services.log_out(session, actor=actor, now=clock.now())
    browser.clear()
    flash(_("You are logged out."), "ok")
    answer = redirect(url_for("auth.show_log_in"), 303)
    answer.delete_cookie(COOKIE)
    return answer  # type: ignore[return-value]


@blueprint.get("/account")
@signed_in
def show_account() -> str:
    """Show one's own account: roles, wishes, and what it is logged in with."""
    actor = current_actor()
    with transaction() as session:
        account = queries.get_account(session, account_id=actor.account_id)
        return render_template(
            "auth/account.html",
            account=account,
            roles=role_words(session, queries.list_grants(session, account_id=actor.account_id), now=clock.now()),
            tokens=queries.list_tokens(session, account_id=actor.account_id, now=clock.now()),
            device_word=device_word,
        )


@blueprint.get("/account/alive")
@signed_in
def stay() -> Response:
    """Keep the session open; the page asks before it ends."""
    return Response(status=204)


@blueprint.get("/account/password")
@signed_in
@before_password_change
def show_password() -> str:
    """Show the form for a new password."""
    return render_template("auth/password.html", form=Form(), **own_password())


def own_password() -> dict[str, Any]:
    """Return whether the account has a password to ask for."""
    with transaction() as session:
        account = queries.get_account(session, account_id=current_actor().account_id)
        return {"has_password": queries.has_password(account)}


@blueprint.post("/account/password")
@signed_in
@before_password_change
@shows_refusals("auth/password.html", own_password)
def change_password() -> Response:
    """Replace one's own password."""
    asked = read_form(PasswordIn)
    with transaction() as session:
        accounts.change_password(
            session,
            actor=current_actor(),
            old=asked["old_password"],
            new=asked["new_password"],
            now=clock.now(),
        )
    flash(_("Your password is changed. Everything else you were logged in with has ended."), "ok")
    return _go("auth.show_account")


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@signed_in
def revoke_token(token_id: int) -> Response:
    """End one of one's own sessions from afar."""
    with transaction() as session:
        services.revoke_token(session, token_id=token_id, actor=current_actor(), now=clock.now())
    flash(_("That session has ended."), "ok")
    return _go("auth.show_account")


def end_former_session(session: Session) -> None:
    """End the session that the browser had before somebody logs in anew."""
    services.replace_session(session, secret=request.cookies.get(COOKIE, ""), now=clock.now())


def start_session(opened: Opened, address: str) -> Response:
    """Give the browser a new session and go on to a page of ours."""
    browser.clear()  # a new session gets new secrets, the form token too
    answer = redirect(_local(address), 303)
    answer.set_cookie(
        COOKIE,
        opened.secret,
        expires=opened.expires_at,
        secure=settings().https or request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer  # type: ignore[return-value]


def _local(address: str) -> str:
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_ours else "/"


def _go(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]
