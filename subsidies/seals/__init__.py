"""Seals: signed roots over all books, kept outside the database, and what lets an outsider check them."""
