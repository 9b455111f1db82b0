"""Policy documents over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from app import clock
from app.auth import allow, current_actor
from app.clock import business_day
from app.db import transaction
from app.policies import queries, services
from app.policies.access import CHECKERS, MAKERS, READERS, reading_areas
from app.policies.documents import PolicyIn
from app.policies.schemas import PoliciesOut, PolicyEffectiveIn, PolicyListIn, PolicyOut, PolicyRejectionIn

blueprint = Blueprint(
    "policies_api",
    __name__,
    url_prefix="/api/v1/policies",
    description="Dated rules: who gets what, where and since when",
)


@blueprint.get("")
@allow(*READERS)
@blueprint.arguments(PolicyListIn, location="query")
@blueprint.response(200, PoliciesOut)
def list_policies(asked: dict[str, Any]) -> Any:
    """List the documents that concern the caller's places, newest first."""
    after, limit = asked.pop("after"), asked.pop("limit")
    with transaction() as session:
        return queries.list_policies(
            session,
            area_codes=reading_areas(current_actor()),
            filters=queries.Filter(**asked),
            after=after,
            limit=limit,
        )


@blueprint.get("/effective")
@allow(*READERS)
@blueprint.arguments(PolicyEffectiveIn, location="query")
@blueprint.response(200, PolicyOut)
@blueprint.alt_response(404, description="No document holds there on that day")
def show_effective(asked: dict[str, Any]) -> Any:
    """Return the document that decides in a place on a day: the nearest place up the tree that has one."""
    on = asked["on"] or business_day(clock.now())
    with transaction() as session:
        return queries.get_effective(session, kind=asked["kind"], area_code=asked["area"], on=on)


@blueprint.get("/<int:policy_id>")
@allow(*READERS)
@blueprint.response(200, PolicyOut)
@blueprint.alt_response(404, description="No such document")
def show_policy(policy_id: int) -> Any:
    """Return one document."""
    with transaction() as session:
        return queries.get_policy_for(session, policy_id, area_codes=reading_areas(current_actor()))


@blueprint.post("")
@allow(*MAKERS)
@blueprint.arguments(PolicyIn)
@blueprint.response(201, PolicyOut)
def draft(document: dict[str, Any]) -> Any:
    """Keep a new document as a draft. All that is wrong with it is named by its place in the document."""
    with transaction() as session:
        return services.draft_policy(session, document=document, by=current_actor(), now=clock.now())


@blueprint.post("/<int:policy_id>/submit")
@allow(*MAKERS)
@blueprint.response(200, PolicyOut)
@blueprint.alt_response(404, description="No such document")
@blueprint.alt_response(409, description="It was handed in before")
def submit(policy_id: int) -> Any:
    """Hand a draft in for somebody else to decide."""
    with transaction() as session:
        return services.submit_policy(session, policy_id=policy_id, by=current_actor(), now=clock.now())


@blueprint.post("/<int:policy_id>/publish")
@allow(*CHECKERS)
@blueprint.response(200, PolicyOut)
@blueprint.alt_response(404, description="No such document")
@blueprint.alt_response(409, description="Nothing to decide, or it overlaps, leaves a hole, or rewrites the past")
@blueprint.alt_response(422, description="It is wrong by now, such as an area that is gone")
def publish(policy_id: int) -> Any:
    """Put a document in force; an open one before it ends where it begins."""
    with transaction() as session:
        return services.publish_policy(session, policy_id=policy_id, by=current_actor(), now=clock.now())


@blueprint.post("/<int:policy_id>/reject")
@allow(*CHECKERS)
@blueprint.arguments(PolicyRejectionIn)
@blueprint.response(200, PolicyOut)
@blueprint.alt_response(404, description="No such document")
@blueprint.alt_response(409, description="Nothing to decide")
def reject(body: dict[str, Any], policy_id: int) -> Any:
    """Send a document back with a reason."""
    with transaction() as session:
        return services.reject_policy(session, policy_id=policy_id, by=current_actor(), now=clock.now(), **body)
