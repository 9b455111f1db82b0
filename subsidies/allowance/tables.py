"""An ``allowance_programme`` document as tables that a clerk reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.money import yuan
from app.policies.kinds import Table
from app.web.language import current_language
from subsidies.allowance import wording
from subsidies.allowance.reading import programme_terms
from subsidies.allowance.terms import Expiry, Lookback, Mode, Programme
from subsidies.allowance.wording import Words

Loaded = Mapping[str, Any]
ANYWHERE = "330100"


def programme_tables(loaded: Loaded) -> Sequence[Table]:
    """Put a body into tables."""
    # Only what the body says of "here" depends on the document's place, and that is told in words.
    terms = programme_terms(loaded, document_id=0, area_code=ANYWHERE)
    return (
        _who(loaded, terms),
        _entry(loaded, terms),
        _services(loaded),
        _ending(terms),
        _conflicts(loaded),
        _late(terms),
    )


def told(words: Words) -> str:
    """Choose the language of the reader."""
    return words.en if current_language() == "en" else words.zh


def describe_expiry(expiry: Expiry) -> str:
    """Say when points end."""
    if expiry.mode is Mode.MONTH_END:
        return str(gettext("end of the month of issue"))
    if expiry.mode is Mode.MONTHS:
        return str(gettext("end of the %(n)sth month, that of issue being the first", n=expiry.months))
    if expiry.mode is Mode.YEAR_END:
        return str(gettext("31 December of the year of issue"))
    first = describe_expiry(Expiry(Mode.MONTHS if expiry.months else Mode.YEAR_END, expiry.months))
    services = told(wording.describe_purpose(expiry.then_pays_for))
    then = gettext("then %(n)s more months, for %(services)s only", n=expiry.then_months, services=services)
    return f"{first}; {then}"


def _who(loaded: Loaded, terms: Programme) -> Table:
    return Table(
        part="who",
        title=gettext("Who gets how much a month"),
        columns=(gettext("For whom"), gettext("Points"), gettext("Yuan")),
        rows=tuple(
            (_for_whom(terms, number, tier.get("when", {})), str(tier["points"]), yuan(terms.who[number].amount_fen))
            for number, tier in enumerate(loaded["who"])
        ),
    )


def _for_whom(terms: Programme, number: int, when: Loaded) -> str:
    asked = wording.tier_conditions(terms, number)
    if "status" in when:
        asked["status"] = sorted(when["status"])
    own = {"hukou": when.get("hukou") is True, "residence": when.get("lives_in") is True}
    label = told(wording.describe_when({name: value for name, value in asked.items() if not own.get(name)}))
    more = [gettext("hukou here")] if own["hukou"] else []
    more += [gettext("lives here")] if own["residence"] else []
    return ", ".join([label, *more])


def _entry(loaded: Loaded, terms: Programme) -> Table:
    by = gettext("by application") if loaded["by"] == "application" else gettext("by data, nobody has to apply")
    follows = gettext("the hukou") if loaded["follows"] == "hukou" else gettext("the home")
    rows = [
        (gettext("Programme"), loaded["code"]),
        (gettext("How one comes into it"), by),
        (gettext("Which place decides"), follows),
        (
            gettext("Paid by"),
            gettext("the level that issued this") if "funder" not in loaded else told(wording.FUNDERS[terms.funder]),
        ),
    ]
    if "note" in loaded:
        rows.append((gettext("Note"), loaded["note"]))
    return _pairs("by", gettext("How it works"), rows)


def _services(loaded: Loaded) -> Table:
    rows = [(gettext("May pay for"), told(wording.describe_purpose(loaded["pays_for"])))]
    if "pays_percent" in loaded:
        rows.append((gettext("Pays at most of the person's own part"), f"{loaded['pays_percent']}%"))
    return _pairs("pays_for", gettext("What it pays"), rows)


def _ending(terms: Programme) -> Table:
    rows = [
        (gettext("Issued on day"), str(terms.issue_day)),
        (gettext("Points end"), describe_expiry(terms.expiry)),
    ]
    return _pairs("expiry", gettext("From when until when"), rows)


def _pairs(part: str, title: str, rows: Sequence[tuple[str, str]]) -> Table:
    return Table(part=part, title=title, columns=(gettext("Setting"), gettext("How exactly")), rows=tuple(rows))


def _conflicts(loaded: Loaded) -> Table:
    words = {
        "exclusive": gettext("not together"),
        "higher_only": gettext("only the higher"),
        "compatible": gettext("together"),
    }
    return Table(
        part="conflicts",
        title=gettext("Beside other programmes"),
        columns=(gettext("Other programme"), gettext("Rule"), gettext("Certainty")),
        rows=tuple(
            (each["other"], words[each["rule"]], told(wording.MARKS[each["mark"]]))
            for each in loaded.get("conflicts", ())
        ),
    )


def _late(terms: Programme) -> Table:
    words = {
        Lookback.STOP: gettext("stops from the next month, what was granted stays"),
        Lookback.CLAW_BACK: gettext("stops, and what was not due is claimed back"),
    }
    top_up = gettext("is added later") if terms.late.top_up else gettext("is not added later")
    return Table(
        part="late",
        title=gettext("When a fact is known late"),
        columns=(gettext("Event"), gettext("Then the allowance")),
        rows=(
            (gettext("A death"), words[terms.late.death]),
            (gettext("Another change"), words[terms.late.other]),
            (gettext("Too little was granted"), top_up),
        ),
    )
