"""Pictures over HTTP, for programs that show what a feature told them the id of."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.auth.guard import signed_in
from app.pictures.pages import send_picture
from app.pictures.rules import JPEG

blueprint = Blueprint("pictures_api", __name__, url_prefix="/api/v1/pictures", description="Photos")
BINARY = {"type": "string", "format": "binary"}


class PictureIn(Schema):
    """Which size."""

    small = fields.Boolean(load_default=False, metadata={"description": "As it stands in lists, 320 pixels at most."})


@blueprint.get("/<uuid:picture_id>")
@signed_in
@blueprint.arguments(PictureIn, location="query")
@blueprint.response(200, BINARY, content_type=JPEG)
def get_picture(asked: dict[str, Any], picture_id: UUID) -> Response:
    """Return a picture to who may see it, always a JPEG."""
    return send_picture(picture_id, small=asked["small"])
