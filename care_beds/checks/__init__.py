"""What auditors found in home care elsewhere, looked for here."""
