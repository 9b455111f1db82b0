"""Reads of meals, one module for each thing that is read; ``meals.queries`` is the door."""
