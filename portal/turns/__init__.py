"""Turns of life: a death, a stay, a move, recorded once and carried out by every feature in one transaction."""
