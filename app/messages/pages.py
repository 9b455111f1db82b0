"""The notice centre, and how one wants to be told."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from jinja2 import Template

from app import clock, vault
from app.auth import accounts, current_actor, find_actor
from app.auth.actor import PERSONAL_ROLES
from app.auth.guard import signed_in
from app.clock import business_day
from app.db import db, transaction
from app.forms import Form, read_form, shows_refusals
from app.messages import queries, routes, services, wishes
from app.messages.kinds import list_kinds
from app.messages.models import EMAIL, SMS
from app.messages.schemas import MailboxCodeIn, MailboxIn, WishesIn
from app.web.language import current_language

blueprint = Blueprint("notices", __name__, url_prefix="/notices", template_folder="templates")
STAFF_SHELL = "shell.html"
# Families see their own frame, where a feature above brings one.
FAMILY_SHELLS = ("family_shell.html", STAFF_SHELL)


def shell() -> Template:
    """Return the frame that the caller's other pages have."""
    names = FAMILY_SHELLS if current_actor().roles & PERSONAL_ROLES else (STAFF_SHELL,)
    return current_app.jinja_env.select_template(names)


def unread_notices() -> int:
    """Return how many notices the caller has not read, for the bell of a page's frame."""
    actor = find_actor()
    return queries.unread_count(db.session(), account_id=actor.account_id) if actor else 0


@blueprint.get("")
@signed_in
def show_notices() -> str:
    """Show what one was told."""
    before = request.args.get("before", type=int)
    with transaction() as session:
        centre = queries.get_centre(
            session, account_id=current_actor().account_id, today=business_day(clock.now()), before=before
        )
        return render_template("messages/notices.html", layout=shell(), centre=centre, is_first=before is None)


@blueprint.post("/read")
@signed_in
def read_all() -> Response:
    """Mark everything as read."""
    with transaction() as session:
        services.mark_read(session, account_id=current_actor().account_id, now=clock.now())
    return _go("notices.show_notices")


@blueprint.post("/<int:notice_id>/read")
@signed_in
def read_one(notice_id: int) -> Response:
    """Mark one notice as read."""
    with transaction() as session:
        services.mark_read(session, account_id=current_actor().account_id, notice_id=notice_id, now=clock.now())
    return _go("notices.show_notices")


def _wishes_context() -> dict[str, Any]:
    with transaction() as session:
        wish = wishes.get_wish(session, account_id=current_actor().account_id, now=clock.now())
        channels = routes.open_for(session)
        return {
            "layout": shell(),
            "wish": wish,
            "kinds": [kind for kind in list_kinds() if kind.optional],
            "has_sms": SMS in channels,
            "has_mail": EMAIL in channels,
            "mailbox": vault.unseal(wish.email_sealed) if wish.email_sealed else "",
            "waits_for_code": wish.email_until is not None and wish.email_until > clock.now(),
        }


@blueprint.get("/wishes")
@signed_in
def show_wishes() -> str:
    """Show by which ways, of what and when one is told."""
    return render_template("messages/wishes.html", form=Form(), **_wishes_context())


@blueprint.post("/wishes")
@signed_in
@shows_refusals("messages/wishes.html", _wishes_context)
def keep_wishes() -> Response:
    """Keep by which ways, of what and when one is told."""
    asked = read_form(WishesIn)
    hours = (asked["quiet_from"], asked["quiet_until"]) if asked["is_quiet"] else (None, None)
    hours = hours if all(hours) else (None, None)
    chosen = {name: asked[name] for name in ("sms", "email", "kinds")}
    with transaction() as session:
        wishes.keep_wishes(
            session, actor=current_actor(), **chosen, quiet_from=hours[0], quiet_until=hours[1], now=clock.now()
        )
        accounts.keep_wishes(
            session, account_id=current_actor().account_id, language=asked["language"] or current_language()
        )
    flash(_("This is how you will be told from now on."), "ok")
    return _go("notices.show_wishes")


@blueprint.post("/wishes/mailbox")
@signed_in
@shows_refusals("messages/wishes.html", _wishes_context)
def ask_for_mailbox() -> Response:
    """Send a code to a mailbox."""
    asked = read_form(MailboxIn)
    with transaction() as session:
        wishes.ask_for_mailbox(session, actor=current_actor(), **asked, language=current_language(), now=clock.now())
    flash(_("A code is on its way to %(address)s. Type it in below.", address=asked["address"]), "info")
    return _go("notices.show_wishes")


@blueprint.post("/wishes/mailbox/code")
@signed_in
@shows_refusals("messages/wishes.html", _wishes_context)
def confirm_mailbox() -> Response:
    """Take a mailbox as one's own."""
    asked = read_form(MailboxCodeIn)
    with transaction() as session:
        wishes.confirm_mailbox(session, actor=current_actor(), code=asked["code"], now=clock.now())
    flash(_("Messages come to this mailbox too from now on."), "ok")
    return _go("notices.show_wishes")


@blueprint.post("/wishes/mailbox/end")
@signed_in
def forget_mailbox() -> Response:
    """Forget one's mailbox."""
    with transaction() as session:
        wishes.forget_mailbox(session, actor=current_actor(), now=clock.now())
    flash(_("The mailbox is forgotten."), "ok")
    return _go("notices.show_wishes")


def _go(endpoint: str) -> Response:
    return redirect(url_for(endpoint), 303)  # type: ignore[return-value]
