"""Whoever comes back to work as a carer uses the old account again.

Revision ID: 0035
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an account have had several employments, one at a time."""
    op.execute("ALTER TABLE carer DROP CONSTRAINT uq_carer_account_id")
    op.execute("CREATE UNIQUE INDEX uq_carer_account_id_employed ON carer (account_id) WHERE employed_until IS NULL")
    op.execute("CREATE INDEX ix_carer_account_id ON carer (account_id)")


def downgrade() -> None:
    """Undo what upgrade did; refused where somebody came back."""
    op.execute("DROP INDEX uq_carer_account_id_employed, ix_carer_account_id")
    op.execute("ALTER TABLE carer ADD CONSTRAINT uq_carer_account_id UNIQUE (account_id)")
