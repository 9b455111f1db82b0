"""The outbox of voice calls: a row first, the ringing after the commit, and what came of it into the step.

A call that nobody picks up, a gateway that is down, a product that is killed in between: each ends in an answer of
its own, and the ladder goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import vault
from app.db import transaction
from app.messages.channels.interface import GiveUp, Retry
from app.people.queries import names_of
from app.tokens import new_id
from safety.alerts.channels import Call, CallChannel, can_call
from safety.alerts.ladders import Means, Rung
from safety.alerts.models import AlertCall, AlertStep, Incident
from safety.alerts.people import sealed_phones
from safety.alerts.words import alarm_name
from safety.kits.queries import phones_of

# Longer than the slowest batch; a call that was claimed by somebody who died is placed again, with the same key.
LEASE = timedelta(seconds=60)
# How long a telephone rings before the next one is asked.
RINGS_FOR = timedelta(seconds=45)
BETWEEN_TRIES = timedelta(seconds=5)
MOST_TRIES = 3
BATCH = 8
KEYS_BACK = {"1": "well", "2": "help"}
KEYS_GO = {"1": "coming", "2": "none"}

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A call that is ours to place."""

    id: int
    call: Call


def queue_call(session: Session, incident: Incident, step: AlertStep, *, now: datetime) -> bool:
    """Write down a call for a step; say whether there is anybody to ring, and a way to."""
    if not can_call(session):
        return False
    sealed = _number(session, incident, step)
    if sealed is None:
        return False
    call = AlertCall(
        key=str(new_id()),
        incident_id=incident.id,
        step_id=step.id,
        kind=step.kind,
        name=step.target,
        phone_sealed=sealed,
        due_at=now,
        created_at=now,
    )
    session.add(call)
    return True


def drop_calls(session: Session, *, incident_id: int, kinds: frozenset[str] | None = None, now: datetime) -> None:
    """Take back the calls of an alert that have not begun to ring: somebody else speaks to them now."""
    query = update(AlertCall).where(AlertCall.incident_id == incident_id, AlertCall.state == "waiting")
    if kinds is not None:
        query = query.where(AlertCall.kind.in_(sorted(kinds)))
    session.execute(query.values(state="given_up", done_at=now, last_error="not needed any more", phone_sealed=b""))


def place_due(channel: CallChannel | None, *, clock: Clock) -> int:
    """Place the calls that are due and return how many; no transaction spans the network. Safe to run twice."""
    with transaction() as session:
        claimed = _claim(session, now=clock())
    for each in claimed:
        fault, is_final = _place(channel, each.call)
        with transaction() as session:
            _note(session, each.id, fault=fault, is_final=is_final, now=clock())
    return len(claimed)


def find_rung_out(session: Session, *, now: datetime, limit: int) -> list[AlertCall]:
    """Lock the calls that nobody picked up, or that could not be placed."""
    query = (
        select(AlertCall)
        .where(AlertCall.state == "ringing", AlertCall.due_at <= now)
        .order_by(AlertCall.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def _number(session: Session, incident: Incident, step: AlertStep) -> bytes | None:
    if step.kind == Rung.CALLBACK:
        return sealed_phones(session, senior_ids=[incident.senior_id or 0]).get(incident.senior_id or 0)
    found = phones_of(session, contact_ids=[step.contact_id]) if step.contact_id else {}
    number = found.get(step.contact_id or 0)
    return vault.seal(number) if number else None


def _claim(session: Session, *, now: datetime) -> list[_Claimed]:
    query = (
        select(AlertCall)
        .where(AlertCall.state == "waiting", AlertCall.due_at <= now)
        .order_by(AlertCall.due_at, AlertCall.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    claimed = []
    for row in session.scalars(query):
        row.due_at, row.tries = now + LEASE, row.tries + 1
        claimed.append(_Claimed(row.id, write_call(session, row)))
    return claimed


def write_call(session: Session, row: AlertCall) -> Call:
    """Return a call as it is placed: what the voice says, and which keys mean what."""
    incident = session.get_one(Incident, row.incident_id)
    name = names_of(session, senior_ids=[incident.senior_id or 0]).get(incident.senior_id or 0, "")
    with force_locale("zh_Hans_CN"):
        is_back = row.kind == Rung.CALLBACK
        text = call_text(name=name, rule=incident.rule, is_back=is_back)
    return Call(key=row.key, phone=vault.unseal(row.phone_sealed), text=text, keys=KEYS_BACK if is_back else KEYS_GO)


def call_text(*, name: str, rule: str, is_back: bool) -> str:
    """Return what a voice says on the telephone."""
    if is_back:
        return str(
            _("%(name)s, this is the alarm desk. If all is well, press 1. If you need help, press 2.", name=name)
        )
    return str(
        _(
            "This is the alarm desk. %(name)s: %(alarm)s, and nobody was reached."
            " If you go there, press 1. If you cannot, press 2.",
            name=name,
            alarm=alarm_name(rule),
        )
    )


def _place(channel: CallChannel | None, call: Call) -> tuple[str, bool]:
    """Try to place a call; return what is wrong, and whether trying again makes no sense."""
    if channel is None:
        return "no channel", True
    try:
        channel.place(call)
    except GiveUp as refusal:
        return str(refusal), True
    except Retry as fault:
        return str(fault), False
    except Exception as error:
        log.exception("safety.call_failed")
        return type(error).__name__, False
    return "", False


def _note(session: Session, call_id: int, *, fault: str, is_final: bool, now: datetime) -> None:
    """Write down what came of a try. What could not be placed ends like a call that nobody picked up, at once."""
    row = session.get_one(AlertCall, call_id, with_for_update=True, populate_existing=True)
    if row.state != "waiting":
        return
    row.last_error = fault[:200].replace(vault.unseal(row.phone_sealed), "…")
    if fault and not is_final and row.tries < MOST_TRIES:
        row.due_at = now + BETWEEN_TRIES
    else:
        row.state, row.placed_at = "ringing", None if fault else now
        row.due_at = now if fault else now + RINGS_FOR


def finish_call(row: AlertCall, *, means: Means, now: datetime) -> None:
    """Write down what came of a call, and forget the number: it was copied to be rung once."""
    row.state, row.means, row.done_at, row.phone_sealed = "done", means, now, b""
