"""The alerts on a person's page: what is open, and the last ones with how they ended."""

from datetime import datetime

from flask import render_template
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.people.dossier.opening import may_open
from safety.moments import alert_moments

SHOWN = 20


def alerts_tab(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,
    now: datetime,  # noqa: ARG001 - all panels
) -> str:
    """Return the piece of a person's page that tells of the last alerts; empty where there never was one."""
    found = alert_moments(session, senior_id=senior_id, actor=actor, before=None, limit=SHOWN)
    return render_template("kits/person_alerts.html", found=found, may_open=may_open) if found else ""
