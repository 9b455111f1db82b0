"""Points: who gave them to whom, what they paid for, and what is left. Knows no meal and no bed."""
