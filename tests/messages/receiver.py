"""A receiver on loopback for what leaves the product: it keeps every request and answers as it was told."""

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

CERTIFICATE = Path(__file__).with_name("receiver.pem")  # of receiver.test, good for a century, trusted by its tests


class ManyAtOnce(ThreadingHTTPServer):
    """A server that lets a crowd wait at its door: a connection turned away comes back only after a second."""

    daemon_threads = True
    request_queue_size = 128


@dataclass
class Heard:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def signed_with(self, secret: str) -> bool:
        signed = self.headers["X-Dual-Timestamp"].encode() + b"." + self.body
        wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, self.headers["X-Dual-Signature"])


@dataclass
class Receiver:
    """An HTTP server on a free port of loopback. `answers` are given one by one, the last for ever."""

    host: str = "127.0.0.1"
    port: int = 0
    certified: bool = False
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=lambda: [(200, b"", {})])
    heard: list[Heard] = field(default_factory=list)
    names_asked: list[str | None] = field(default_factory=list)  # by SNI
    go_on: threading.Event | None = None  # an answer waits for it

    def __enter__(self) -> "Receiver":
        self.server = ManyAtOnce((self.host, self.port), self._handler())
        self.port = self.server.server_address[1]
        if self.certified:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            context.sni_callback = lambda _socket, name, _context: self.names_asked.append(name)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.go_on:
            self.go_on.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(Heard(self.path, dict(self.headers), body))
                answers = receiver.answers
                status, answer, headers = answers.pop(0) if len(answers) > 1 else answers[0]
                if receiver.go_on:
                    receiver.go_on.wait()
                    return  # whoever asked has gone
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None: ...

        return Handler


class MailServer:
    """A mail server on loopback that takes every letter."""

    def __enter__(self) -> "MailServer":
        self.letters: list[str] = []
        letters = self.letters

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 here\r\n")
                while line := self.rfile.readline():
                    if line.upper().startswith(b"QUIT"):
                        self.wfile.write(b"221 bye\r\n")
                        return
                    if line.upper().startswith(b"DATA"):
                        self.wfile.write(b"354 go on\r\n")
                        letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    self.wfile.write(b"250 ok\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


def dingtalk_sign(secret: str, timestamp: str) -> str:
    """The signature a DingTalk robot expects, by its own description."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
