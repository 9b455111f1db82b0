"""Granting in parts finds its rows by index: a part is thousands of people, the tables hold years of them.

Revision ID: 0018
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the planner from reading whole tables for each part, which it takes for cheaper than it is."""
    op.execute("ALTER FUNCTION ledger.grant_many SET enable_seqscan = off")


def downgrade() -> None:
    """Leave it to the planner again."""
    op.execute("ALTER FUNCTION ledger.grant_many RESET enable_seqscan")
