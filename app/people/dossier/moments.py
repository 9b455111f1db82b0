"""What the registry itself tells of a person's life: registered, where they were, cards, relatives, notes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Actor
from app.clock import business_day
from app.dossier import Before, Moment, cut_moments, day_moment, is_before, key_of
from app.people.access import sees_name
from app.people.card_numbers import CardState
from app.people.dossier.models import SeniorNote
from app.people.dossier.notes import readable
from app.people.dossier.rules import NoteKind
from app.people.models import Card, Senior, SeniorStatus
from app.people.queries import places_of
from app.people.relatives.models import RelativeLink
from app.people.relatives.rules import Relation
from app.people.relatives.wording import RELATION_NAMES
from app.people.rules import Status
from app.people.wording import STATUS_NAMES

LIFE, CARDS, FAMILY, NOTES = "life", "cards", "family", "notes"
MOST = 200
SHOWN_OF_NOTE = 120
CARD_ENDS = {
    CardState.LOST: _l("Card reported lost"),
    CardState.REPLACED: _l("Card replaced"),
    CardState.CANCELLED: _l("Card cancelled"),
}
STATUS_ICONS = {
    Status.ACTIVE: ("home", ""),
    Status.IN_HOSPITAL: ("clock", "warn"),
    Status.IN_INSTITUTION: ("bed", "info"),
    Status.MOVED_AWAY: ("pin", "info"),
    Status.DECEASED: ("stop", "warn"),
}


def life_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees a person sees this
    before: Before | None,
    limit: int,
) -> Sequence[Moment]:
    """Tell when a person was registered, and what their status was from which day on."""
    query = select(SeniorStatus, Senior.registered_at).join(Senior).where(SeniorStatus.senior_id == senior_id)
    rows = session.execute(query.order_by(SeniorStatus.from_on.desc()).limit(MOST)).all()
    told = [_status(row) for row, registered_at in rows if not _is_first(row, registered_at)]
    if rows:
        told.append(
            Moment(at=rows[0].registered_at, key="senior:registered", sort=LIFE, icon="person", title=_("Registered"))
        )
    return cut_moments(told, before=before, limit=limit)


def card_moments(
    session: Session,
    *,
    senior_id: int,
    actor: Actor,  # noqa: ARG001 - whoever sees a person sees this
    before: Before | None,
    limit: int,
) -> Sequence[Moment]:
    """Tell when cards were issued, and when they went out of use."""
    query = select(Card).where(Card.senior_id == senior_id).order_by(Card.issued_at, Card.number).limit(MOST)
    told = [each for place, card in enumerate(session.scalars(query)) for each in _card(card, place)]
    return cut_moments(told, before=before, limit=limit)


def relative_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell when relatives were linked, and when a link ended."""
    query = select(RelativeLink).where(
        RelativeLink.senior_id == senior_id,
        RelativeLink.relation != Relation.SELF,
        or_(RelativeLink.decided_at.isnot(None), RelativeLink.ended_at.isnot(None)),
    )
    rows = session.scalars(query.order_by(RelativeLink.id.desc()).limit(MOST))
    places = places_of(session, senior_id=senior_id, actor=actor)
    sees_names = sees_name(actor, *places)
    return cut_moments([each for row in rows for each in _link(row, sees_names)], before=before, limit=limit)


def note_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell what was noted about a person; of what is confidential only that it was."""
    places = places_of(session, senior_id=senior_id, actor=actor)
    key = key_of("note", SeniorNote.id)
    query = (
        select(SeniorNote)
        .where(readable(senior_id, actor, places), *is_before(SeniorNote.written_at, key, before))
        .order_by(SeniorNote.written_at.desc(), key.desc())
        .limit(limit)
    )
    return [_note(note) for note in session.scalars(query)]


def _is_first(row: SeniorStatus, registered_at: datetime) -> bool:
    """Tell whether a status only says that somebody newly registered is at home."""
    return row.status == Status.ACTIVE and row.from_on == business_day(registered_at)


def _status(row: SeniorStatus) -> Moment:
    icon, state = STATUS_ICONS[Status(row.status)]
    return Moment(
        at=day_moment(row.from_on),
        key=f"status:{row.from_on.isoformat()}",
        sort=LIFE,
        icon=icon,
        title=_("Status: %(status)s", status=STATUS_NAMES[Status(row.status)]),
        words=_("until before %(day)s", day=row.until_on.isoformat()) if row.until_on else "",
        state=state,
    )


def _card(card: Card, place: int) -> Iterator[Moment]:
    tail = _("ending in %(tail)s", tail=card.number[-4:])
    yield Moment(
        at=card.issued_at, key=f"card:{place}:issued", sort=CARDS, icon="card", title=_("Card issued"), words=tail
    )
    if card.state != "issued":
        yield Moment(
            at=card.changed_at,
            key=f"card:{place}:{card.state}",
            sort=CARDS,
            icon="card-off",
            title=CARD_ENDS[CardState(card.state)],
            words=tail,
            state="warn" if card.state == "lost" else "",
        )


def _link(link: RelativeLink, sees_names: bool) -> Iterator[Moment]:
    name = link.name if sees_names else vault.mask_name(link.name)
    words = _("%(name)s, %(relation)s", name=name, relation=RELATION_NAMES[Relation(link.relation)])
    goes: dict[str, Any] = {"endpoint": "relatives.show_relatives", "args": {"senior_id": link.senior_id}}
    if link.decided_at and link.state != "refused":
        yield Moment(
            at=link.decided_at,
            key=f"link:{link.id}:linked",
            sort=FAMILY,
            icon="people",
            title=_("Relative linked"),
            words=words,
            **goes,
        )
    if link.ended_at:
        yield Moment(
            at=link.ended_at,
            key=f"link:{link.id}:ended",
            sort=FAMILY,
            icon="people",
            title=_("Link to a relative ended"),
            words=words,
            **goes,
        )


def _note(note: SeniorNote) -> Moment:
    is_plain = note.kind == NoteKind.PLAIN
    body = vault.unseal(note.body_sealed) if is_plain else ""
    return Moment(
        at=note.written_at,
        key=f"note:{note.id}",
        sort=NOTES,
        icon="pen" if is_plain else "lock",
        title=_("Note corrected") if note.corrects else _("Staff note") if is_plain else _("Confidential note"),
        words=body if len(body) <= SHOWN_OF_NOTE else f"{body[:SHOWN_OF_NOTE]}…",
        endpoint="seniors.show",
        args={"senior_id": note.senior_id, "tab": "notes"},
    )
