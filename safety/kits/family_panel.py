"""What a kit shows a family on the first page: whether the home is watched over, and whether somebody is away."""

from datetime import datetime

from flask import render_template
from sqlalchemy.orm import Session

from app.people.relatives.reach import Reached, Topic
from safety.kits.page_words import WORDS
from safety.kits.queries import find_home_of, is_away
from safety.kits.rules import HomeState


def kit_family_panel(session: Session, *, reached: Reached, now: datetime) -> str:
    """Return the piece of a family's first page that tells of the kit; empty without one, or without a consent."""
    if Topic.ALERTS not in reached.topics:
        return ""
    home = find_home_of(session, senior_id=reached.senior_id)
    if home is None or home.state != HomeState.ACTIVE:
        return ""
    href = f"/family/{reached.senior_id}/away"
    return render_template("kits/family_panel.html", **WORDS, home=home, is_away=is_away(home, now), href=href)
