"""What turns of life tell on a person's page: each with what it did, and the way to it."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.dossier import Before, Moment, is_before, key_of
from app.people.turn_words import TURN_NAMES
from app.web.wording import full_day
from portal.turns.models import LifeTurn
from portal.turns.wording import KIND_ICONS

SORT = "turns"


def turn_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees a person sees this
    before: Before | None,
    limit: int,
) -> Sequence[Moment]:
    """Tell which turns were recorded, and which were taken back."""
    key = key_of("turn", LifeTurn.id)
    query = select(LifeTurn, key.label("key")).where(
        LifeTurn.senior_id == senior_id, *is_before(LifeTurn.recorded_at, key, before)
    )
    rows = session.execute(query.order_by(LifeTurn.recorded_at.desc(), key.desc()).limit(limit))
    return [_moment(row.LifeTurn, row.key) for row in rows]


def _moment(row: LifeTurn, key: str) -> Moment:
    state, icon = KIND_ICONS[row.kind]
    named = {"kind": str(TURN_NAMES[row.kind]), "day": full_day(row.from_on)}
    words = _("from %(day)s; things done by it: %(count)s", day=named["day"], count=len(row.effects))
    if row.undone_at is not None:
        words = _("from %(day)s; recorded by mistake and taken back", day=named["day"])
    return Moment(
        at=row.recorded_at,
        key=key,
        sort=SORT,
        icon=icon,
        title=named["kind"],
        words=words,
        state="" if row.undone_at else state,
        endpoint="turns.show_turn",
        args={"turn_id": row.id},
    )
