"""The columns of floor tables that lists of meals are joined with, by table name: one statement for a page.

Keyed by what our own foreign keys point at; everything else about places, seniors and accounts is asked of
their own queries.
"""

from sqlalchemy import BigInteger, Date, Text, column, table

area = table("area", column("code", Text), column("name", Text), column("name_en", Text))
senior = table(
    "senior",
    column("id", BigInteger),
    column("name", Text),
    column("birth_on", Date),
    column("residence_area_code", Text),
)
card = table("card", column("number", Text), column("senior_id", BigInteger), column("state", Text))
account = table("account", column("id", BigInteger), column("name", Text))
