"""What a run comes to: people and money by what becomes of them, and by area against the month before."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.areas.rules import Level, level_of
from subsidies.allowance.models import GrantDecision, GrantRun

# How many digits of a code name the places directly within one of a level.
DIGITS_BELOW = {Level.PROVINCE: 4, Level.CITY: 6, Level.DISTRICT: 9, Level.STREET: 12, Level.COMMUNITY: 12}


def sum_up(session: Session, run: GrantRun) -> dict[str, Any]:
    """Add up what a run decided, by change and by the places directly within its area."""
    session.flush()
    digits = DIGITS_BELOW[level_of(run.area_code)]
    place = func.left(GrantDecision.area_code, digits).label("place")
    query = select(
        place,
        GrantDecision.change,
        func.count(),
        func.sum(GrantDecision.amount_fen),
        func.sum(GrantDecision.before_fen),
    ).where(GrantDecision.run_id == run.id)
    changes: dict[str, list[int]] = {}
    areas: dict[str, dict[str, int]] = {}
    for code, change, people, fen, before_fen in session.execute(query.group_by(place, GrantDecision.change)):
        counted = (int(people), int(fen), int(before_fen))
        changes[change] = [one + more for one, more in zip(changes.get(change, [0, 0, 0]), counted, strict=True)]
        _add(areas.setdefault(whole_code(code), _nothing()), change, counted)
    everywhere = _nothing()
    for change, counted_all in changes.items():
        _add(everywhere, change, (counted_all[0], counted_all[1], counted_all[2]))
    return {"all": everywhere, "changes": changes, "areas": areas}


def _nothing() -> dict[str, int]:
    return {"people": 0, "fen": 0, "before": 0, "before_fen": 0, "new": 0, "lost": 0}


def _add(total: dict[str, int], change: str, counted: tuple[int, int, int]) -> None:
    people, fen, before_fen = counted
    total["fen"] += fen
    total["before_fen"] += before_fen
    total["people"] += people if change in {"new", "same", "more", "less"} else 0
    total["before"] += people if change in {"same", "more", "less", "lost"} else 0
    total["new"] += people if change == "new" else 0
    total["lost"] += people if change == "lost" else 0


def whole_code(code: str) -> str:
    """Return the code of a place whose first digits these are."""
    return code if len(code) >= 6 else code.ljust(6, "0")
