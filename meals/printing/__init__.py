"""Receipts on paper: off until somebody switches them on at a till."""
