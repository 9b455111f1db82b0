"""A mark as it is kept: what a carer reported with it, what became of it, and what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.auth import Actor
from app.idempotency import Key
from care_beds.rounds.evidence import Opened
from care_beds.rounds.rules import Condition, Sticker, distance_m
from care_beds.rounds.sticker_codes import is_serial, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a carer did, measured and noticed."""

    items: Sequence[str] = ()
    vitals: Mapping[str, Any] = field(default_factory=dict)
    condition: Condition = Condition.SAME
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What became of a mark; ``replayed`` where it was here before."""

    visit_id: int
    kind: str
    state: str
    at: datetime
    distance_m: int | None
    doubts: Sequence[str]
    replayed: bool = False


def identity_of(opened: Opened, *, key: Key, by: Actor, now: datetime) -> dict[str, Any]:
    """Return which mark it is, from whom and when, as it is kept."""
    return {
        "kind": opened.kind,
        "key": key.text,
        "fingerprint": key.fingerprint,
        "by_account": by.account_id,
        "occurred_at": opened.mark.occurred_at,
        "received_at": now,
    }


def facts_of(opened: Opened) -> dict[str, Any]:
    """Return what a mark rests on, as it is kept."""
    given, fix, home = opened.mark, opened.mark.fix, opened.evidence.home
    return {
        "sticker_ok": None if opened.read.verdict is Sticker.NONE else opened.read.verdict is Sticker.OK,
        "sticker_typed": is_serial(plain(given.sticker)),
        "sticker_id": opened.read.sticker_id,
        "lat": fix.at.lat if fix else None,
        "lon": fix.at.lon if fix else None,
        "accuracy_m": round(fix.accuracy_m) if fix else None,
        "fix_age_s": round(fix.age_seconds) if fix else None,
        "no_fix_reason": given.no_fix_reason if fix is None else "",
        "distance_m": round(distance_m(fix.at, home)) if fix and home else None,
        "picture_id": opened.picture.id if opened.picture else None,
        "device": given.device,
        "clock_suspect": given.clock_suspect,
    }


def vitals_of(report: Report) -> dict[str, Any]:
    """Return what was measured and noticed, as it is kept."""
    return {**report.vitals, "condition": str(report.condition), "words": report.words}
