"""The columns of others' tables that lists of homes are joined with, by table name: one statement for a page."""

from sqlalchemy import BigInteger, Text, column, table

SENIOR = table("senior", column("id", BigInteger), column("name", Text))
ACCOUNT = table("account", column("id", BigInteger), column("name", Text))
AREA = table("area", column("code", Text), column("name", Text), column("name_en", Text))
