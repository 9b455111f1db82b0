"""Demonstration data: an invented city that looks and adds up like a real one. Never loaded over real people."""
