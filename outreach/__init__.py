"""Nobody forgotten: who is at risk and why, who is visited by when, and the help that a visit leads to."""
