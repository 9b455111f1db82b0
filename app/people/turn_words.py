"""The words for turns of life."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.turns import TurnKind

TURN_NAMES: Mapping[str, Any] = {
    TurnKind.DEATH: _l("Death"),
    TurnKind.HOSPITAL: _l("Hospital stay"),
    TurnKind.DISCHARGE: _l("Home from hospital"),
    TurnKind.INSTITUTION: _l("Moved into an institution"),
    TurnKind.MOVE: _l("Moved away"),
    TurnKind.RETURN: _l("Came back"),
}
