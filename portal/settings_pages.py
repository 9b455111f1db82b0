"""How the pages look and sound for an account, and what it is logged in with."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor, queries, services
from app.auth.wording import device_word
from app.db import transaction
from portal.visiting import VISITORS

blueprint = Blueprint("family_settings", __name__, url_prefix="/family/settings", template_folder="templates")


@blueprint.get("")
@allow(*VISITORS)
def show_settings() -> str:
    """Show text size, language, password, and the devices that are logged in."""
    with transaction() as session:
        account = queries.get_account(session, account_id=current_actor().account_id)
        tokens = queries.list_tokens(session, account_id=current_actor().account_id, now=clock.now())
        shown = {"tokens": tokens, "device_word": device_word, "has_phone": account.phone_index is not None}
        return render_template("portal/settings.html", **shown, has_password=queries.has_password(account))


@blueprint.post("/devices/<int:token_id>/log-out")
@allow(*VISITORS)
def log_out_device(token_id: int) -> Response:
    """End one of one's own sessions from afar."""
    with transaction() as session:
        services.revoke_token(session, token_id=token_id, actor=current_actor(), now=clock.now())
    flash(_("That device is logged out."), "ok")
    return redirect(url_for("family_settings.show_settings"), 303)  # type: ignore[return-value]
