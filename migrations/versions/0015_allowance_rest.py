"""The rest of the allowance: claims reach what came out of a lot, and what comes back pays its debt.

Revision ID: 0015
"""

import re
from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"
LEDGER, CLAW_BACK, DEBTS = SQL / "0004_ledger.sql", SQL / "0006_claw_back.sql", SQL / "0015_debts.sql"

# A reversal books what it offsets behind itself, and answers with the balance after that, a retry too.
PLACES = {
    """    IF replayed THEN
        RETURN;
    END IF;
""": """    IF replayed THEN
        balance_fen := coalesce((SELECT i.balance_fen FROM ledger.idem AS i WHERE i.home = p_home
                                    AND i.key = 'offset:' || reverse.txn_id), balance_fen);
        RETURN;
    END IF;
""",
    """    txn_id := p_txn;
    response := p_response;
END $$;""": """    txn_id := p_txn;
    response := p_response;
    SELECT o.balance_fen INTO balance_fen
      FROM ledger.offset_debts(p_home, p_txn, p_actor, p_device, p_occurred_at, p_now) AS o;
END $$;""",
}


def upgrade() -> None:
    """Replace what claims points back and what reverses."""
    execute(DEBTS.read_text(encoding="utf-8"))
    execute(offsetting(found_function(LEDGER, "ledger.reverse")))


def downgrade() -> None:
    """Put back what upgrade replaced, and drop the rest."""
    execute(found_function(LEDGER, "ledger.reverse"))
    execute(found_function(CLAW_BACK, "ledger.claw_back"))
    op.execute("DROP FUNCTION ledger.offset_debts, ledger.debts, ledger.lot_roots")


def execute(script: str) -> None:
    """Send a script straight to the driver: many statements, and percent signs as they are written."""
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(script)


def found_function(file: Path, name: str) -> str:
    """Return the definition of an earlier function, so that it replaces the one there is."""
    text = file.read_text(encoding="utf-8")
    found = re.search(rf"^CREATE FUNCTION {re.escape(name)}\(.*?^END \$\$;", text, re.DOTALL | re.MULTILINE)
    if not found:
        raise LookupError(name)
    return found.group().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def offsetting(function: str) -> str:
    """Return ledger.reverse with the step that offsets debts."""
    for place, instead in PLACES.items():
        if function.count(place) != 1:
            raise LookupError(place)
        function = function.replace(place, instead)
    return function
