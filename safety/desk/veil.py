"""One alert as those see it who need no names for their work: the auditor."""

from collections.abc import Collection
from dataclasses import replace

from app.auth.actor import Actor
from app.people.access import sees_name
from app.vault import mask_name
from safety.alerts.access import KNOWS_NAMES
from safety.desk.case import Case


def needs_veil(actor: Actor, area_code: str) -> bool:
    """Say whether somebody sees the names of a place masked."""
    return not sees_name(actor, area_code, roles=KNOWS_NAMES)


def veil(case: Case, *, names: Collection[str]) -> Case:
    """Return an alert with the names of the person and of whom to call masked, wherever they stand."""

    def hide(text: str) -> str:
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, mask_name(name)) if name else text
        return text

    return replace(
        case,
        title=hide(case.title),
        arrived_who=hide(case.arrived_who),
        closing_words=hide(case.closing_words),
        person=replace(case.person, name=hide(case.person.name), instructions=hide(case.person.instructions)),
        steps=[replace(each, title=hide(each.title), told=hide(each.told)) for each in case.steps],
        services=[replace(each, title=hide(each.title), told=hide(each.told)) for each in case.services],
        story=[replace(each, words=hide(each.words), detail=hide(each.detail)) for each in case.story],
    )
