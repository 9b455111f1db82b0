"""The picture of a city: sums by place and day, and the screens that show it.

Revision ID: 0038
"""

from pathlib import Path

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql" / f"{revision}_city.sql"


def upgrade() -> None:
    """Make the tables, the function that fills them, and an index of visits by day."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(SQL.read_text(encoding="utf-8"))


def downgrade() -> None:
    """Drop what upgrade made."""
    op.execute("DROP INDEX ix_care_visit_visit_on")
    op.execute("DROP TABLE city_display, city_day, city_fold")
    op.execute("DROP FUNCTION area_line")
