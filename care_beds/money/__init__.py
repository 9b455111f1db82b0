"""Paying visits once by one payer, the monthly subsidy of a bed, and its construction."""
