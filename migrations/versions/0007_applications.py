"""Points that have ended are booked; applications for an allowance, their documents, deadlines and appeals.

Revision ID: 0007
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

EXPIRY = Path(__file__).resolve().parent.parent / "sql" / "0007_expiry.sql"


def upgrade() -> None:
    # Straight to the driver and without parameters: many statements, and percent signs as they are written.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(EXPIRY.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger.expire_many")
