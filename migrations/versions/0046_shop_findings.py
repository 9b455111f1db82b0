"""Findings about shops: checks by the letter S, and baskets as rows they rest on.

Revision ID: 0046
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

SOURCES = "'checkout', 'transaction', 'senior', 'canteen', 'scan', 'care_visit', 'carer'"
CODES, SHOP_CODES = "^(R|B|OFF)[0-9]{1,3}$", "^(R|B|S|OFF)[0-9]{1,3}$"
FORGET = """
DELETE FROM finding_step WHERE finding_id IN (SELECT id FROM finding WHERE check_code LIKE 'S%');
DELETE FROM finding_source WHERE finding_id IN (SELECT id FROM finding WHERE check_code LIKE 'S%');
DELETE FROM finding WHERE check_code LIKE 'S%';
"""


def upgrade() -> None:
    """Let findings be about baskets."""
    _name(SHOP_CODES, f"{SOURCES}, 'shop_sale'")


def downgrade() -> None:
    """Forget findings about baskets."""
    op.execute(FORGET)
    _name(CODES, SOURCES)


def _name(codes: str, kinds: str) -> None:
    op.execute("ALTER TABLE finding DROP CONSTRAINT ck_finding_check_code")
    op.execute(f"ALTER TABLE finding ADD CONSTRAINT ck_finding_check_code CHECK (check_code ~ '{codes}')")
    op.execute("ALTER TABLE finding_source DROP CONSTRAINT ck_finding_source_kind")
    op.execute(f"ALTER TABLE finding_source ADD CONSTRAINT ck_finding_source_kind CHECK (kind IN ({kinds}))")
