"""Carers on pages: taking somebody on, one carer with certificates and kin, and a carer's own papers."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import Role, allow, current_actor
from app.auth.queries import list_usernames
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from app.pictures.uploads import read_upload
from care_beds.providers import carers, hiring, reading
from care_beds.providers.access import MANAGERS, READERS
from care_beds.providers.facts import ProviderFacts, facts_of
from care_beds.providers.page_words import WORDS, list_rights
from care_beds.providers.queries import find_carer, get_provider
from care_beds.providers.schemas import (
    CarerCertificateIn,
    CarerChangesIn,
    CarerDepartureIn,
    CarerIn,
    CarerKinIn,
    CarerWordsIn,
)
from subsidies.findings.panels import about_panel

blueprint = Blueprint("carers", __name__, template_folder="templates", url_prefix="/care")


def carer_context(carer_id: int, **_others: Any) -> dict[str, Any]:
    """Gather what the page of one carer shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        view = reading.get_carer_view(session, carer_id=carer_id, actor=actor, on=today)
        findings = about_panel(session, kinds=["carer"], ref=str(carer_id), actor=actor)
    return {
        **WORDS,
        **list_rights(actor),
        "view": view,
        "carer": view.line.carer,
        "provider": view.provider,
        "is_own": view.line.carer.account_id == actor.account_id,
        "has_left": view.line.carer.employed_until is not None,
        "findings": findings,
        "today": today,
    }


def hiring_context(provider_id: int) -> dict[str, Any]:
    """Gather what the form of a carer to take on shows."""
    with transaction() as session:
        provider = get_provider(session, provider_id=provider_id, actor=current_actor())
        return {"provider": facts_of(ProviderFacts, provider), "today": business_day(clock.now())}


@blueprint.get("/providers/<int:provider_id>/carers/new")
@allow(*MANAGERS)
def show_hiring(provider_id: int) -> str:
    """Show the form of a carer to take on."""
    return render_template("providers/hire.html", form=Form(), **hiring_context(provider_id))


@blueprint.post("/providers/<int:provider_id>/carers/new")
@allow(*MANAGERS)
@shows_refusals("providers/hire.html", hiring_context)
def hire(provider_id: int) -> str:
    """Take on a carer and show the account's first password, once."""
    asked = read_form(CarerIn)
    with transaction() as session:
        carer, password = hiring.hire_carer(
            session, provider_id=provider_id, **asked, by=current_actor(), now=clock.now()
        )
        username = list_usernames(session, account_ids=[carer.account_id])[carer.account_id]
        told = {"carer": carer, "username": username, "password": password, "asked": asked["username"].lower()}
        return render_template("providers/hired.html", **told)


@blueprint.get("/papers")
@allow(Role.CARER)
def show_own() -> str:
    """Show a carer their own papers; an account with the role alone has none yet."""
    with transaction() as session:
        carer = find_carer(session, account_id=current_actor().account_id)
        carer_id = carer.id if carer else None
    if carer_id is None:
        return render_template("providers/no_papers.html")
    return render_template("providers/carer.html", form=Form(), **carer_context(carer_id))


@blueprint.get("/carers/<int:carer_id>")
@allow(*READERS, Role.CARER)
def show_carer(carer_id: int) -> str:
    """Show one carer."""
    return render_template("providers/carer.html", form=Form(), **carer_context(carer_id))


@blueprint.post("/carers/<int:carer_id>/edit")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def change(carer_id: int) -> Response:
    """Change how a carer is called and reached."""
    with transaction() as session:
        carers.change_carer(session, carer_id=carer_id, **read_form(CarerChangesIn), **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/departure")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def let_go(carer_id: int) -> Response:
    """Write down that a carer has left."""
    with transaction() as session:
        carers.let_go(session, carer_id=carer_id, **read_form(CarerDepartureIn), **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/suspension")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def suspend(carer_id: int) -> Response:
    """Keep a carer from visiting until further notice."""
    with transaction() as session:
        carers.suspend_carer(session, carer_id=carer_id, **read_form(CarerWordsIn), **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/resumption")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def resume(carer_id: int) -> Response:
    """Let a suspended carer visit again."""
    with transaction() as session:
        carers.resume_carer(session, carer_id=carer_id, **read_form(CarerWordsIn), **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/certificates")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def record_certificate(carer_id: int) -> Response:
    """Record a certificate, with a photo of it where one was chosen."""
    asked, picture = read_form(CarerCertificateIn), read_upload("picture")
    with transaction() as session:
        carers.record_certificate(session, carer_id=carer_id, **asked, picture=picture, **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/certificates/<int:certificate_id>/withdrawal")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def withdraw_certificate(carer_id: int, certificate_id: int) -> Response:
    """Take back a certificate."""
    about: dict[str, Any] = {"carer_id": carer_id, "certificate_id": certificate_id}
    with transaction() as session:
        carers.withdraw_certificate(session, **about, **read_form(CarerWordsIn), **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/kin")
@allow(*MANAGERS, Role.CARER)
@shows_refusals("providers/carer.html", carer_context)
def declare_kin(carer_id: int) -> Response:
    """Declare a senior who is the carer's kin, or lives with them."""
    with transaction() as session:
        carers.declare_kin(session, carer_id=carer_id, **read_form(CarerKinIn), **_by_now())
    return _saved(carer_id)


@blueprint.post("/carers/<int:carer_id>/kin/<int:kin_id>/end")
@allow(*MANAGERS)
@shows_refusals("providers/carer.html", carer_context)
def end_kin(carer_id: int, kin_id: int) -> Response:
    """Take back a declaration."""
    with transaction() as session:
        carers.end_kin(session, carer_id=carer_id, kin_id=kin_id, **read_form(CarerWordsIn), **_by_now())
    return _saved(carer_id)


def _by_now() -> dict[str, Any]:
    return {"by": current_actor(), "now": clock.now()}


def _saved(carer_id: int) -> Response:
    flash(_("Saved."), "ok")
    return redirect(url_for("carers.show_carer", carer_id=carer_id), 303)  # type: ignore[return-value]
