"""Shifts at tills: who answers for which drawer from when to when, and whether it adds up."""
