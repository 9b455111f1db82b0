"""A second purse takes no new ledger code: shops come without a function, a table or a trigger of the ledger."""

import re
from pathlib import Path

from app import MIGRATIONS

SHOPS = next(Path(MIGRATIONS, "versions").glob("*_shops.py"))


def test_the_migration_of_shops_makes_nothing_in_the_ledger() -> None:
    text = SHOPS.read_text()
    assert set(re.findall(r"ledger\.\w+", text)) == {"ledger.account"}
    assert re.findall(r"(?:CREATE|ALTER|DROP|GRANT)[^;]*ledger\.(?!account \(id\))", text) == []
    assert "REFERENCES ledger.account (id)" in text


def test_the_ledgers_sql_is_not_read_by_shops() -> None:
    code = "\n".join(path.read_text() for path in Path(__file__).parents[2].glob("shops/**/*.py"))
    assert not re.search(r"subsidies\.(ledger|models)|FROM ledger\.|ledger\.(lot|book|txn|posting)\b", code)
