"""Open troubles of devices, as a list."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from app.paging import Page, cut_page, read_cursor, write_cursor
from safety.alerts.models import Incident
from safety.alerts.rules import Lane, State
from safety.desk.board import AlertRow, make_rows

PAGE = 50


def list_devices(
    session: Session, *, actor: Actor, rule: str = "", after: str | None = None, now: datetime, limit: int = PAGE
) -> Page[AlertRow]:
    """List the open alerts about devices within the actor's areas, the oldest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = select(Incident).where(
        areas.within(Incident.area_code, actor.area_codes),
        Incident.lane == Lane.DEVICE,
        Incident.state != State.CLOSED,
    )
    if rule:
        query = query.where(Incident.rule == rule)
    if after is not None:
        (last,) = read_cursor(after, int)
        query = query.where(Incident.id > last)
    found = session.scalars(query.order_by(Incident.id).limit(limit + 1)).all()
    cut = cut_page(found, limit, lambda each: write_cursor(each.id))
    return Page(items=make_rows(session, cut.items, actor=actor, now=now), next=cut.next)
