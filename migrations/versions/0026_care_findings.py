"""Findings about care: checks by the letter B, visits and carers as rows they rest on, a provider that is asked.

Revision ID: 0026
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SOURCES = "'checkout', 'transaction', 'senior', 'canteen', 'scan'"
CARE_SOURCES = "'care_visit', 'carer'"

# provider_id has no foreign key, as canteen_id has none: points know of providers only that they have a number.
PROVIDER = """
ALTER TABLE finding
    ADD COLUMN provider_id bigint,
    DROP CONSTRAINT ck_finding_check_code,
    ADD CONSTRAINT ck_finding_check_code CHECK (check_code ~ '^(R|B|OFF)[0-9]{1,3}$'),
    DROP CONSTRAINT ck_finding_asked_of,
    ADD CONSTRAINT ck_finding_asked_of CHECK (asked_of IN ('canteen', 'provider', 'street')),
    ADD CONSTRAINT ck_finding_asked_provider CHECK (asked_of <> 'provider' OR provider_id IS NOT NULL);
CREATE INDEX ix_finding_provider_id_id ON finding (provider_id, id) WHERE provider_id IS NOT NULL;
"""
NO_PROVIDER = """
ALTER TABLE finding
    DROP COLUMN provider_id,
    DROP CONSTRAINT ck_finding_check_code,
    ADD CONSTRAINT ck_finding_check_code CHECK (check_code ~ '^(R|OFF)[0-9]{1,3}$'),
    DROP CONSTRAINT ck_finding_asked_of,
    ADD CONSTRAINT ck_finding_asked_of CHECK (asked_of IN ('canteen', 'street'));
"""
FORGET = """
DELETE FROM finding_step WHERE finding_id IN (SELECT id FROM finding WHERE check_code LIKE 'B%');
DELETE FROM finding_source WHERE finding_id IN (SELECT id FROM finding WHERE check_code LIKE 'B%');
DELETE FROM finding WHERE check_code LIKE 'B%';
"""


def upgrade() -> None:
    """Let findings be about visits, carers and providers."""
    op.execute(PROVIDER)
    _name_sources(f"{SOURCES}, {CARE_SOURCES}")


def downgrade() -> None:
    """Forget findings about care, and what they need."""
    op.execute(FORGET)
    op.execute(NO_PROVIDER)
    _name_sources(SOURCES)


def _name_sources(kinds: str) -> None:
    op.execute("ALTER TABLE finding_source DROP CONSTRAINT ck_finding_source_kind")
    op.execute(f"ALTER TABLE finding_source ADD CONSTRAINT ck_finding_source_kind CHECK (kind IN ({kinds}))")
