"""What is taken back of the building of a bed that closed too early.

Revision ID: 0036
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

PAYBACK = """
CREATE TABLE bed_payback (
    bed_id bigint NOT NULL CONSTRAINT pk_bed_payback PRIMARY KEY
        CONSTRAINT fk_bed_payback_bed_id REFERENCES bed_construction (bed_id),
    area_code text NOT NULL,
    closed_on date NOT NULL,
    close_reason text NOT NULL,
    served_months integer NOT NULL,
    keep_months integer NOT NULL,
    amount_fen bigint NOT NULL,
    policy_id bigint NOT NULL CONSTRAINT fk_bed_payback_policy_id REFERENCES policy_document (id),
    reversal_id uuid CONSTRAINT uq_bed_payback_reversal_id UNIQUE,
    state text NOT NULL DEFAULT 'draft',
    maker_id bigint NOT NULL CONSTRAINT fk_bed_payback_maker_id REFERENCES account (id),
    checker_id bigint CONSTRAINT fk_bed_payback_checker_id REFERENCES account (id),
    submitted_at timestamptz,
    decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    CONSTRAINT ck_bed_payback_amount CHECK (amount_fen > 0 AND served_months >= 0),
    CONSTRAINT ck_bed_payback_booked CHECK ((state = 'paid') = (reversal_id IS NOT NULL)),
    CONSTRAINT ck_bed_payback_state CHECK (state IN ('draft', 'submitted', 'paid', 'rejected')),
    CONSTRAINT ck_bed_payback_two_people CHECK (maker_id <> checker_id),
    CONSTRAINT ck_bed_payback_submitted CHECK ((state = 'draft') = (submitted_at IS NULL)),
    CONSTRAINT ck_bed_payback_decided CHECK (
        (state IN ('paid', 'rejected')) = (checker_id IS NOT NULL) AND (checker_id IS NULL) = (decided_at IS NULL)
    ),
    CONSTRAINT ck_bed_payback_reason CHECK (state <> 'rejected' OR reason <> '')
);
CREATE TRIGGER keep_bed_construction BEFORE UPDATE OR DELETE ON bed_payback
    FOR EACH ROW WHEN (OLD.reversal_id IS NOT NULL) EXECUTE FUNCTION keep_bed_construction();
GRANT SELECT, INSERT ON bed_payback TO chongyang_app;
GRANT UPDATE (area_code, closed_on, close_reason, served_months, keep_months, amount_fen, policy_id, reversal_id, state,
              maker_id, checker_id, submitted_at, decided_at, reason) ON bed_payback TO chongyang_app;
"""


def upgrade() -> None:
    """Make the table of what is taken back."""
    op.execute(PAYBACK)


def downgrade() -> None:
    """Drop what upgrade made."""
    op.execute("DROP TABLE bed_payback")
