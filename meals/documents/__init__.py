"""How the policy documents of meals are written, checked, read into terms, and shown as tables."""
