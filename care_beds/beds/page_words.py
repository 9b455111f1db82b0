"""What the pages of beds say: words by name, days, and the sentences that stand first."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.money import yuan
from app.people.wording import ABILITY_NAMES, INCOME_NAMES, LIVING_NAMES
from app.web.language import ENGLISH, current_language
from app.web.wording import full_day, group, in_language, join
from care_beds.beds.policy import STEP_DUTIES
from care_beds.beds.queries import StateCount
from care_beds.beds.rules import ENDED, NEXT, CloseReason, State, add_months
from care_beds.beds.words import (
    CLOSE_REASONS,
    DEVICE_CHIPS,
    DWELLING_NAMES,
    HAZARD_NAMES,
    ITEM_CHIPS,
    LIVES_WITH_NAMES,
    NEXT_NAMES,
    PARTY_NAMES,
    PAUSE_REASONS,
    PROPOSAL_REASONS,
    PROPOSALS,
    RELATION_NAMES,
    STATE_CHIPS,
    STEP_NAMES,
    tell_lacks,
)


def place_of(item: Any) -> str:
    """Name a place in the language of the request."""
    return str((current_language() == ENGLISH and item.place_en) or item.place)


def list_title(counts: Mapping[str, StateCount]) -> str:
    """Say how many beds there are, and first how many are late."""
    open_beds = sum(found.count for state, found in counts.items() if State(state) not in ENDED)
    late = sum(found.overdue for found in counts.values())
    if late:
        return str(ngettext("%(num)s bed is overdue", "%(num)s beds are overdue", late))
    if open_beds:
        beds = ngettext("%(num)s bed", "%(num)s beds", open_beds) % {"num": group(open_beds)}
        return str(_("%(beds)s, nothing is overdue", beds=beds))
    return str(_("There are no beds yet"))


def tell_detail(step: Any) -> str:
    """Say in a line what was written down with a step."""
    found = step.detail
    parts: Sequence[str | None] = (
        str(_("level %(level)s", level=found["level"])) if found.get("level") is not None else None,
        found.get("provider_name"),
        str(CLOSE_REASONS.get(found["reason"]) or PAUSE_REASONS.get(found["reason"], ""))
        if "reason" in found
        else None,
    )
    told = [part for part in parts if part]
    return (", " if current_language() == ENGLISH else "，").join(told)


def named(titles: Mapping[str, Mapping[str, str]]) -> Sequence[tuple[str, str]]:
    """Return the things of the rules as choices."""
    return [(code, str(in_language(title))) for code, title in titles.items()]


def provider_choices(providers: Sequence[Any], bed: Any, present: str) -> Sequence[tuple[int, str]]:
    """Return providers as choices, the present one first; others only with papers that hold and a place free."""
    others = [each for each in providers if each.has_papers and each.free and each.id != bed.provider_id]
    return [(bed.provider_id, present), *((each.id, each.name) for each in others)]


def place_choices(places: Sequence[Any]) -> Sequence[tuple[str, str]]:
    """Return places as choices."""
    return [(each.code, (current_language() == ENGLISH and each.name_en) or each.name) for each in places]


def hazards_of(survey: Any) -> str:
    """Name what is dangerous in a home."""
    return join([str(HAZARD_NAMES[each]) for each in survey.hazards])


def short_month(month: Any) -> str:
    """Write a month above the picture: 11月; Nov."""
    return str(month.strftime("%b") if current_language() == ENGLISH else f"{month.month}月")


def next_of(state: str) -> str:
    """Return the step that waits in a state, or nothing."""
    return str(NEXT.get(State(state), ""))


def close_guess(bed: Any) -> str:
    """Return the reason for closing that the register suggests."""
    return CLOSE_GUESSES.get(bed.proposal_reason or "", CloseReason.WISH)


CLOSE_GUESSES: Mapping[str, str] = {
    "deceased": CloseReason.DEATH,
    "in_institution": CloseReason.INSTITUTION,
    "moved_away": CloseReason.MOVED,
    "level": CloseReason.RECOVERED,
}
STAGE_NAMES: Mapping[str, Any] = {
    "application": _l("Application"),
    "assessment": _l("Assessment"),
    "planning": _l("Planning"),
    "agreement": _l("Signing"),
    "fitting": _l("Fitting out"),
    "service": _l("In service"),
    "pause": _l("Resting"),
    "closing": _l("Ending"),
}
WORDS: Mapping[str, Any] = {
    "add_months": add_months,
    "named": named,
    "provider_choices": provider_choices,
    "place_choices": place_choices,
    "hazards_of": hazards_of,
    "short_month": short_month,
    "next_of": next_of,
    "close_guess": close_guess,
    "tell_lacks": tell_lacks,
    "stage_names": STAGE_NAMES,
    "state_chips": STATE_CHIPS,
    "step_names": STEP_NAMES,
    "next_names": NEXT_NAMES,
    "duty_names": STEP_DUTIES,
    "relation_names": RELATION_NAMES,
    "close_reasons": CLOSE_REASONS,
    "pause_reasons": PAUSE_REASONS,
    "party_names": PARTY_NAMES,
    "dwelling_names": DWELLING_NAMES,
    "lives_with_names": LIVES_WITH_NAMES,
    "hazard_names": HAZARD_NAMES,
    "item_chips": ITEM_CHIPS,
    "device_chips": DEVICE_CHIPS,
    "proposals": PROPOSALS,
    "proposal_reasons": PROPOSAL_REASONS,
    "ability_names": ABILITY_NAMES,
    "income_names": INCOME_NAMES,
    "living_names": LIVING_NAMES,
    "place_of": place_of,
    "tell_detail": tell_detail,
    "full_day": full_day,
    "yuan": yuan,
}
