"""Tables of outreach: scores and their history, visits that are due, and help that was referred to."""
