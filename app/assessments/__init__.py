"""Grading hazard sources: by a profile or judged directly, kept for ever, and what a change of profile does."""
