"""Seals over the books: leaves, blocks, signed roots, and the sums that go with them.

Revision ID: 0008
"""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / "0008_seals.sql"
TABLES = ("rollup", "sealed_book", "answer_leaf", "account_leaf", "block_leaf", "block", "seal_key", "seal")


def upgrade() -> None:
    # Straight to the driver and without parameters: many statements, as they are written.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger.close_round, ledger.cut_round")
    op.execute("DROP TABLE seal_delivery")
    op.execute("DROP INDEX ledger.ix_idem_key")
    for table in TABLES:
        op.execute(f"DROP TABLE ledger.{table}")
