"""The API of what is to be destroyed."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from app import clock
from app.auth import Role, allow, current_actor
from app.db import transaction
from app.ops import queries, shredding
from app.ops.models import Shredding

blueprint = Blueprint("ops_api", __name__, url_prefix="/api/v1/ops", description="Running the product")


class PageIn(Schema):
    """Where a page begins."""

    after = fields.Integer(load_default=None, validate=validate.Range(1, 2**62))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class SumOut(Schema):
    """One kind of data of a list."""

    data = fields.String()
    people = fields.Integer()
    done = fields.Integer()
    left = fields.Integer()


class ShreddingOut(Schema):
    """A list of what is to be destroyed."""

    id = fields.Integer()
    until_on = fields.Date()
    state = fields.String()
    made_at = fields.AwareDateTime()
    maker_id = fields.Integer()
    checker_id = fields.Integer(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class ShreddingWholeOut(ShreddingOut):
    """A list with its sums."""

    sums = fields.List(fields.Nested(SumOut))


class ShreddingsOut(Schema):
    """A page of lists, newest first."""

    items = fields.List(fields.Nested(ShreddingOut))
    next = fields.Integer(allow_none=True)


class ReasonIn(Schema):
    """Why a list is refused."""

    reason = fields.String(required=True, validate=validate.Length(2, 500))


@blueprint.get("/shreddings")
@allow(Role.ADMINISTRATOR)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, ShreddingsOut)
def list_shreddings(page: dict[str, Any]) -> Any:
    """List the lists of personal data to destroy, newest first."""
    with transaction() as session:
        rows = queries.list_shreddings(
            session, before=page["after"], area_codes=current_actor().area_codes, limit=page["limit"]
        )
        items = [_plain(each) for each in rows[: page["limit"]]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > len(items) else None}


@blueprint.post("/shreddings")
@allow(Role.ADMINISTRATOR)
@blueprint.response(201, ShreddingOut)
def propose_shredding() -> Any:
    """Make a list of the personal data that may no longer be kept today."""
    now = clock.now()
    with transaction() as session:
        made = shredding.propose(session, until=clock.business_day(now), by=current_actor(), now=now)
        return _plain(made)


@blueprint.get("/shreddings/<int:shredding_id>")
@allow(Role.ADMINISTRATOR)
@blueprint.response(200, ShreddingWholeOut)
def show_shredding(shredding_id: int) -> Any:
    """Show a list with its sums."""
    return _whole(shredding_id)


@blueprint.post("/shreddings/<int:shredding_id>/approval")
@allow(Role.ADMINISTRATOR)
@blueprint.response(200, ShreddingWholeOut)
def approve_shredding(shredding_id: int) -> Any:
    """Sign a list that somebody else made."""
    with transaction() as session:
        shredding.approve(session, shredding_id=shredding_id, by=current_actor(), now=clock.now())
    return _whole(shredding_id)


@blueprint.post("/shreddings/<int:shredding_id>/rejection")
@allow(Role.ADMINISTRATOR)
@blueprint.arguments(ReasonIn)
@blueprint.response(200, ShreddingWholeOut)
def reject_shredding(body: dict[str, str], shredding_id: int) -> Any:
    """Refuse a list that somebody else made."""
    with transaction() as session:
        shredding.reject(session, shredding_id=shredding_id, by=current_actor(), now=clock.now(), **body)
    return _whole(shredding_id)


def _whole(shredding_id: int) -> dict[str, Any]:
    with transaction() as session:
        found = shredding.get_shredding(session, shredding_id=shredding_id, actor=current_actor())
        sums = queries.sum_up(session, shredding_id=shredding_id)
        return {**_plain(found), "sums": sums}


def _plain(found: Shredding) -> dict[str, Any]:
    """Return a list's own values: what is left of the row when the transaction is over."""
    return {name: getattr(found, name) for name in ShreddingOut().fields}
