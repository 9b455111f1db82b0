"""Settlement with merchants: statements, lines, disputes, payees.

Revision ID: 0009
"""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / "0009_settlement.sql"
TABLES = (
    "merchant_payee",
    "settlement_reopening",
    "settlement_dispute",
    "settlement_event",
    "settlement_line",
    "settlement_statement",
    "settlement_intake",
)


def upgrade() -> None:
    # Straight to the driver and without parameters: many statements, as they are written.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION settlement_take_in, settlement_keep_frozen, settlement_keep_lines")
