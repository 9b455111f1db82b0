"""Roles of safety at home.

Revision ID: 0028
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ROLES = (
    "'cashier', 'canteen_manager', 'street_clerk', 'district_approver', 'auditor', 'administrator', 'deliverer',"
    " 'assessor', 'supervisor', 'provider_manager', 'carer', 'family', 'elder'"
)
SAFETY = "'operator', 'installer', 'grid_worker'"


def upgrade() -> None:
    """Name the roles of safety."""
    _name_roles(f"{ROLES}, {SAFETY}")


def downgrade() -> None:
    """Forget what upgrade named; roles of safety cannot stay."""
    op.execute(f"DELETE FROM role_grant WHERE role IN ({SAFETY})")
    _name_roles(ROLES)


def _name_roles(roles: str) -> None:
    op.execute("ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_role")
    op.execute(f"ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_role CHECK (role IN ({roles}))")
