"""From a document's body to the terms that the rules use."""

from collections.abc import Mapping
from typing import Any, Protocol

from app.areas.rules import Level, level_of, path_of
from subsidies.allowance.schema import INCOMES, LIVINGS, AllowanceProgrammeIn
from subsidies.allowance.terms import (
    RECEIVING,
    By,
    Conflict,
    Expiry,
    Follows,
    Late,
    Lookback,
    Mark,
    Mode,
    Programme,
    Rule,
    Tier,
    When,
)

Loaded = Mapping[str, Any]


class Document(Protocol):
    """What is needed of a policy document here; ``app.policies`` has the table."""

    id: Any
    area_code: Any
    body: Any


def programme_of(document: Document) -> Programme:
    """Return the terms of a document.

    :raises ValidationError: if the body does not have the kind's shape
    """
    return read_programme(document.body, document_id=document.id, area_code=document.area_code)


def read_programme(body: Loaded, *, document_id: int, area_code: str) -> Programme:
    """Turn a body into terms.

    :raises ValidationError: if it does not have the kind's shape
    """
    return programme_terms(AllowanceProgrammeIn().load(body), document_id=document_id, area_code=area_code)


def programme_terms(loaded: Loaded, *, document_id: int, area_code: str) -> Programme:
    """Turn a loaded body into terms; an area given as ``true`` is the document's own."""
    return Programme(
        document_id=document_id,
        code=loaded["code"],
        area_code=area_code,
        path=path_of(area_code),
        who=tuple(tier_terms(tier, loaded["unit_fen"], area_code) for tier in loaded["who"]),
        by=By(loaded["by"]),
        pays_for=tuple(loaded["pays_for"]),
        expiry=_expiry(loaded["expiry"]),
        funder=loaded.get("funder") or usual_funder(area_code),
        follows=Follows(loaded["follows"]),
        conflicts=tuple(
            Conflict(each["other"], Rule(each["rule"]), Mark(each["mark"])) for each in loaded.get("conflicts", ())
        ),
        issue_day=loaded["issue"]["day"],
        late=_late(loaded.get("late", {})),
    )


def tier_terms(loaded: Loaded, unit_fen: int, area_code: str) -> Tier:
    """Turn a line of the table into terms."""
    when = loaded.get("when", {})
    age = when.get("age", {})
    return Tier(
        When(
            age_from=age.get("age_from"),
            age_until=age.get("age_until"),
            income=frozenset(INCOMES[word] for word in when.get("income", ())),
            ability=frozenset(when.get("ability", ())),
            living=frozenset(LIVINGS[word] for word in when.get("living", ())),
            hukou=_path(when.get("hukou"), area_code),
            residence=_path(when.get("lives_in"), area_code),
            status=frozenset(when["status"]) if "status" in when else RECEIVING,
        ),
        loaded["points"] * unit_fen,
    )


def usual_funder(area_code: str) -> str:
    """Return who pays where a document does not say: the level that issued it, a province's by its city."""
    level = level_of(area_code)
    return "city" if level in {Level.PROVINCE, Level.CITY} else str(level)


def _path(place: str | bool | None, area_code: str) -> str | None:
    if place is None:
        return None
    return path_of(area_code if place is True else str(place))


def _expiry(loaded: Loaded) -> Expiry:
    then = loaded.get("then", {})
    return Expiry(Mode(loaded["mode"]), loaded.get("months", 0), tuple(then.get("pays_for", ())), then.get("months", 0))


def _late(loaded: Loaded) -> Late:
    standard = Late()
    return Late(
        death=Lookback(loaded.get("death", standard.death)),
        other=Lookback(loaded.get("other", standard.other)),
        top_up=loaded.get("top_up", standard.top_up),
    )
