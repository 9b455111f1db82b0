"""Who looked: for the senior, and for whoever decides in the senior's place."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l

from app import clock
from app.auth import allow
from app.db import transaction
from app.errors import Forbidden
from app.people.relatives.queries import list_looks
from app.people.relatives.wording import TOPIC_NAMES
from portal.visiting import VISITORS, visit

blueprint = Blueprint("family_looks", __name__, url_prefix="/family", template_folder="templates")


class NotForRelatives(Forbidden):
    """Who looked is the senior's own business."""

    code = "not_for_relatives"
    title = _l("Only the senior sees who looked")
    detail = _l("The senior can see it after logging in, or ask at the street office.")


@blueprint.get("/<int:senior_id>/looks")
@allow(*VISITORS)
def show_looks(senior_id: int) -> str:
    """Show who looked at what, and how often, day by day.

    :raises NotForRelatives: if the caller is neither the senior nor a guardian
    """
    now = clock.now()
    with transaction() as session:
        reached = visit(session, senior_id=senior_id, topic=None, now=now)
        if not (reached.is_self or reached.is_guardian):
            raise NotForRelatives
        looks = list_looks(session, senior_id=senior_id, now=now)
    topics = {"overview": _l("First page"), **{str(topic): name for topic, name in TOPIC_NAMES.items()}}
    return render_template("portal/looks.html", reached=reached, looks=looks, topics=topics)
