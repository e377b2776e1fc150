"""The closed loop: a hidden hazard from its finding to its closure."""
