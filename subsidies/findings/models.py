"""Tables of findings: what was found, the rows it rests on, what was done about it, and the runs of the checks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Identifier, Model, Small
from subsidies.findings.rules import State


class FindingRun(Model):
    """One run of some checks over some days; ``until`` is not included."""

    __tablename__ = "finding_run"

    id: Mapped[Identifier]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    codes: Mapped[list[Any]]
    since: Mapped[date]
    until: Mapped[date]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_finding_run_unfinished", "id", postgresql_where=text("finished_at IS NULL")),)


class FindingRunCheck(Model):
    """What one check of a run brought: found in all, of these new, of these with further rows."""

    __tablename__ = "finding_run_check"

    run_id: Mapped[int] = mapped_column(ForeignKey("finding_run.id"), primary_key=True, autoincrement=False)
    check_code: Mapped[str] = mapped_column(primary_key=True)
    found: Mapped[int]
    fresh: Mapped[int]
    grown: Mapped[int]
    milliseconds: Mapped[int]
    fault: Mapped[str] = mapped_column(default="", server_default="")
    finished_at: Mapped[datetime]


class Finding(Model):
    """Something that a check found, and how it stands."""

    __tablename__ = "finding"

    id: Mapped[Identifier]
    check_code: Mapped[str]
    key: Mapped[str]
    part: Mapped[Small] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(default=State.OPEN, server_default=State.OPEN)
    severity: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    canteen_id: Mapped[int | None]
    provider_id: Mapped[int | None]
    senior_id: Mapped[int | None] = mapped_column(ForeignKey("senior.id"), index=True)
    happened_on: Mapped[date]
    amount_fen: Mapped[Fen]
    facts: Mapped[dict[str, Any]]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("finding_run.id"))
    found_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    asked_of: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recovered_fen: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("check_code", "key", "part"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        Index("ix_finding_area_code_id", "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
        Index("ix_finding_state_id", "state", "id"),
        Index("ix_finding_canteen_id_id", "canteen_id", "id"),
        Index("ix_finding_provider_id_id", "provider_id", "id", postgresql_where=text("provider_id IS NOT NULL")),
    )


class FindingSource(Model):
    """A row that a finding rests on: a sale, a transaction, a person, a canteen, a failed scan."""

    __tablename__ = "finding_source"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    home: Mapped[int | None]

    __table_args__ = (Index("ix_finding_source_kind_ref", "kind", "ref"),)


class FindingStep(Model):
    """What was done about a finding: by whom, when, in which words."""

    __tablename__ = "finding_step"

    id: Mapped[Identifier]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    step: Mapped[str]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(default="", server_default="")
    about: Mapped[dict[str, Any] | None]

    __table_args__ = (Index("ix_finding_step_finding_id_id", "finding_id", "id"),)
