"""Findings: what the nightly checks saw, which rows it rests on, who was asked, and what came of it."""
