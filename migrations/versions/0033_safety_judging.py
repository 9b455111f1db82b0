"""What judgement keeps of a home: its state, when it is due, and its rhythm.

Revision ID: 0033
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

STATE = """
CREATE TABLE safety_home_state (
    home_id bigint CONSTRAINT pk_safety_home_state PRIMARY KEY
        CONSTRAINT fk_safety_home_state_home_id REFERENCES safety_home (id),
    state jsonb NOT NULL DEFAULT '{}',
    due_at timestamptz,
    rhythm jsonb NOT NULL DEFAULT '{}',
    history jsonb NOT NULL DEFAULT '{}',
    rhythm_on date,
    learned_until timestamptz,
    revision bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX ix_safety_home_state_due_at ON safety_home_state (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_safety_home_state_rhythm_on ON safety_home_state (rhythm_on, home_id);
GRANT SELECT, INSERT, UPDATE ON safety_home_state TO chongyang_app;
"""


def upgrade() -> None:
    """Make the table of judgement."""
    op.execute(STATE)


def downgrade() -> None:
    """Drop it; what was learned is learned anew from the events that are kept."""
    op.execute("DROP TABLE safety_home_state")
