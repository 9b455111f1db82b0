"""The sticker of a bed, as a tab of the bed's page."""

from datetime import datetime

from flask import render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth import Actor
from care_beds.beds.models import CareBed
from care_beds.beds.panels import BedPanel
from care_beds.rounds.sticker_codes import grouped
from care_beds.rounds.stickers import ISSUERS, list_stickers


def draw_sticker(session: Session, *, bed: CareBed, actor: Actor, now: datetime) -> str:
    """Return the piece about a bed's sticker: which one counts, and the way to print it."""
    del now
    found = list_stickers(session, bed_id=bed.id, by=actor)
    live = next((each for each in found if each.revoked_at is None), None)
    return render_template("rounds/bed_panel.html", bed_id=bed.id, live=live, before=len(found), grouped=grouped)


STICKER_PANEL = BedPanel(name="sticker", label=_l("Sticker"), render=draw_sticker, roles=frozenset(ISSUERS), order=60)
