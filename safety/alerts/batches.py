"""What a batch of signals is, and what is known of its homes while it is made into alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from safety.alerts.models import Incident
from safety.alerts.rules import Lane
from safety.alerts.terms import AlertRules
from safety.kits.models import SafetyHome

Key = tuple[int, Lane]


class Why(Protocol):
    """Why something was judged: a code and the values that go with it."""

    @property
    def code(self) -> str:
        """Return which explanation."""

    @property
    def values(self) -> Any:
        """Return what goes into its words."""


class Signal(Protocol):
    """What the judgement of a home says."""

    @property
    def rule(self) -> str:
        """Return which rule."""

    @property
    def priority(self) -> int:
        """Return how urgent it is, 1 to 3."""

    @property
    def place(self) -> str:
        """Return where in the home."""

    @property
    def at(self) -> datetime:
        """Return when."""

    @property
    def kind(self) -> Any:
        """Return ``raise`` or ``clear``."""

    @property
    def why(self) -> Why:
        """Return why."""


@dataclass(slots=True)
class Batch:
    """What is known of the homes of one batch.

    ``opened`` are the alerts it opened, ``room`` how many more signals each keeps, ``rested_since`` since when those
    rest that were over by themselves.
    """

    homes: Mapping[int, SafetyHome]
    rules: Mapping[str, AlertRules]
    received_at: datetime
    now: datetime
    opened: set[int] = field(default_factory=set)
    room: dict[int, int] = field(default_factory=dict)
    rested_since: dict[int, datetime] = field(default_factory=dict)

    def rules_of(self, incident: Incident) -> AlertRules:
        """Return the rules that hold for an alert."""
        return self.rules[incident.area_code]
