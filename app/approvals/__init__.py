"""Maker and checker: whatever moves money or changes a rule is made by one person and decided by another."""
