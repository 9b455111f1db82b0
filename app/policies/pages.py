"""The pages of policy documents: list, one document, a new draft, and the decisions."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE
from sqlalchemy.orm import Session

from app import clock
from app.address import read_address
from app.areas.queries import find_names
from app.auth import Actor, allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.forms import read_form, shows_refusals
from app.policies import queries, services, views
from app.policies.access import CHECKERS, MAKERS, READERS, reading_areas
from app.policies.errors import PolicyInvalid
from app.policies.kinds import list_kinds
from app.policies.schemas import STATES, PolicyListIn, PolicyRejectionIn
from app.policies.yaml_text import write_text

PAGE_LENGTH = 50

blueprint = Blueprint("policies", __name__, url_prefix="/policies", template_folder="templates")


@blueprint.get("/")
@allow(*READERS)
def list_policies() -> str:
    """Show the documents that concern the caller's places."""
    actor = current_actor()
    asked, faults = read_address(PolicyListIn(unknown=EXCLUDE))
    after = asked.pop("after")
    filters = queries.Filter(**{name: asked[name] for name in ("kind", "state", "area", "on")})
    with transaction() as session:
        page = queries.list_policies(
            session, area_codes=reading_areas(actor), filters=filters, after=after, limit=PAGE_LENGTH
        )
        return render_template(
            "policies/list.html", page=page, filters=filters, faults=faults, **list_words(session, page, actor)
        )


def list_words(session: Session, page: queries.Page, actor: Actor) -> dict[str, Any]:
    """Return what the list needs besides its rows: names, states in words, what waits, what one may do."""
    today = business_day(clock.now())
    return {
        "waiting": count_waiting(session, actor),
        "people": queries.find_people(session, page.items),
        "areas": find_names(session, [policy.area_code for policy in page.items]),
        "kinds": list_kinds(),
        "states": state_words(),
        "kind_label": views.kind_label,
        "status": {policy.id: views.describe_status(policy, today) for policy in page.items},
        "may_draft": bool(actor.roles & set(MAKERS)),
    }


def one_policy(policy_id: int) -> dict[str, Any]:
    """Return what the page of one document shows."""
    actor = current_actor()
    with transaction() as session:
        policy = queries.get_policy_for(session, policy_id, area_codes=reading_areas(actor))
        view = views.show_view(session, policy, actor=actor, today=business_day(clock.now()))
    return {"view": view, "may_draft": bool(actor.roles & set(MAKERS))}


@blueprint.get("/<int:policy_id>")
@allow(*READERS)
def show(policy_id: int) -> str:
    """Show one document."""
    return render_template("policies/one.html", form=None, **one_policy(policy_id))


@blueprint.get("/new")
@allow(*MAKERS)
def show_new() -> str:
    """Show the form for a new document, filled with an example or an older document."""
    return render_template("policies/new.html", form=None, faults=(), kinds=list_kinds(), text=starting_text())


@blueprint.post("/new")
@allow(*MAKERS)
def draft() -> Any:
    """Keep a draft, or show every fault with its line."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        with transaction() as session:
            policy_id = services.draft_text(session, text=text, by=current_actor(), now=clock.now()).id
    except PolicyInvalid as error:
        return render_template("policies/new.html", faults=error.faults, kinds=list_kinds(), text=text), 422
    flash(_("The draft is kept. Read it through, then hand it in."), "ok")
    return _back(policy_id)


@blueprint.post("/<int:policy_id>/submit")
@allow(*MAKERS)
@shows_refusals("policies/one.html", one_policy)
def submit(policy_id: int) -> Response:
    """Hand a draft in."""
    with transaction() as session:
        services.submit_policy(session, policy_id=policy_id, by=current_actor(), now=clock.now())
    flash(_("Handed in. Somebody else decides now."), "ok")
    return _back(policy_id)


@blueprint.post("/<int:policy_id>/publish")
@allow(*CHECKERS)
@shows_refusals("policies/one.html", one_policy)
def publish(policy_id: int) -> Response:
    """Put a document in force."""
    with transaction() as session:
        services.publish_policy(session, policy_id=policy_id, by=current_actor(), now=clock.now())
    flash(_("Published. It decides from its first day on."), "ok")
    return _back(policy_id)


@blueprint.post("/<int:policy_id>/reject")
@allow(*CHECKERS)
@shows_refusals("policies/one.html", one_policy)
def reject(policy_id: int) -> Response:
    """Send a document back."""
    asked = read_form(PolicyRejectionIn)
    with transaction() as session:
        services.reject_policy(session, policy_id=policy_id, by=current_actor(), now=clock.now(), **asked)
    flash(_("Sent back with your reason."), "ok")
    return _back(policy_id)


def starting_text() -> str:
    """Return the text a new document starts from: an older document by ``from``, else a kind's example."""
    actor, older = current_actor(), request.args.get("from", type=int)
    begins_on = business_day(clock.now()) + timedelta(days=1)
    if older:
        with transaction() as session:
            policy = queries.get_policy_for(session, older, area_codes=reading_areas(actor))
            document = views.as_document(policy)
        return write_text({**document, "valid_from": begins_on.isoformat(), "valid_until": None})
    kinds = {kind.name: kind for kind in list_kinds()}
    kind = kinds.get(request.args.get("kind", "")) or next(iter(kinds.values()), None)
    area_code = next(iter(actor.area_codes), "")
    return write_text(views.example_document(kind, area_code=area_code, begins_on=begins_on)) if kind else ""


def count_waiting(session: Session, actor: Actor) -> int | None:
    """Count what waits for this person's decision; nothing for those who decide nothing."""
    if not actor.roles & set(CHECKERS):
        return None
    return queries.count_waiting(session, area_codes=actor.area_codes, not_by=actor.account_id)


def state_words() -> list[tuple[str, str]]:
    """Return the states with their words, for the filter."""
    words = (_("Drafts"), _("Waiting"), _("Published"), _("Sent back"))
    return list(zip(STATES, words, strict=True))


def _back(policy_id: int) -> Response:
    return redirect(url_for("policies.show", policy_id=policy_id), 303)  # type: ignore[return-value]
