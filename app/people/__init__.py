"""Seniors and their cards: who they are, where they belong, how they are, and how they are found."""
