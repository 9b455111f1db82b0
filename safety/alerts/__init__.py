"""Incidents, the people who are asked one after the other, and whether they came in time."""
