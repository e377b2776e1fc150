"""The server's entry: `granian --interface wsgi wsgi:app`, and `flask --app wsgi` for the commands."""

from app import create_app

app = create_app()
