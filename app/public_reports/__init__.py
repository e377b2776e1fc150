"""What anyone may report by scanning a code, without an account and without being known."""
