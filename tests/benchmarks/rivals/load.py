"""The load: connections kept alive, each sending its next request as soon as the last one was answered.

One process and no thread; a request costs it a small part of what it costs any server measured here.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import cast

HOST = "127.0.0.1"


class Unexpected(Exception):
    """An answer of another status than the one wanted."""


class Connection(asyncio.Protocol):
    """One connection: it asks until the deadline, counts its answers and checks the status of each."""

    def __init__(self, requests: Iterator[bytes], status: int, deadline: float) -> None:
        self.requests, self.deadline = requests, deadline
        self.wanted = f"HTTP/1.1 {status} ".encode()
        self.done = asyncio.get_running_loop().create_future()
        self.received = b""
        self.answers = 0
        self.last = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not _whole(self.received):
            return
        answer, self.received = self.received, b""
        if not answer.startswith(self.wanted):
            self._end(Unexpected(answer.decode("utf-8", "replace")[:2000]))
            return
        self.answers += 1
        self.last = time.perf_counter()
        if self.last < self.deadline:
            self.transport.write(next(self.requests))
        else:
            self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or Unexpected("the connection was closed before its answer"))

    def _end(self, error: Exception | None) -> None:
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)
        self.transport.close()


def rate(port: int, requests: Iterator[bytes], *, status: int, connections: int, seconds: float) -> float:
    """Requests answered per second. Raises Unexpected for any answer of another status."""
    return asyncio.run(_rate(port, requests, status, connections, seconds))


async def _rate(port: int, requests: Iterator[bytes], status: int, connections: int, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: Connection(requests, status, start + seconds), HOST, port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    last = max(connection.last for _, connection in opened)
    return sum(connection.answers for _, connection in opened) / (last - start)


def _whole(answer: bytes) -> bool:
    """Whether an answer has arrived to its end, by its Content-Length or by its last chunk."""
    head, _, body = answer.partition(b"\r\n\r\n")
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(head[at + 17 :].split(b"\r\n", 1)[0])
