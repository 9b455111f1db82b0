"""The checks of meals: sales that should not be, looked for in many rows at once."""
