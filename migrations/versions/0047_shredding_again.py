"""Who came back and left again is shredded again; more of what is closed may be rewritten by the owner.

Revision ID: 0047
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

DONE = "CREATE UNIQUE INDEX uq_shredding_line_done ON shredding_line ({columns}) WHERE done_at IS NOT NULL"
# Over ten million notices: made by hand first, with CONCURRENTLY and this name.
NOTICE = "CREATE INDEX IF NOT EXISTS ix_notice_senior_id ON notice (senior_id) WHERE senior_id IS NOT NULL"
REWRITTEN = (
    "bed_construction", "bed_month", "bed_payback", "life_turn_claim", "life_turn_undo", "shop_return", "visit_payment",
)  # fmt: skip
LOOP = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT tgname, tgrelid::regclass AS place, pg_get_triggerdef(oid) AS told FROM pg_trigger
         WHERE NOT tgisinternal AND tgconstraint = 0 AND tgrelid = ANY (ARRAY[%(tables)s]::regclass[])
           AND (tgtype & 2) = 2 AND (tgtype & 24) <> 0 AND NOT (tgtype & 4) = 4
    LOOP
        EXECUTE format('DROP TRIGGER %%I ON %%s', found.tgname, found.place);
        EXECUTE %(change)s;
    END LOOP;
END $$;
"""
OPEN = """CASE WHEN found.told ~ ' WHEN [(]'
    THEN regexp_replace(found.told, ' WHEN [(](.*)[)] EXECUTE ', ' WHEN (NOT is_rewriting() AND (\\1)) EXECUTE ')
    ELSE replace(found.told, ' EXECUTE ', ' WHEN (NOT is_rewriting()) EXECUTE ') END"""
CLOSE = """CASE WHEN found.told ~ 'is_rewriting[(][)][)] AND '
    THEN regexp_replace(found.told, ' WHEN [(][(][(]NOT is_rewriting[(][)][)] AND (.*)[)][)] EXECUTE ', ' WHEN (\\1) EXECUTE ')
    ELSE replace(found.told, ' WHEN ((NOT is_rewriting()))', '') END"""


def change_triggers(change: str) -> str:
    """Write the loop that puts each trigger of the rewritten tables anew."""
    return LOOP % {"tables": ", ".join(f"'{name}'" for name in REWRITTEN), "change": change}


def upgrade() -> None:
    """Let one kind of data of one person be destroyed once for each time the person left."""
    op.execute("DROP INDEX uq_shredding_line_done")
    op.execute(DONE.format(columns="senior_id, data, since_on"))
    op.execute(change_triggers(OPEN))
    op.execute(NOTICE)


def downgrade() -> None:
    """Allow it once in all again; who was shredded twice has to be looked at first."""
    op.execute("DROP INDEX ix_notice_senior_id")
    op.execute(change_triggers(CLOSE))
    op.execute("DROP INDEX uq_shredding_line_done")
    op.execute(DONE.format(columns="senior_id, data"))
