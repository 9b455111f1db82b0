"""Joining as a relative: the paper's code, the phone, the code that was sent. Each step works without a script."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import current_actor, public
from app.auth.guard import signed_in
from app.auth.pages import end_former_session, start_session
from app.auth.rules import Purpose
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.people.relatives import joining, services
from app.people.relatives.door_pages import kind_of, language, reach_of_codes, visitor
from app.people.relatives.schemas import JoinedIn, JoinIn, PaperIn

blueprint = Blueprint("join", __name__, url_prefix="/join", template_folder="../templates")


@blueprint.get("")
@public
def show_join() -> str:
    """Ask for the paper's code; the QR code on it fills it in. Nothing is looked up yet."""
    form = Form(values={"paper": request.args.get("code", "")[:40]})
    return render_template("people/join.html", form=form, **reach_of_codes())


@blueprint.get("/new")
@public
def show_new() -> str:
    """Ask for the phone of somebody who has no paper."""
    return render_template("people/join_new.html", form=Form(), **reach_of_codes())


@blueprint.post("")
@public
@shows_refusals("people/join.html", reach_of_codes)
def send_code() -> str:
    """Send a code to the phone of somebody with a paper."""
    return _send(read_form(JoinIn), check_paper=True)


@blueprint.post("/new")
@public
@shows_refusals("people/join_new.html", reach_of_codes)
def send_code_without_paper() -> str:
    """Send a code to the phone of somebody without a paper."""
    return _send(read_form(JoinIn), check_paper=False)


def _send(asked: dict[str, Any], *, check_paper: bool) -> str:
    now = clock.now()
    with transaction() as session:
        if check_paper:
            joining.check_paper(session, paper=asked["paper"], visitor=visitor(), now=now)
        ticket = joining.send_phone_code(
            session, phone=asked["phone"], purpose=Purpose.JOIN, visitor=visitor(), language=language(), now=now
        )
    return render_template("people/join_code.html", form=Form(values=asked | {"ticket": ticket}))


@blueprint.post("/code")
@public
@shows_refusals("people/join_code.html")
def check_code() -> Response:
    """Make the account or find it, link it to the person on the paper, and let it in."""
    asked = read_form(JoinedIn)
    asked.pop("next")
    kind, password = kind_of(asked), asked.pop("new_password")
    with transaction() as session:
        end_former_session(session)
        opened = joining.join(session, **asked, password=password, kind=kind, visitor=visitor(), now=clock.now())
    return start_session(opened, "/" if asked["paper"] else url_for("family_links.show_ask"))


@blueprint.post("/here")
@signed_in
@shows_refusals("people/join.html", reach_of_codes)
def accept_here() -> Response:
    """Link the account that is logged in."""
    asked, now = read_form(PaperIn), clock.now()
    with transaction() as session:
        joining.check_paper(session, paper=asked["paper"], visitor=visitor(), now=now)
        services.accept_offer(session, code=asked["paper"], actor=current_actor(), now=now)
    flash(_("You are linked now."), "ok")
    return redirect(url_for("web.start"), 303)  # type: ignore[return-value]
