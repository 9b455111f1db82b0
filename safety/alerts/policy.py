"""The policy kind ``safety_ladders``: who is asked for help and when, what rests, what an alert can end with."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.policies.kinds import Body, Fault, Kind, Table
from app.web.wording import in_language, join
from safety.alerts.ladders import SERVICES, Rung
from safety.alerts.policy_example import EXAMPLE
from safety.alerts.policy_reading import NAME
from safety.alerts.policy_schema import SafetyLaddersIn
from safety.alerts.words import GROUP_NAMES, MEANS_NAMES, MOMENT_NAMES, PART_NAMES, TELLS_NAMES, ladder_name, rung_name

# A rule of life and death that ended by itself would be an alarm that nobody has answered.
NEVER_CLEARS = frozenset({"sos", "smoke", "gas", "flood", "fall", "unknown_call"})


def find_faults(loaded: Mapping[str, Any], _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``safety_ladders`` body."""
    yield from _ladder_faults(loaded["ladders"])
    for index, ladder in enumerate(loaded["ladders"]):
        yield from _step_faults(ladder["steps"], ("ladders", index, "steps"))
    for index, rule in enumerate(loaded["clears"]):
        if rule in NEVER_CLEARS:
            yield Fault(("clears", index), _l("An alarm of life and death does not end by itself."))
    for part in ("results", "outcomes", "causes"):
        codes = [each["code"] for each in loaded[part]]
        yield from (
            Fault((part, index, "code"), _l("This is there twice."))
            for index, code in enumerate(codes)
            if code in codes[:index]
        )
    yield from _word_faults(loaded)
    if loaded["idle_minutes"]["p1"] > loaded["idle_minutes"]["p2"]:
        yield Fault(("idle_minutes", "p1"), _l("The more urgent one may not rest longer than the other."))


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``safety_ladders`` body into tables."""
    return (_ladder_table(loaded), _time_table(loaded), *_word_tables(loaded))


def _ladder_faults(ladders: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    for priority in (1, 2):
        if not any(each["priority"] == priority and not each["rules"] for each in ladders):
            yield Fault(("ladders",), _l("Priority %(n)s has no ladder for whatever rule.", n=priority))
    for index, ladder in enumerate(ladders):
        if ladder["name"] in [each["name"] for each in ladders[:index]]:
            yield Fault(("ladders", index, "name"), _l("This is there twice."))
        hidden = [each for each in ladders[:index] if each["priority"] == ladder["priority"] and not each["rules"]]
        if hidden:
            yield Fault(
                ("ladders", index), _l("A ladder before this one is for all of its priority: nobody gets here.")
            )


def _step_faults(steps: Sequence[Mapping[str, Any]], path: tuple[str | int, ...]) -> Iterator[Fault]:
    before = -1
    for index, step in enumerate(steps):
        asked = [(each["ask"], each["nth"]) for each in steps[:index]]
        if (step["ask"], step["nth"]) in asked:
            yield Fault((*path, index), _l("This is there twice."))
        is_service = Rung(step["ask"]) in SERVICES
        if is_service != (step["after_seconds"] is None) or (is_service and step["tells"] != "never"):
            told = _l("120, 119 and 110 are called by an operator alone and have no time; every other step has one.")
            yield Fault((*path, index, "after_seconds"), told)
        elif not is_service:
            if step["after_seconds"] < before:
                yield Fault((*path, index, "after_seconds"), _l("A step comes no sooner than the one before it."))
            before = step["after_seconds"]
    if not any(step["ask"] == "operator" for step in steps):
        yield Fault(path, _l("Somebody at the desk must be asked."))


def _word_faults(loaded: Mapping[str, Any]) -> Iterator[Fault]:
    means = {each["means"] for each in loaded["results"]}
    missing = [each for each in ("coming", "well", "none") if each not in means]
    if missing:
        yield Fault(("results",), _l("No result means: %(means)s.", means=", ".join(missing)))
    groups = {each["group"] for each in loaded["outcomes"]}
    missing = [each for each in ("false_alarm", "well", "device") if each not in groups]
    if missing:
        yield Fault(("outcomes",), _l("No outcome means: %(means)s.", means=", ".join(missing)))


def _ladder_table(loaded: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            gettext("%(ladder)s, priority %(n)s", ladder=ladder_name(ladder["name"]), n=ladder["priority"]),
            rung_name(step["ask"], step["nth"]),
            gettext("only by an operator") if step["after_seconds"] is None else _seconds(step["after_seconds"]),
            str(TELLS_NAMES[step["tells"]]),
        )
        for ladder in loaded["ladders"]
        for step in ladder["steps"]
    )
    columns = (gettext("Ladder"), gettext("Who"), gettext("After"), gettext("By itself"))
    return Table(part="ladders", title=gettext("Who is asked for help, and when"), columns=columns, rows=rows)


def _time_table(loaded: Mapping[str, Any]) -> Table:
    def three(part: str, text: Any) -> list[tuple[str, str]]:
        return [(str(text) % {"n": key[1:]}, _minutes(value)) for key, value in loaded[part].items()]

    told = [
        (
            gettext("Families hear of priority %(n)s", n=key[1:]),
            join([str(MOMENT_NAMES[each]) for each in value]) or gettext("nothing"),
        )
        for key, value in loaded["tell_family"].items()
    ]
    silent = [
        (gettext("%(part)s counts as silent after", part=PART_NAMES[key]), _seconds(value))
        for key, value in loaded["silent_seconds"].items()
    ]
    rows = (
        *three("idle_minutes", _l("Priority %(n)s, taken and nothing done, rings again after")),
        *three("shelve_minutes", _l("Priority %(n)s rests at most")),
        (
            gettext("Where somebody is on the way, the next is asked after"),
            _minutes(loaded["coming_minutes"]),
        ),
        (gettext("A device that is well again is closed after"), _minutes(loaded["settle_minutes"])),
        (gettext("Another alarm counts as the same trouble within"), gettext("%(n)s hours", n=loaded["reopen_hours"])),
        *told,
        *(
            (gettext("Answered within %(time)s", time=_seconds(each["seconds"])), _share(each))
            for each in loaded["answered"]
        ),
        *(
            (gettext("Somebody there within %(time)s", time=_seconds(each["seconds"])), _share(each))
            for each in loaded["attended"]
        ),
        *silent,
        (gettext("Reminded of what is silent every"), _minutes(loaded["remind_minutes"])),
        (gettext("An operator whose desk is silent counts as off duty after"), _minutes(loaded["desk_silent_minutes"])),
        (
            gettext("Asked in vain, the last one is asked again every"),
            gettext(
                "%(every)s, %(n)s times, then once a day",
                every=_minutes(loaded["unanswered"]["every_minutes"]),
                n=loaded["unanswered"]["most"],
            ),
        ),
    )
    columns = (gettext("Rule"), gettext("How much"))
    return Table(part="idle_minutes", title=gettext("Times and targets"), columns=columns, rows=rows)


def _word_tables(loaded: Mapping[str, Any]) -> tuple[Table, ...]:
    results = tuple((in_language(each["name"]), str(MEANS_NAMES[each["means"]])) for each in loaded["results"])
    outcomes = tuple((in_language(each["name"]), str(GROUP_NAMES[each["group"]])) for each in loaded["outcomes"])
    causes = tuple((in_language(each["name"]),) for each in loaded["causes"])
    means = gettext("What it means")
    return (
        Table(
            part="results", title=gettext("What can come of a call"), columns=(gettext("Result"), means), rows=results
        ),
        Table(
            part="outcomes", title=gettext("How an alert can end"), columns=(gettext("Outcome"), means), rows=outcomes
        ),
        Table(part="causes", title=gettext("Causes of false alarms"), columns=(gettext("Cause"),), rows=causes),
    )


def _share(goal: Body) -> str:
    whole, tenth = divmod(goal["permille"], 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _minutes(count: int) -> str:
    if count and count % (24 * 60) == 0:
        return str(gettext("%(n)s days", n=count // (24 * 60)))
    if count and count % 60 == 0:
        return str(gettext("%(n)s hours", n=count // 60))
    return str(gettext("%(n)s minutes", n=count))


def _seconds(count: int) -> str:
    if count and count % 60 == 0:
        return str(gettext("%(n)s minutes", n=count // 60))
    return str(gettext("%(n)s seconds", n=count))


SAFETY_LADDERS = Kind(
    name=NAME,
    label=_l("Alerts and who answers them"),
    schema=SafetyLaddersIn,
    checks=find_faults,
    tables=list_tables,
    example=dict(EXAMPLE),
)
