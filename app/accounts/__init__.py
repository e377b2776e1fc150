"""People, sign-in, tokens and roles."""
