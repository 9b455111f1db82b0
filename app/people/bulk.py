"""Registering many seniors in one statement: rows as arrays, so that its text stays short and its plan is kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS = {
    "name": "text",
    "birth_on": "date",
    "sex": "text",
    "id_number_sealed": "bytea",
    "id_number_index": "bytea",
    "phone_sealed": "bytea",
    "phone_index": "bytea",
    "address_sealed": "bytea",
    "hukou_area_code": "text",
    "residence_area_code": "text",
    "living_situation": "text",
    "income_class": "text",
    "ability_level": "smallint",
}
_NAMES = ", ".join(COLUMNS)
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS.items())

# Whoever registered one of them in the meantime wins; such a row gives nothing back.
REGISTER = text(f"""
WITH incoming AS (
    SELECT * FROM unnest({_ARRAYS}, CAST(:card AS text[])) AS i ({_NAMES}, card)
), made AS (
    INSERT INTO senior ({_NAMES}, registered_at, updated_at)
    SELECT {_NAMES}, :now, :now FROM incoming
    ON CONFLICT (id_number_index) DO NOTHING RETURNING id, id_number_index
), begun AS (
    INSERT INTO senior_status (senior_id, status, from_on, recorded_at) SELECT id, 'active', :today, :now FROM made
), issued AS (
    INSERT INTO card (number, senior_id, state, issued_at, changed_at)
    SELECT i.card, m.id, 'issued', :now, :now
      FROM made AS m JOIN incoming AS i ON i.id_number_index = m.id_number_index
     WHERE i.card IS NOT NULL
)
SELECT id_number_index, id FROM made
""")  # noqa: S608 - made of the names above


def register_many(
    session: Session, rows: Sequence[Mapping[str, Any]], *, now: datetime, active_from: date
) -> dict[bytes, int]:
    """Register seniors, active from a day on, and issue the cards that stand in ``card``.

    :param rows: the columns above, and ``card``: a number or nothing
    :return: the new ids by blind index; a number that somebody has already is left out
    """
    if not rows:
        return {}
    arrays = {name: [row[name] for row in rows] for name in (*COLUMNS, "card")}
    made = session.execute(REGISTER, {**arrays, "now": now, "today": active_from})
    return {bytes(row.id_number_index): row.id for row in made}
