"""What each of several providers was paid of a month of a bed.

Revision ID: 0031
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

PART = """
CREATE TABLE bed_month_part (
    bed_id bigint NOT NULL,
    month date NOT NULL,
    provider_id bigint NOT NULL CONSTRAINT fk_bed_month_part_provider_id REFERENCES care_provider (id),
    minutes integer NOT NULL,
    amount_fen bigint NOT NULL,
    txn_id uuid NOT NULL,
    reversal_id uuid,
    CONSTRAINT pk_bed_month_part PRIMARY KEY (bed_id, month, provider_id),
    CONSTRAINT fk_bed_month_part_bed_id_month FOREIGN KEY (bed_id, month) REFERENCES bed_month (bed_id, month),
    CONSTRAINT uq_bed_month_part_txn_id UNIQUE (txn_id),
    CONSTRAINT ck_bed_month_part_amount CHECK (amount_fen > 0 AND minutes > 0)
);
CREATE INDEX ix_bed_month_part_provider_id ON bed_month_part (provider_id);
GRANT SELECT, INSERT, UPDATE (reversal_id) ON bed_month_part TO chongyang_app;
"""


def upgrade() -> None:
    """Make the table of shared months."""
    op.execute(PART)


def downgrade() -> None:
    """Drop what upgrade made."""
    op.execute("DROP TABLE bed_month_part")
