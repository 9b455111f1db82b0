"""Calls that nobody can place, alerts that nobody answers, parts that never started, desks that fell silent.

Revision ID: 0042
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

# A gateway of many homes may call for a person of whom nobody knows where they are; it has one open alert a lane.
INCIDENT = """
ALTER TABLE safety_incident DROP CONSTRAINT ck_safety_incident_whose;
ALTER TABLE safety_incident ADD CONSTRAINT ck_safety_incident_whose CHECK (
    num_nulls(home_id, gateway_id) = 1 AND (home_id IS NULL) = (senior_id IS NULL)
);
DROP INDEX uq_safety_incident_gateway_id_open;
CREATE UNIQUE INDEX uq_safety_incident_gateway_id_lane_open ON safety_incident (gateway_id, lane)
    WHERE state <> 'closed';
ALTER TABLE safety_incident ADD COLUMN unanswered_at timestamptz;
CREATE INDEX ix_safety_incident_unanswered ON safety_incident (area_code text_pattern_ops, id)
    WHERE unanswered_at IS NOT NULL AND state = 'raised';
GRANT UPDATE (unanswered_at) ON safety_incident TO chongyang_app;
CREATE INDEX ix_safety_device_ref ON safety_device (ref);
"""

# What is awaited has a row before it has given any sign of life; a part that works may still have failed at something.
WATCH = """
ALTER TABLE safety_watch ALTER COLUMN beat_at DROP NOT NULL;
ALTER TABLE safety_watch ADD COLUMN awaited_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE safety_watch ADD COLUMN failed_at timestamptz;
"""

# When a desk last asked for anything, and the last time that it did not for too long.
SHIFT = """
ALTER TABLE safety_shift ADD COLUMN seen_at timestamptz;
UPDATE safety_shift SET seen_at = coalesce(until_at, now());
ALTER TABLE safety_shift ALTER COLUMN seen_at SET NOT NULL;
ALTER TABLE safety_shift ADD COLUMN gone_from timestamptz;
ALTER TABLE safety_shift ADD COLUMN gone_until timestamptz;
ALTER TABLE safety_shift ADD CONSTRAINT ck_safety_shift_gone CHECK (
    num_nulls(gone_from, gone_until) IN (0, 2) AND gone_from <= gone_until
);
GRANT UPDATE (seen_at, gone_from, gone_until) ON safety_shift TO chongyang_app;
"""

# How late a gateway's messages come by its own clock: usually, and lately if that is more.
GATEWAY = """
ALTER TABLE safety_gateway ADD COLUMN lag_seconds integer;
ALTER TABLE safety_gateway ADD COLUMN more_lag_seconds integer;
ALTER TABLE safety_gateway ADD COLUMN more_lag_since timestamptz;
GRANT UPDATE (lag_seconds, more_lag_seconds, more_lag_since) ON safety_gateway TO chongyang_app;
"""


def upgrade() -> None:
    """Make room for what must not be silent."""
    for statement in (INCIDENT, WATCH, SHIFT, GATEWAY):
        op.execute(statement)


def downgrade() -> None:
    """Take back what upgrade made; calls of gateways stay as they are, and no new ones are taken."""
    op.execute("ALTER TABLE safety_gateway DROP COLUMN lag_seconds, DROP COLUMN more_lag_seconds, DROP COLUMN more_lag_since")
    op.execute("ALTER TABLE safety_shift DROP COLUMN seen_at, DROP COLUMN gone_from, DROP COLUMN gone_until")
    op.execute("UPDATE safety_watch SET beat_at = awaited_at WHERE beat_at IS NULL")
    op.execute("ALTER TABLE safety_watch ALTER COLUMN beat_at SET NOT NULL")
    op.execute("ALTER TABLE safety_watch DROP COLUMN awaited_at, DROP COLUMN failed_at")
    op.execute("DROP INDEX ix_safety_device_ref, uq_safety_incident_gateway_id_lane_open")
    op.execute("ALTER TABLE safety_incident DROP COLUMN unanswered_at")
    op.execute("CREATE UNIQUE INDEX uq_safety_incident_gateway_id_open ON safety_incident (gateway_id) WHERE state <> 'closed'")
    op.execute("ALTER TABLE safety_incident DROP CONSTRAINT ck_safety_incident_whose")
    op.execute(
        "ALTER TABLE safety_incident ADD CONSTRAINT ck_safety_incident_whose CHECK (num_nulls(home_id, gateway_id) = 1"
        " AND (home_id IS NULL) = (senior_id IS NULL) AND (home_id IS NOT NULL OR lane = 'device')) NOT VALID"
    )
