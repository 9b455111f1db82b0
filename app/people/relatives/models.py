"""Tables of relatives: links, consents by topic, and who looked on which day."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model


class RelativeLink(Model):
    """That an account may reach a senior: a relative's, or of the relation ``self`` the senior's own.

    Without a senior it is a request whose card and name do not fit; nobody can accept it.
    """

    __tablename__ = "relative_link"
    __table_args__ = (
        UniqueConstraint("offer_digest"),
        CheckConstraint("char_length(name) <= 80", name="name"),
        CheckConstraint(
            "relation IN ('self', 'spouse', 'child', 'child_in_law', 'grandchild', 'sibling', 'other')", name="relation"
        ),
        CheckConstraint("relation <> 'self' OR NOT is_guardian AND state IN ('active', 'ended')", name="self"),
        CheckConstraint("state IN ('offered', 'requested', 'active', 'refused', 'ended')", name="state"),
        CheckConstraint("state IN ('requested', 'ended') OR senior_id IS NOT NULL", name="senior"),
        CheckConstraint("state IN ('offered', 'ended') OR account_id IS NOT NULL", name="account"),
        CheckConstraint(
            "(state = 'offered') = (offer_digest IS NOT NULL) AND (offer_digest IS NULL) = (offer_until IS NULL)",
            name="offer",
        ),
        CheckConstraint("octet_length(offer_digest) = 32", name="digest"),
        CheckConstraint(
            "state IN ('offered', 'requested', 'ended') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("state <> 'refused' OR end_reason <> ''", name="end_reason"),
        Index(
            "uq_relative_link_senior_id_account_id_open",
            "senior_id",
            "account_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'active')"),
        ),
        Index(
            "uq_relative_link_senior_id_self",
            "senior_id",
            unique=True,
            postgresql_where=text("relation = 'self' AND state = 'active'"),
        ),
        Index(None, "senior_id"),
        Index(None, "account_id"),
        Index("ix_relative_link_requested", "id", postgresql_where=text("state = 'requested'")),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int | None] = mapped_column(ForeignKey("senior.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(default="", server_default="")
    relation: Mapped[str]
    is_guardian: Mapped[bool] = mapped_column(default=False, server_default="false")
    state: Mapped[str]
    offer_digest: Mapped[bytes | None]
    offer_until: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    end_reason: Mapped[str] = mapped_column(default="", server_default="")


class Consent(Model):
    """That a senior lets a relative see a topic, from a day on; an end, where there is one, is exclusive."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("topic IN ('balance', 'meals', 'visits', 'alerts')", name="topic"),
        CheckConstraint("how IN ('in_person', 'phone', 'paper', 'guardian_papers')", name="how"),
        CheckConstraint("until_on > given_on", name="period"),
        Index(
            "uq_consent_link_id_topic_open",
            "link_id",
            "topic",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "link_id"),
    )

    id: Mapped[Identifier]
    link_id: Mapped[int] = mapped_column(ForeignKey("relative_link.id"))
    topic: Mapped[str]
    given_on: Mapped[date]
    until_on: Mapped[date | None]
    how: Mapped[str]
    witnessed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Look(Model):
    """That an account looked at a topic of a senior on a day, and how often."""

    __tablename__ = "look"
    __table_args__ = (
        CheckConstraint("topic IN ('overview', 'balance', 'meals', 'visits', 'alerts')", name="topic"),
        CheckConstraint("times > 0", name="times"),
    )

    senior_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("senior.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1, server_default="1")
