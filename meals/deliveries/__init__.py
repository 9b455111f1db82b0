"""Meals brought home, and meals that one person fetches for another."""
