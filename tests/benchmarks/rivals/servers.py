"""The three servers, each under granian with the same settings, running side by side; one is measured at a time."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.config import Settings

HERE = "tests.benchmarks.rivals"
TARGETS = {
    "product": ("wsgi:app",),
    "bare": (f"{HERE}.bare:application",),
    "django rest": (f"{HERE}.django_rest.wsgi:application",),
}
WORKERS, THREADS = 2, 32
PATIENCE = 30  # seconds a server may take to start


@contextmanager
def serving(settings: Settings) -> Iterator[dict[str, int]]:
    """Start all of them; gives the port of each by name."""
    environment = {
        **os.environ,
        "DUAL_INSTANCE": str(settings.instance),
        "DUAL_DATABASE_URL": settings.database_url,
        "DUAL_JWT_SECRET": settings.jwt_secret,
        "DJANGO_SETTINGS_MODULE": f"{HERE}.django_rest.settings",
    }
    with ExitStack() as stack:
        yield {name: stack.enter_context(_granian(target, environment)) for name, target in TARGETS.items()}


@contextmanager
def _granian(target: tuple[str, ...], environment: dict[str, str]) -> Iterator[int]:
    port = _free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--workers", str(WORKERS),
            "--blocking-threads", str(THREADS), "--log-level", "error", "--port", str(port), *target,
        ],
        env=environment,
    )  # fmt: skip
    try:
        _wait_for(process, port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("a server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
