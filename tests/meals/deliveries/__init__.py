"""Meals brought home, and meals fetched for others."""
