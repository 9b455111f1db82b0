"""3+X: a kit at the home of somebody who lives alone, what it tells, and who answers."""
