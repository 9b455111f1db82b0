"""Who acts on a turn of life, and how what they did is kept: as codes, counts, amounts, and words in both languages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.features import loaded_features
from app.people.turns import Effect, Turn, TurnEffect
from app.web.language import LOCALES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One effect as it is kept: of which feature, how many, how much, and how that was told."""

    feature: str
    code: str
    count: int
    amount_fen: int | None
    words: Mapping[str, str]

    @property
    def stays(self) -> bool:
        """Say whether it is something that could not be taken back."""
        return self.code.startswith("kept_")


def list_effects() -> Sequence[TurnEffect]:
    """Return what the features of the running application do, in the order in which they load."""
    return [effect for feature in loaded_features(current_app) for effect in feature.turn_effects]


def foresee(session: Session, turn: Turn, effects: Iterable[TurnEffect]) -> list[Kept]:
    """Say what a turn would do; writes nothing."""
    found = [(each.name, effect) for each in effects for effect in each.foresee(session, turn)]
    return [read(row) for row in written(found)]


def written(done: Iterable[tuple[str, Effect]]) -> list[dict[str, Any]]:
    """Return effects as they are stored."""
    return [
        {
            "feature": feature,
            "code": effect.code,
            "count": effect.count,
            "amount_fen": effect.amount_fen,
            "detail": dict(effect.detail),
            "words": _in_all(effect.words),
        }
        for feature, effect in done
    ]


def read(row: Mapping[str, Any]) -> Kept:
    """Return a stored effect as it is shown."""
    return Kept(**{name: row[name] for name in ("feature", "code", "count", "amount_fen", "words")})


def effects_of(rows: Iterable[Mapping[str, Any]], feature: str) -> list[Effect]:
    """Return what one feature did, for taking it back."""
    return [
        Effect(
            code=row["code"],
            count=row["count"],
            amount_fen=row["amount_fen"],
            detail=row["detail"],
            words=row["words"]["en"],
        )
        for row in rows
        if row["feature"] == feature
    ]


def _in_all(words: Any) -> dict[str, str]:
    found = {}
    for language, locale in LOCALES.items():
        with force_locale(locale):
            found[language] = str(words)
    return found
