"""Reading outreach: coverage, what is due, one person, referrals."""
