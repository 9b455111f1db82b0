"""Pictures for a browser: the whole one and the small one, and never anything but a JPEG of ours."""

from uuid import UUID

from flask import Blueprint, Response

from app import clock
from app.auth.guard import current_actor, signed_in
from app.db import transaction
from app.pictures import files, services
from app.pictures.errors import PictureNotFound
from app.pictures.rules import JPEG

blueprint = Blueprint("pictures", __name__, url_prefix="/pictures", template_folder="templates")


@blueprint.get("/<uuid:picture_id>")
@signed_in
def show_picture(picture_id: UUID) -> Response:
    """Show a picture to who may see it."""
    return send_picture(picture_id, small=False)


@blueprint.get("/<uuid:picture_id>/small")
@signed_in
def show_small(picture_id: UUID) -> Response:
    """Show a picture as it stands in lists."""
    return send_picture(picture_id, small=True)


def send_picture(picture_id: UUID, *, small: bool) -> Response:
    """Answer with a picture, if the caller may see it.

    :raises PictureNotFound: if there is none, or they may not
    """
    with transaction() as session:
        services.show(session, picture_id=picture_id, by=current_actor(), now=clock.now(), small=small)
    path = files.path_of(picture_id, small=small)
    if not path.is_file():
        raise PictureNotFound
    # A name of ours, never the sender's. No ETag, and by the frame's headers no copy: what was shown is not kept.
    answer = Response(path.read_bytes(), mimetype=JPEG)
    answer.headers["Content-Disposition"] = f'inline; filename="{path.name}"'
    return answer
