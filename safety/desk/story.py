"""What happened around an alert, newest first: what the home said before, what was heard, who did what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.queries import list_names
from app.web.wording import in_language
from safety.alerts.ladders import Means, Rung
from safety.alerts.models import AlertNote, AlertRing, AlertSignal, AlertStep, Incident
from safety.alerts.rules import Kind, Ring
from safety.alerts.terms import AlertRules
from safety.alerts.words import RING_NAMES, RUNG_NAMES
from safety.desk.choices import outcome_words
from safety.desk.words import NOTE_NAMES, explain, heard_words, place_name, rule_name, seconds_words
from safety.intake.queries import Said, list_events

# What the home said before: so much, as far back as this.
BEFORE, MOST_BEFORE = timedelta(hours=3), 6
MOST_SIGNALS = 40
MOST_NOTES = 200
# Told by the ring that somebody answered.
TAKEN = "taken"
GOOD = frozenset({Means.COMING, Means.WELL, Means.HELP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened."""

    at: datetime
    words: str
    detail: str = ""
    state: str = ""
    is_strong: bool = False
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The rows that a story is told from."""

    signals: Sequence[AlertSignal]
    rings: Sequence[AlertRing]
    steps: Sequence[AlertStep]
    notes: Sequence[AlertNote]
    names: Mapping[int, str] = field(default_factory=dict)


def read_records(session: Session, *, incident: Incident) -> Records:
    """Read what was written down about an alert: a constant number of statements."""
    signals = select(AlertSignal).where(AlertSignal.incident_id == incident.id).order_by(AlertSignal.id.desc())
    rings = select(AlertRing).where(AlertRing.incident_id == incident.id).order_by(AlertRing.id.desc())
    steps = select(AlertStep).where(AlertStep.incident_id == incident.id)
    notes = select(AlertNote).where(AlertNote.incident_id == incident.id).order_by(AlertNote.id.desc())
    found = Records(
        signals=session.scalars(signals.limit(MOST_SIGNALS)).all(),
        rings=session.scalars(rings.limit(MOST_SIGNALS)).all(),
        steps=session.scalars(steps.order_by(AlertStep.round, AlertStep.position)).all(),
        notes=session.scalars(notes.limit(MOST_NOTES)).all(),
    )
    return Records(
        signals=found.signals,
        rings=found.rings,
        steps=found.steps,
        notes=found.notes,
        names=list_names(session, account_ids=_accounts(incident, found)),
    )


def tell(session: Session, *, incident: Incident, records: Records, rules: AlertRules) -> list[Line]:
    """Return the whole story, newest first."""
    lines = [*tell_signals(records), *tell_rings(records, rules), *tell_steps(records, rules), *tell_notes(records)]
    lines += tell_endings(incident, records, rules)
    if incident.home_id is not None:
        since = incident.raised_at - BEFORE
        said = list_events(session, home_id=incident.home_id, since=since, until=incident.raised_at, limit=MOST_BEFORE)
        lines += [_before(each) for each in said]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def tell_signals(records: Records) -> Iterable[Line]:
    """Tell what was heard; the first is what it is about."""
    first = min((each.id for each in records.signals), default=0)
    for each in records.signals:
        name = rule_name(each.rule)
        if each.kind == Kind.CLEAR:
            yield Line(at=each.occurred_at, words=str(_("Over: %(what)s", what=name)), state="ok")
            continue
        yield Line(
            at=each.occurred_at,
            words=name if each.id == first else str(_("Again: %(what)s", what=name)),
            detail=explain(each.why) or (place_name(each.place) if each.place else ""),
            state="danger" if each.priority == 1 else "warn",
            is_strong=each.id == first,
        )


def tell_rings(records: Records, rules: AlertRules) -> Iterable[Line]:
    """Tell when it rang anew, and who answered after how long."""
    for each in records.rings:
        if each.kind != Ring.NEW:
            yield Line(at=each.began_at, words=str(_("Rang again: %(why)s", why=RING_NAMES[each.kind])), state="warn")
        if each.answered_at is None:
            continue
        seconds = int((each.answered_at - each.began_at).total_seconds())
        name = records.names.get(each.answered_by or 0, "")
        is_in_time = seconds <= rules.goals.answer[0].within.total_seconds()
        yield Line(
            at=each.answered_at,
            words=str(_("%(name)s answered", name=name)),
            detail=_(", ").join([seconds_words(seconds), _("in time") if is_in_time else _("late")]),
            state="ok" if is_in_time else "warn",
            is_strong=True,
        )


def tell_steps(records: Records, rules: AlertRules, *, with_words: bool = True) -> Iterable[Line]:
    """Tell who was asked and what came of it; what was left out is seen in the steps.

    :param with_words: also what somebody wrote down about it, and who
    """
    for each in records.steps:
        asked = f"{RUNG_NAMES[each.kind]} {each.target}".strip()
        if each.started_at is not None and each.by_account is None:
            yield Line(at=each.started_at, words=str(_("%(who)s: asked", who=asked)))
        if each.done_at is None or each.kind == Rung.OPERATOR:
            # That an operator took the alert is told by the ring they answered.
            continue
        result = rules.result(each.result)
        told = str(in_language(result.name)) if result else ""
        parts = (records.names.get(each.by_account or 0, ""), each.words) if with_words else ()
        yield Line(
            at=each.done_at,
            words=_(": ").join(part for part in (asked, told) if part),
            detail=_(", ").join(part for part in parts if part),
            state="ok" if each.means in GOOD else "",
        )


def tell_notes(records: Records) -> Iterable[Line]:
    """Tell what people wrote and did."""
    for each in records.notes:
        if each.kind == TAKEN:
            continue
        name = records.names.get(each.by_account or 0, "")
        what = NOTE_NAMES.get(each.kind)
        if what is None:
            yield Line(at=each.at, words=each.words, detail=name)
        else:
            told = _(": ").join(part for part in (name, str(what)) if part)
            yield Line(at=each.at, words=told, detail=each.words)


def tell_endings(incident: Incident, records: Records, rules: AlertRules) -> Iterable[Line]:
    """Tell that somebody is there, and how it ended."""
    if incident.attended_at is not None:
        who = incident.arrived_who or str(_("Somebody"))
        yield Line(at=incident.attended_at, words=str(_("%(who)s is there", who=who)), state="ok", is_strong=True)
    if incident.closed_at is not None:
        words = outcome_words(rules, outcome=incident.outcome, cause=incident.cause)
        name = records.names.get(incident.closed_by or 0, "")
        detail = _(", ").join(part for part in (name, incident.closing_words) if part)
        told = str(_("Ended: %(how)s", how=words)) if words else str(_("Ended by itself"))
        yield Line(at=incident.closed_at, words=told, detail=detail, state="ok", is_strong=True)


def _before(said: Said) -> Line:
    return Line(at=said.device_at, words=heard_words(said.kind, said.place, said.state))


def _accounts(incident: Incident, records: Records) -> set[int]:
    """Return everybody who is named in a story."""
    rows: list[Any] = [*(each.answered_by for each in records.rings), *(each.by_account for each in records.steps)]
    rows += [*(each.by_account for each in records.notes), incident.taken_by, incident.closed_by, incident.shelved_by]
    return {each for each in rows if each is not None}
