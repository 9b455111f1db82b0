"""Tables of turns of life: what was recorded and done, steps, taking back, claims, daily lists of other offices."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Fen, Identifier, Model, Sealed

ACCOUNT, AREA, SENIOR, TURN = "account.id", "area.code", "senior.id", "life_turn.id"
BY_AREA = {"area_code": "text_pattern_ops"}


class LifeTurn(Model):
    """One turn of somebody's life, with everything it did; what it did is written once."""

    __tablename__ = "life_turn"
    __table_args__ = (
        CheckConstraint("kind IN ('death', 'hospital', 'discharge', 'institution', 'move', 'return')", name="kind"),
        CheckConstraint("until_on > from_on AND (kind <> 'death' OR until_on IS NULL)", name="days"),
        CheckConstraint("source IN ('desk', 'list')", name="source"),
        CheckConstraint("length(reason) BETWEEN 2 AND 200", name="reason"),
        CheckConstraint("(key IS NULL) = (fingerprint IS NULL)", name="key"),
        CheckConstraint("(undone_at IS NULL) = (undone IS NULL)", name="undone"),
        UniqueConstraint("key"),
        Index(None, "senior_id", "id"),
        Index("ix_life_turn_area_code_id", "area_code", "id", postgresql_ops=BY_AREA),
        Index("ix_life_turn_settle_on", "settle_on", postgresql_where=text("settle_on IS NOT NULL")),
        Index(
            "uq_life_turn_death",
            "senior_id",
            unique=True,
            postgresql_where=text("kind = 'death' AND undone_at IS NULL"),
        ),
    )

    id: Mapped[Identifier]
    kind: Mapped[str]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    to_area_code: Mapped[str | None] = mapped_column(ForeignKey(AREA))
    reason: Mapped[str]
    source: Mapped[str]
    key: Mapped[str | None]
    fingerprint: Mapped[bytes | None]
    effects: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT), index=True)
    settle_on: Mapped[date | None]
    undone_at: Mapped[datetime | None]
    undone: Mapped[list[Any] | None]


class TurnStep(Model):
    """One thing that was done about a turn after it; never changed, never deleted."""

    __tablename__ = "life_turn_step"
    __table_args__ = (Index(None, "turn_id", "id"),)

    id: Mapped[Identifier]
    turn_id: Mapped[int] = mapped_column(ForeignKey(TURN))
    step: Mapped[str]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    words: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


class TurnUndo(ApprovalMixin, Model):
    """A wish to take a turn back because it was a mistake; a second person decides."""

    __tablename__ = "life_turn_undo"
    __table_args__ = (
        *approval_constraints(approved="approved"),
        CheckConstraint("length(why) BETWEEN 4 AND 200", name="why"),
        Index("uq_life_turn_undo_open", "turn_id", unique=True, postgresql_where=text("state = 'submitted'")),
    )

    id: Mapped[Identifier]
    turn_id: Mapped[int] = mapped_column(ForeignKey(TURN), index=True)
    why: Mapped[str]


class TurnClaim(ApprovalMixin, Model):
    """Spends after a turn that are to be given back; a second person decides."""

    __tablename__ = "life_turn_claim"
    __table_args__ = (
        *approval_constraints(approved="approved"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_life_turn_claim_area_code_id", "area_code", "id", postgresql_ops=BY_AREA),
    )

    id: Mapped[Identifier]
    turn_id: Mapped[int] = mapped_column(ForeignKey(TURN), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    feature: Mapped[str]
    refs: Mapped[list[Any]]
    amount_fen: Mapped[Fen]
    outcome: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    made_at: Mapped[datetime]


class TurnList(Model):
    """A daily list of deaths and stays that another office sent."""

    __tablename__ = "turn_list"
    __table_args__ = (
        UniqueConstraint("account_id", "digest"),
        Index("ix_turn_list_area_code_id", "area_code", "id", postgresql_ops=BY_AREA),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    file_name: Mapped[str]
    digest: Mapped[bytes]
    rows: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class TurnListRow(Model):
    """A row of such a list: whom it is about by what we know, and what became of it. Name and number are sealed."""

    __tablename__ = "turn_list_row"
    __table_args__ = (
        UniqueConstraint("list_id", "number"),
        CheckConstraint("event IN ('death', 'hospital', 'discharge', 'cremation', '')", name="event"),
        CheckConstraint("match IN ('exact', 'near', 'nobody', 'refused')", name="match"),
        CheckConstraint(
            "state IN ('waiting', 'review', 'recorded', 'known', 'nobody', 'not_same', 'refused')", name="state"
        ),
        CheckConstraint("state <> 'recorded' OR turn_id IS NOT NULL", name="recorded"),
        CheckConstraint("(state = 'refused') = (faults <> '[]')", name="refused"),
        Index("ix_turn_list_row_review", "list_id", "id", postgresql_where=text("state = 'review'")),
        Index("ix_turn_list_row_senior_id", "senior_id", postgresql_where=text("senior_id IS NOT NULL")),
    )

    id: Mapped[Identifier]
    list_id: Mapped[int] = mapped_column(ForeignKey("turn_list.id"))
    number: Mapped[int] = mapped_column(Integer)
    event: Mapped[str]
    on_day: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="", server_default="")
    name_sealed: Mapped[Sealed | None]
    id_sealed: Mapped[Sealed | None]
    match: Mapped[str]
    candidates: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    state: Mapped[str]
    faults: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    senior_id: Mapped[int | None] = mapped_column(ForeignKey(SENIOR))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey(TURN))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
