"""A level that runs out ends, and no result of ours stands without its points.

Revision ID: 0032
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# A comparison with nothing is not false: without this a result without points would pass what is asked of its points.
TOTAL = """
ALTER TABLE assessment ADD CONSTRAINT ck_assessment_total CHECK (
    state NOT IN ('complete', 'signed') OR origin = 'recognised' OR num_nulls(total, base_level, group_points) = 0
)
"""


def upgrade() -> None:
    """Ask for the points of a finished result; let a senior have no level from a day on."""
    op.execute(TOTAL)
    op.execute("ALTER TABLE senior_ability ALTER COLUMN level DROP NOT NULL")


def downgrade() -> None:
    """Undo what upgrade did."""
    op.execute("DELETE FROM senior_ability WHERE level IS NULL")
    op.execute("ALTER TABLE senior_ability ALTER COLUMN level SET NOT NULL")
    op.execute("ALTER TABLE assessment DROP CONSTRAINT ck_assessment_total")
