"""Relatives of seniors: who is linked to whom, what the senior consented to, and who looked."""
