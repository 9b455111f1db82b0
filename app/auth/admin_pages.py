"""Accounts for administrators: who there is, what they may do, and a new password when one is lost."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.areas import queries as areas
from app.areas.rules import Level
from app.auth import Role, accounts, allow, current_actor, queries, workplaces
from app.auth.actor import ROLE_NAMES, STAFF_ROLES
from app.auth.placing import place_of
from app.auth.schemas import AccountIn, RoleIn
from app.auth.wording import area_name, role_words
from app.auth.workplaces import Trade
from app.db import transaction
from app.forms import Form, read_form, shows_refusals

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts", template_folder="templates")
PAGE_LENGTH = 50


@blueprint.get("/")
@allow(Role.ADMINISTRATOR)
def list_accounts() -> str:
    """Show the accounts in the administrator's areas."""
    words, role, after = (request.args.get(name, "") for name in ("query", "role", "after"))
    with transaction() as session:
        page = queries.list_accounts(
            session,
            area_codes=current_actor().area_codes,
            words=words,
            role=role if role in ROLE_NAMES else "",
            after=after,
            limit=PAGE_LENGTH,
        )
        all_roles = [grant for grants in page.roles.values() for grant in grants]
        shown = {words.id: words for words in role_words(session, all_roles, now=clock.now())}
        return render_template(
            "auth/accounts.html", page=page, shown=shown, words=words, role=role, role_names=ROLE_NAMES
        )


@blueprint.get("/new")
@allow(Role.ADMINISTRATOR)
def show_new() -> str:
    """Show the form for a new account."""
    return render_template("auth/new_account.html", form=Form())


@blueprint.post("/new")
@allow(Role.ADMINISTRATOR)
@shows_refusals("auth/new_account.html")
def create() -> str:
    """Make an account and show its first password, once."""
    asked = read_form(AccountIn)
    with transaction() as session:
        account, password = accounts.create_account(
            session, **asked, password=None, by=current_actor(), now=clock.now()
        )
        return render_template("auth/password_once.html", account=account, password=password, is_new=True)


@blueprint.get("/<int:account_id>")
@allow(Role.ADMINISTRATOR)
def show(account_id: int) -> str:
    """Show one account with its roles."""
    return render_template("auth/one_account.html", form=Form(), **one_account(account_id))


def one_account(account_id: int) -> dict[str, Any]:
    """Return what the page of one account shows."""
    actor = current_actor()
    with transaction() as session:
        account = queries.get_account(session, account_id=account_id, area_codes=actor.area_codes)
        grants = queries.list_grants(session, account_id=account_id)
        wide = (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET)
        return {
            "account": account,
            "is_own": account_id == actor.account_id,
            "is_personal": queries.is_personal(account, grants),
            "roles": role_words(session, grants, now=clock.now()),
            "role_names": {role: ROLE_NAMES[role] for role in STAFF_ROLES},
            "areas": [
                (area.code, area_name(area)) for area in areas.list_within(session, actor.area_codes, levels=wide)
            ],
            "canteens": workplaces.list_workplaces(session, area_codes=actor.area_codes),
            "providers": workplaces.list_workplaces(session, area_codes=actor.area_codes, trade=Trade.PROVIDER),
            "shops": workplaces.list_workplaces(session, area_codes=actor.area_codes, trade=Trade.SHOP),
        }


@blueprint.post("/<int:account_id>/roles")
@allow(Role.ADMINISTRATOR)
@shows_refusals("auth/one_account.html", one_account)
def grant_role(account_id: int) -> Response:
    """Give the account a role in an area or a canteen."""
    asked = read_form(RoleIn)
    with transaction() as session:
        accounts.grant_role(
            session,
            account_id=account_id,
            role=Role(asked["role"]),
            **place_of(session, asked),
            valid_until=asked.get("valid_until"),
            by=current_actor(),
            now=clock.now(),
        )
    flash(_("The role is given and counts from today."), "ok")
    return _back(account_id)


@blueprint.post("/<int:account_id>/roles/<int:grant_id>/end")
@allow(Role.ADMINISTRATOR)
def end_role(account_id: int, grant_id: int) -> Response:
    """Take a role away."""
    with transaction() as session:
        accounts.end_role(session, grant_id=grant_id, by=current_actor(), now=clock.now())
    flash(_("The role has ended."), "ok")
    return _back(account_id)


@blueprint.post("/<int:account_id>/disable")
@allow(Role.ADMINISTRATOR)
def disable(account_id: int) -> Response:
    """Close the account."""
    with transaction() as session:
        accounts.disable_account(session, account_id=account_id, by=current_actor(), now=clock.now())
    flash(_("The account is closed and logged out everywhere."), "ok")
    return _back(account_id)


@blueprint.post("/<int:account_id>/enable")
@allow(Role.ADMINISTRATOR)
def enable(account_id: int) -> Response:
    """Open a closed account again."""
    with transaction() as session:
        accounts.enable_account(session, account_id=account_id, by=current_actor(), now=clock.now())
    flash(_("The account is open again."), "ok")
    return _back(account_id)


@blueprint.post("/<int:account_id>/password")
@allow(Role.ADMINISTRATOR)
def reset_password(account_id: int) -> str:
    """Make a new password and show it, once."""
    with transaction() as session:
        password = accounts.reset_password(session, account_id=account_id, by=current_actor(), now=clock.now())
        account = queries.get_account(session, account_id=account_id)
        return render_template("auth/password_once.html", account=account, password=password, is_new=False)


def _back(account_id: int) -> Response:
    return redirect(url_for("accounts.show", account_id=account_id), 303)  # type: ignore[return-value]
