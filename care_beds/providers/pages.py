"""Providers on pages: the list, one with its papers and carers, and the forms to change it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import clock
from app.auth import allow, current_actor
from app.auth.queries import list_names
from app.clock import business_day
from app.db import transaction
from app.forms import Form, read_form, shows_refusals
from care_beds.providers import reading, services
from care_beds.providers.access import KEEPERS, READERS, REVIEWERS
from care_beds.providers.facts import ProviderFacts, facts_of
from care_beds.providers.page_words import WORDS, list_place_choices, list_rights
from care_beds.providers.queries import get_provider
from care_beds.providers.rules import list_paper_faults
from care_beds.providers.schemas import ProviderFactsIn, ProviderIn, ProviderReviewIn, ProviderStateIn

PAGE_LENGTH = 50

blueprint = Blueprint("providers", __name__, template_folder="templates", url_prefix="/care/providers")


def provider_context(provider_id: int) -> dict[str, Any]:
    """Gather what the page of one provider shows."""
    actor, today = current_actor(), business_day(clock.now())
    with transaction() as session:
        view = reading.get_provider_view(session, provider_id=provider_id, actor=actor, on=today)
        reviewers = list_names(session, account_ids={each.reviewed_by for each in view.reviews})
    return {
        **WORDS,
        **list_rights(actor),
        "view": view,
        "line": view.line,
        "provider": view.line.provider,
        "faults": list_paper_faults(view.line.provider, on=today),
        "reviewers": reviewers,
        "today": today,
    }


def form_context(provider_id: int | None = None) -> dict[str, Any]:
    """Gather what the form of a provider offers."""
    actor = current_actor()
    with transaction() as session:
        provider = get_provider(session, provider_id=provider_id, actor=actor) if provider_id else None
        return {
            "provider": facts_of(ProviderFacts, provider) if provider else None,
            "place_choices": list_place_choices(session, actor),
        }


@blueprint.get("")
@allow(*READERS)
def list_providers() -> Any:
    """List the providers that the caller may see; whoever manages one sees that one."""
    actor, query = current_actor(), request.args.get("query", "")[:80]
    if not actor.area_codes and len(actor.provider_ids) == 1:
        return _go_to(actor.provider_ids[0])
    with transaction() as session:
        page = reading.list_provider_lines(
            session,
            actor=actor,
            on=business_day(clock.now()),
            query=query,
            after=request.args.get("after"),
            limit=PAGE_LENGTH,
        )
    return render_template("providers/list.html", **WORDS, **list_rights(actor), page=page, query=query)


@blueprint.get("/ending")
@allow(*READERS)
def list_ending() -> str:
    """List the certificates that end soon or have ended."""
    with transaction() as session:
        page = reading.list_ending(
            session,
            actor=current_actor(),
            on=business_day(clock.now()),
            after=request.args.get("after"),
            limit=PAGE_LENGTH,
        )
    return render_template("providers/ending.html", **WORDS, page=page)


@blueprint.get("/new")
@allow(*KEEPERS)
def show_new() -> str:
    """Show the form of a provider to take into the register."""
    return render_template("providers/form.html", form=Form(), **form_context())


@blueprint.post("/new")
@allow(*KEEPERS)
@shows_refusals("providers/form.html", form_context)
def open_provider() -> Response:
    """Take a provider into the register."""
    with transaction() as session:
        opened = services.open_provider(session, **read_form(ProviderIn), by=current_actor(), now=clock.now())
        provider_id, name = opened.id, opened.name
    flash(_("%(name)s is in the register. An administrator gives its manager an account.", name=name), "ok")
    return _go_to(provider_id)


@blueprint.get("/<int:provider_id>")
@allow(*READERS)
def show_provider(provider_id: int) -> str:
    """Show one provider."""
    return render_template("providers/one.html", form=Form(), **provider_context(provider_id))


@blueprint.get("/<int:provider_id>/edit")
@allow(*KEEPERS)
def show_form(provider_id: int) -> str:
    """Show the form of a provider."""
    return render_template("providers/form.html", form=Form(), **form_context(provider_id))


@blueprint.post("/<int:provider_id>/edit")
@allow(*KEEPERS)
@shows_refusals("providers/form.html", form_context)
def change_provider(provider_id: int) -> Response:
    """Change the facts of a provider."""
    changes = read_form(ProviderFactsIn)
    with transaction() as session:
        services.change_provider(session, provider_id=provider_id, changes=changes, by=current_actor(), now=clock.now())
    flash(_("Saved."), "ok")
    return _go_to(provider_id)


@blueprint.post("/<int:provider_id>/state")
@allow(*KEEPERS)
@shows_refusals("providers/one.html", provider_context)
def set_state(provider_id: int) -> Response:
    """Suspend a provider, let it go on, or end it."""
    with transaction() as session:
        services.set_state(
            session, provider_id=provider_id, **read_form(ProviderStateIn), by=current_actor(), now=clock.now()
        )
    flash(_("Saved."), "ok")
    return _go_to(provider_id)


@blueprint.post("/<int:provider_id>/reviews")
@allow(*REVIEWERS)
@shows_refusals("providers/one.html", provider_context)
def review(provider_id: int) -> Response:
    """Write down what was found at a provider."""
    with transaction() as session:
        services.review_provider(
            session, provider_id=provider_id, **read_form(ProviderReviewIn), by=current_actor(), now=clock.now()
        )
    flash(_("Written down. The provider sees it too."), "ok")
    return _go_to(provider_id)


def _go_to(provider_id: int) -> Response:
    return redirect(url_for("providers.show_provider", provider_id=provider_id), 303)  # type: ignore[return-value]
