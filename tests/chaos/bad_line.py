"""A line that refuses some connections and swallows some answers: the request arrived, and nobody is told."""

import contextlib
import random
import socket
import socketserver
import threading
from collections.abc import Iterator

TIMEOUT = 30  # seconds either side may be silent


class BadLine(socketserver.ThreadingTCPServer):
    """A proxy of one request a connection to a port of this machine, with its shares of refusals and lost answers."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, *, refuses: float, swallows: float, seed: int = 1) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.to, self.refuses, self.swallows = port, refuses, swallows
        self.random = random.Random(seed)
        self.asked = self.refused = self.swallowed = 0
        self.counting = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def fate(self) -> tuple[bool, bool]:
        """Whether this connection is refused, and whether its answer is swallowed."""
        with self.counting:
            refused = self.random.random() < self.refuses
            swallowed = not refused and self.random.random() < self.swallows
            self.asked += 1
            self.refused += refused
            self.swallowed += swallowed
        return refused, swallowed


class Passage(socketserver.BaseRequestHandler):
    """One connection through the line."""

    server: BadLine

    def handle(self) -> None:
        refused, swallowed = self.server.fate()
        if refused:
            return
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server.to), TIMEOUT) as onward:
            self.request.settimeout(TIMEOUT)
            onward.sendall(_whole(self.request))
            answer = _whole(onward)
            if not swallowed:
                self.request.sendall(answer)


@contextlib.contextmanager
def bad_line(port: int, *, refuses: float, swallows: float) -> Iterator[BadLine]:
    """A bad line to a port for the length of the block."""
    with BadLine(port, refuses=refuses, swallows=swallows) as line:
        threading.Thread(target=line.serve_forever, daemon=True).start()
        yield line
        line.shutdown()


def _whole(side: socket.socket) -> bytes:
    """One message of HTTP/1.1 to its end, by its Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(side)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += _some(side)
    return head + b"\r\n\r\n" + body


def _some(side: socket.socket) -> bytes:
    some = side.recv(65536)
    if not some:
        raise ConnectionError("the other side hung up")
    return some
