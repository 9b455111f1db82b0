"""The allowance: programmes, who is entitled to what and why, monthly grant runs and their corrections."""
