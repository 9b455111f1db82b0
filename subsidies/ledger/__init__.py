"""The kernel of the points ledger: the calls of its database functions, its canonical text, its verification."""
