"""Prints: warning cards, the four-colour map and the risk ledger, as PDF; dataclasses in, bytes out."""
