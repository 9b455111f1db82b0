"""Tables of judgement: what is kept of a home between two events and learned of its rhythm, and trials of drafts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model


class SafetyHomeState(Model):
    """What judgement knows of a home: rewritten with each batch of events, learned from each night."""

    __tablename__ = "safety_home_state"
    __table_args__ = (
        Index("ix_safety_home_state_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_safety_home_state_rhythm_on", "rhythm_on", "home_id"),
    )

    home_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("safety_home.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    due_at: Mapped[datetime | None]
    rhythm: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    history: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    rhythm_on: Mapped[date | None]
    learned_until: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default=text("0"))


class SafetyRulesTrial(Model):
    """A draft of rules tried on last month's events: how far a worker is, and the alarms by rule, old and new."""

    __tablename__ = "safety_rules_trial"
    __table_args__ = (
        Index("ix_safety_rules_trial_policy_id_id", "policy_id", "id"),
        Index("uq_safety_rules_trial_open", "policy_id", unique=True, postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[Identifier]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    homes: Mapped[int]
    looked_at: Mapped[int] = mapped_column(server_default=text("0"))
    last_home_id: Mapped[int] = mapped_column(server_default=text("0"))
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    finished_at: Mapped[datetime | None]
