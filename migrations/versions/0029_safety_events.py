"""Events of homes in a partition for each month, and devices that call without being known.

Revision ID: 0029
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# No foreign keys: a row each would lock its device and its home, 3,000 times a second. What it refers to is never
# deleted. The key carries the time because a partition only knows its own rows: what is sent again carries the same.
EVENT = """
CREATE TABLE safety_event (
    gateway_id bigint NOT NULL,
    event_id text NOT NULL,
    device_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    sent_at timestamptz,
    received_at timestamptz NOT NULL,
    home_id bigint,
    device_id bigint,
    kind text NOT NULL,
    place text NOT NULL,
    state text NOT NULL,
    value double precision,
    clock_suspect boolean NOT NULL,
    CONSTRAINT pk_safety_event PRIMARY KEY (gateway_id, event_id, device_at),
    CONSTRAINT ck_safety_event_event_id CHECK (length(event_id) BETWEEN 1 AND 100)
) PARTITION BY RANGE (device_at);
CREATE INDEX ix_safety_event_home_id_device_at ON safety_event (home_id, device_at);
CREATE TABLE safety_event_other PARTITION OF safety_event DEFAULT;
GRANT SELECT, INSERT ON safety_event TO chongyang_app;
"""

# The application may not make or drop tables; it calls this. Rows whose device has a wrong clock stand in the
# partition without bounds and move to the one of their month when that is made. While it waits for a lock everybody
# who sends an event waits behind it, so it gives up after a second and is called again an hour later.
KEEP = """
CREATE FUNCTION keep_safety_events(today date, ahead_months integer, kept_months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
SET lock_timeout = '1s' AS $$
DECLARE
    from_on date;
    cut date := date_trunc('month', today) - make_interval(months => kept_months);
    part record;
    changed integer := 0;
BEGIN
    IF ahead_months NOT BETWEEN 0 AND 24 OR kept_months NOT BETWEEN 1 AND 240 THEN
        RAISE EXCEPTION 'events are kept 1 to 240 months, with partitions for at most 24 to come'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('keep_safety_events'));
    FOR part IN
        SELECT c.relname AS name, to_date(right(c.relname, 6), 'YYYYMM') AS month FROM pg_inherits AS i
          JOIN pg_class AS c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'safety_event'::regclass AND c.relname ~ '^safety_event_[0-9]{6}$'
    LOOP
        IF part.month < cut THEN
            EXECUTE format('DROP TABLE %I', part.name);
            changed := changed + 1;
        END IF;
    END LOOP;
    DELETE FROM safety_event_other WHERE received_at < cut;
    FOR month IN 0..ahead_months LOOP
        from_on := date_trunc('month', today) + make_interval(months => month);
        CONTINUE WHEN to_regclass('safety_event_' || to_char(from_on, 'YYYYMM')) IS NOT NULL;
        LOCK TABLE safety_event IN ACCESS EXCLUSIVE MODE;
        CREATE TEMP TABLE moved ON COMMIT DROP AS
            SELECT * FROM safety_event_other
             WHERE device_at >= from_on AND device_at < from_on + interval '1 month';
        DELETE FROM safety_event_other WHERE device_at >= from_on AND device_at < from_on + interval '1 month';
        EXECUTE format('CREATE TABLE %I PARTITION OF safety_event FOR VALUES FROM (%L) TO (%L)',
            'safety_event_' || to_char(from_on, 'YYYYMM'), from_on, from_on + interval '1 month');
        INSERT INTO safety_event SELECT * FROM moved;
        DROP TABLE moved;
        changed := changed + 1;
    END LOOP;
    RETURN changed;
END $$;
REVOKE ALL ON FUNCTION keep_safety_events FROM public;
GRANT EXECUTE ON FUNCTION keep_safety_events TO chongyang_app;
"""

# What calls through a gateway without being installed anywhere; a name stands once however often it calls.
STRANGER = """
CREATE TABLE safety_stranger (
    gateway_id bigint NOT NULL,
    ref text NOT NULL,
    kind text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT pk_safety_stranger PRIMARY KEY (gateway_id, ref),
    CONSTRAINT ck_safety_stranger_ref CHECK (length(ref) BETWEEN 1 AND 120)
);
CREATE INDEX ix_safety_stranger_last_at ON safety_stranger (last_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON safety_stranger TO chongyang_app;
"""


def upgrade() -> None:
    """Make the tables of events and the keeper of their months, with the months around today."""
    for statement in (EVENT, KEEP, STRANGER):
        op.execute(statement)
    op.execute("SELECT keep_safety_events((now() AT TIME ZONE 'UTC')::date, 2, 240)")


def downgrade() -> None:
    """Drop what upgrade made."""
    op.execute("DROP TABLE safety_stranger, safety_event")
    op.execute("DROP FUNCTION keep_safety_events")
