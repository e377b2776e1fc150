"""Commands with a file of their own; `app/cli.py` is the door to all of them."""
