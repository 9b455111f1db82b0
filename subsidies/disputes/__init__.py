"""Disputes: a family says that a line of the statement is not right, and the street answers by a day."""
