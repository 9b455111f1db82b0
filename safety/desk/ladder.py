"""The steps of an alert as the desk shows them: what was done, the one that is open now, and what comes by itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.vault import mask_phone
from app.web.wording import in_language
from safety.alerts.ladders import SERVICES, Rung
from safety.alerts.models import AlertStep, Incident
from safety.alerts.terms import AlertRules
from safety.alerts.words import SKIPPED_NAMES, rung_name
from safety.desk.person_card import PersonCard
from safety.kits.queries import Contact

# The person at home: rung by the product, and by whoever takes the alert before that came to anything.
AT_HOME = frozenset({Rung.CALLBACK, Rung.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of the ladder."""

    id: int
    kind: str
    title: str
    detail: str
    told: str
    due_at: datetime | None
    done_at: datetime | None
    is_done: bool
    is_skipped: bool
    is_now: bool = False
    is_waiting: bool = False
    phone: str = ""
    dial: str = ""

    @property
    def due_ms(self) -> int | None:
        """Return when it comes by itself, as a browser counts; nothing once it has come."""
        if self.due_at is None or self.is_done or self.is_skipped:
            return None
        return int(self.due_at.timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who stands behind the steps: the person, the contacts with their whole numbers, and the words of results."""

    card: PersonCard
    contacts: Mapping[int, Contact]
    phones: Mapping[int, str]
    rules: AlertRules


def view_steps(steps: Sequence[AlertStep], incident: Incident, known: Known) -> tuple[list[StepView], list[StepView]]:
    """Return the steps of the present round, and the services that only an operator calls.

    Of the round, the first that waits for a result is open; one at a time, so that none is forgotten.
    """
    round_ = [each for each in steps if each.round == incident.round]
    shown = [_view(each, known) for each in round_ if not _is_uncalled(each)]
    services = [_view(each, known) for each in round_ if _is_uncalled(each)]
    return _open_first(shown, round_), services


def _is_uncalled(step: AlertStep) -> bool:
    return step.kind in SERVICES and step.started_at is None and step.done_at is None


def _open_first(views: Sequence[StepView], steps: Collection[AlertStep]) -> list[StepView]:
    started = {each.id for each in steps if each.started_at is not None}
    waiting = [each for each in views if each.is_waiting]
    # What was begun comes before what is only next.
    first = next((each for each in waiting if each.id in started), waiting[0] if waiting else None)
    return [replace(each, is_now=True) if each is first else each for each in views]


def _view(step: AlertStep, known: Known) -> StepView:
    contact = known.contacts.get(step.contact_id or 0)
    phone = known.phones.get(step.contact_id or 0, "")
    if step.kind in AT_HOME:
        phone = known.card.phone
    return StepView(
        id=step.id,
        kind=step.kind,
        title=title_of(step, contact, known.card.name if step.done_at is None else ""),
        detail=_detail(contact),
        told=_told(step, known.rules),
        due_at=step.due_at if step.started_at is None else None,
        done_at=step.done_at,
        is_done=step.done_at is not None,
        is_skipped=bool(step.skipped_reason),
        is_waiting=step.done_at is None and not step.skipped_reason,
        phone=mask_phone(phone) if phone else (contact.phone if contact else ""),
        dial=phone,
    )


def title_of(step: AlertStep, contact: Contact | None, person: str) -> str:
    """Name a step: who is asked, by name where somebody is named.

    :param person: who lives there, while the call to them is still to be made
    """
    if step.kind == Rung.CALLBACK and person:
        return str(_("Call %(name)s at home", name=person))
    name = step.target or (contact.name if contact else "")
    relation = contact.relation if contact else ""
    if contact is not None:
        return str(_("Call %(who)s", who=" ".join(part for part in (relation, name) if part)))
    return f"{rung_name(step.kind, step.nth)} {name}".strip()


def _detail(contact: Contact | None) -> str:
    if contact is None:
        return ""
    parts = [str(_("has a key"))] if contact.has_key else []
    if contact.minutes_away is not None:
        parts.append(str(ngettext("%(num)s minute away", "%(num)s minutes away", contact.minutes_away)))
    return str(_(", ")).join(parts)


def _told(step: AlertStep, rules: AlertRules) -> str:
    """Say what came of a step, why it was left out, or whether somebody was asked already."""
    if step.skipped_reason:
        return str(SKIPPED_NAMES.get(step.skipped_reason, step.skipped_reason))
    if step.done_at is not None:
        result = rules.result(step.result)
        words = [str(in_language(result.name)) if result else "", step.words]
        return str(_(", ")).join(word for word in words if word)
    if step.started_at is not None:
        return str(_("was asked, no answer yet"))
    return str(_("comes by itself")) if step.tells != "never" and step.due_at else ""
