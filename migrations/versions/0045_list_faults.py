"""Rows of daily lists: the application may write why one could not be recorded.

Revision ID: 0045
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the application write the column."""
    op.execute("GRANT UPDATE (faults) ON turn_list_row TO chongyang_app")


def downgrade() -> None:
    """Take it back."""
    op.execute("REVOKE UPDATE (faults) ON turn_list_row FROM chongyang_app")
