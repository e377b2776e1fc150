"""Signals about records, never verdicts: what an acceptor or a regulator should look at twice."""
