"""What every answer carries, and the one line each request leaves in the log: never a token, never a query."""

import logging
import time

from flask import Flask, Response, g, request

log = logging.getLogger("dual.access")

STRICT = (
    "default-src 'none'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def install(app: Flask) -> None:
    """Add the headers and the log line to every answer."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", STRICT)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        milliseconds = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        rule = request.url_rule.rule if request.url_rule else "-"
        log.info("%s %s %s %.1f ms", request.method, rule, response.status_code, milliseconds)
        return response
