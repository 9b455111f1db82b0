"""A run is divided into parts that several hands may post; granting many costs less a grant.

Revision ID: 0020
"""

import re
from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[1] / "sql"
PART = """
CREATE TABLE grant_part (
    run_id bigint NOT NULL CONSTRAINT fk_grant_part_run_id REFERENCES grant_run (id),
    n integer NOT NULL,
    after bigint NOT NULL,
    until bigint NOT NULL,
    posted bigint NOT NULL DEFAULT 0,
    posted_fen bigint NOT NULL DEFAULT 0,
    posted_at timestamptz,
    CONSTRAINT pk_grant_part PRIMARY KEY (run_id, n),
    CONSTRAINT ck_grant_part_until CHECK (after < until)
);
GRANT SELECT, INSERT, UPDATE ON grant_part TO chongyang_app;
"""


def upgrade() -> None:
    """Keep how far a run is by part, and replace the function."""
    op.execute(PART)
    op.execute("ALTER TABLE grant_run DROP COLUMN posted_to")
    execute((SQL / "0020_grant_many.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Post a run from its start again, key by key; what was granted is not granted twice."""
    first = (SQL / "0004_ledger.sql").read_text(encoding="utf-8")
    found = re.search(r"^CREATE FUNCTION ledger\.grant_many\(.*?^END \$\$;", first, re.DOTALL | re.MULTILINE)
    assert found
    execute(found.group().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    op.execute("ALTER FUNCTION ledger.grant_many SET enable_seqscan = off")
    op.execute("ALTER TABLE grant_run ADD COLUMN posted_to bigint NOT NULL DEFAULT 0")
    op.execute("DROP TABLE grant_part")


def execute(script: str) -> None:
    """Send a script straight to the driver: many statements, and percent signs as they are written."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(script)
