"""The columns of others' tables that lists of beds are joined with, by table name: one statement for a page.

Keyed by what our own foreign keys point at; everything else about them is asked of their own queries.
"""

from sqlalchemy import BigInteger, Text, column, table

SENIOR = table("senior", column("id", BigInteger), column("name", Text))
PROVIDER = table("care_provider", column("id", BigInteger), column("name", Text), column("phone", Text))
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))
AREA = table("area", column("code", Text), column("name", Text), column("name_en", Text))
