"""What a person's page reads by the person: links to relatives that ended, and wishes of the green key.

Revision ID: 0044
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    op.execute("CREATE INDEX ix_relative_link_senior_id ON relative_link (senior_id)")
    op.execute("CREATE INDEX ix_safety_request_senior_id ON safety_request (senior_id)")


def downgrade() -> None:
    """Drop what upgrade made."""
    op.execute("DROP INDEX ix_safety_request_senior_id")
    op.execute("DROP INDEX ix_relative_link_senior_id")
