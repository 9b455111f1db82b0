"""What a turn of life does to a home with a kit. Calls for help, smoke and gas ring as long as the kit is there."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.clock import ZONE
from app.people.turn_rules import Alarms, rules_for
from app.people.turns import Effect, Turn, TurnEffect, TurnKind
from safety.kits.away import come_back_as_family, set_away_as_family
from safety.kits.homes import finish_home, has_kit
from safety.kits.models import SafetyHome
from safety.kits.queries import find_home_of

ENDED, FETCH, QUIET, AWAKE, MOVES = "home_ended", "kit_to_fetch", "home_quiet", "home_awake", "kit_to_move"
WORDS: Mapping[str, Any] = {
    ENDED: _l("Home that is no longer watched over"),
    FETCH: _l("Kit to be fetched: silence is not judged, a call for help, smoke and gas ring until then"),
    QUIET: _l("Home in which silence is not judged; a call for help, smoke and gas ring"),
    AWAKE: _l("Home that is watched over as before"),
    MOVES: _l("Kit that moves along: the street office installs it anew"),
}
BACK = frozenset({TurnKind.DISCHARGE, TurnKind.RETURN})


def foresee(session: Session, turn: Turn) -> Sequence[Effect]:
    """Say what would become of the watch over a home."""
    home = find_home_of(session, senior_id=turn.senior_id)
    code = _fate(session, home, turn) if home else None
    return [_effect(code)] if code else []


def carry_out(session: Session, turn: Turn) -> Sequence[Effect]:
    """End the watch over a home, quiet it, or let it go on."""
    found = find_home_of(session, senior_id=turn.senior_id)
    code = _fate(session, found, turn) if found else None
    if found is None or code is None:
        return []
    if code == ENDED:
        home = session.get_one(SafetyHome, found.id, with_for_update={"key_share": True}, populate_existing=True)
        finish_home(session, home, words=turn.reason, actor=turn.by, now=turn.now)
    elif code in (FETCH, QUIET):
        set_away_as_family(
            session,
            senior_id=turn.senior_id,
            reason="hospital" if turn.kind is TurnKind.HOSPITAL else "other",
            actor=turn.by,
            now=turn.now,
            from_at=min(_midnight(turn.from_on), turn.now),
            until_at=_until(turn),
        )
    elif code == AWAKE:
        come_back_as_family(session, senior_id=turn.senior_id, actor=turn.by, now=turn.now)
    return [_effect(code, {"home": found.id})]


def take_back(session: Session, turn: Turn, done: Sequence[Effect]) -> Sequence[Effect]:
    """Let a home be watched over again that was quiet; one that ended is applied for anew."""
    found: list[Effect] = []
    for effect in done:
        home = find_home_of(session, senior_id=turn.senior_id)
        if effect.code in (FETCH, QUIET) and home is not None and home.away_from is not None:
            come_back_as_family(session, senior_id=turn.senior_id, actor=turn.by, now=turn.now)
            found.append(_effect(AWAKE))
        elif effect.code == ENDED:
            words = _l("Home that is no longer watched over: a kit is applied for anew")
            found.append(Effect(code="kept_home", count=1, words=words))
        elif effect.code == AWAKE:
            words = _l("Home that is watched over: say there that nobody is in")
            found.append(Effect(code="kept_awake", count=1, words=words))
    return found


def _fate(session: Session, home: SafetyHome, turn: Turn) -> str | None:
    if turn.status is None:
        return MOVES if has_kit(session, home.id) else None
    if turn.kind in BACK:
        return AWAKE if turn.comes_home and home.away_from is not None and _is_away(home, turn.now) else None
    if turn.is_over:
        return None
    alarms = rules_for(session, turn).alarms
    if alarms is Alarms.END:
        return FETCH if has_kit(session, home.id) else ENDED
    return QUIET if alarms is Alarms.QUIET else None


def _is_away(home: SafetyHome, now: datetime) -> bool:
    return home.away_until is None or home.away_until > now


def _until(turn: Turn) -> datetime | None:
    return _midnight(turn.until_on) if turn.until_on else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)


def _effect(code: str, detail: Mapping[str, Any] | None = None) -> Effect:
    return Effect(code=code, count=1, detail=detail or {}, words=WORDS[code])


TURN_EFFECTS = (TurnEffect(name="safety", foresee=foresee, carry_out=carry_out, take_back=take_back),)
