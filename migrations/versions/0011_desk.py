"""The auditor's desk: sums kept by day, what makes its lists fast, and exports with their purpose.

Revision ID: 0011
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / "0011_desk.sql"
FUNCTIONS = (
    "fold_meals",
    "meal_band_sums",
    "meal_guest_sums",
    "meal_day_sums",
    "meal_kept_until",
    "meal_band_delta",
    "meal_guest_delta",
    "meal_day_delta",
    "meal_changes",
    "fold_ledger",
    "ledger_sums",
    "ledger_delta",
)


def upgrade() -> None:
    """Make the tables, the functions that fill and read them, and the indexes."""
    # Straight to the driver and without parameters: many statements, and percent signs as they are written.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(SQL.read_text(encoding="utf-8"))
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM public")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO chongyang_app")


def downgrade() -> None:
    """Drop what upgrade made."""
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TABLE data_export, ledger_day, ledger_fold, meal_day, meal_guest, meal_band, meal_fold")
    op.execute("DROP INDEX ix_checkout_undone")
    op.execute("DROP INDEX ix_checkout_reversed_at")
    op.execute("DROP INDEX ledger.ix_txn_booked_at")
