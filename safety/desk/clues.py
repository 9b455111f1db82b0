"""What may tell where a call from nowhere comes from: which key, through which gateway, and where it stood last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from safety.alerts.access import shown_names
from safety.alerts.models import AlertSignal, Incident
from safety.alerts.rules import UNKNOWN_CALL
from safety.kits.page_words import KIND_NAMES
from safety.kits.queries import homes_of

MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One key that called, and where it stood last if it ever stood anywhere."""

    ref: str
    kind: str
    home_id: int | None
    name: str
    place: str


def find_clues(session: Session, *, incident: Incident, signals: Iterable[AlertSignal], actor: Actor) -> Sequence[Clue]:
    """Return what is known of the keys that called, the latest first."""
    if incident.rule != UNKNOWN_CALL:
        return ()
    said = {str(each.why["values"].get("device", each.place)): each.why["values"] for each in reversed(list(signals))}
    latest = dict(list(reversed(said.items()))[:MOST])
    homes = homes_of(session, home_ids=[each["home"] for each in latest.values() if each.get("home")])
    names = shown_names(session, senior_ids=[each.senior_id for each in homes.values()], reach=actor)
    found = []
    for ref, values in latest.items():
        home = homes.get(values.get("home") or 0)
        found.append(
            Clue(
                ref=ref,
                kind=str(KIND_NAMES.get(values.get("kind", ""), "")),
                home_id=home.id if home else None,
                name=names.get(home.senior_id, "") if home else "",
                place=areas.full_name(session, home.area_code) if home else "",
            )
        )
    return found
