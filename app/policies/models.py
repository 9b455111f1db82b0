"""The table of policy documents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Identifier, Model

PUBLISHED = "published"
# Text is nothing gist can compare without an extension; its hash, as a range of one number, is.
KIND_AND_AREA = "hashtextextended(kind || ' ' || area_code || ' ' || variant, 0)"


class PolicyDocument(ApprovalMixin, Model):
    """A dated, area-bound document. What stands in it never changes; an open end is closed once."""

    __tablename__ = "policy_document"
    __table_args__ = (
        *approval_constraints(approved=PUBLISHED),
        CheckConstraint("kind ~ '^[a-z][a-z_]*$'", name="kind"),
        CheckConstraint("valid_until > valid_from", name="period"),
        CheckConstraint(
            "jsonb_typeof(title) = 'object' AND jsonb_typeof(source) = 'object' AND jsonb_typeof(body) = 'object'",
            name="json",
        ),
        ExcludeConstraint(
            (literal_column(f"int8range({KIND_AND_AREA}, {KIND_AND_AREA}, '[]')"), "&&"),
            (literal_column("daterange(valid_from, valid_until)"), "&&"),
            name="ex_policy_document_in_force",
            using="gist",
            where=literal_column("state = 'published'"),
        ),
        Index(None, "kind", "area_code", "valid_from"),
        Index(None, "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )

    id: Mapped[Identifier]
    kind: Mapped[str]
    variant: Mapped[str] = mapped_column(default="", server_default="")
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    title: Mapped[dict[str, Any]]
    source: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any]]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"))
    created_at: Mapped[datetime]

    @property
    def is_published(self) -> bool:
        """Whether two people have signed it."""
        return self.state == PUBLISHED
