"""Sending one message to the outside: to the very address that was judged, within a time, and following nothing."""

import http.client
import logging
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError

from app.config import SettingError, Settings
from app.messages import formats
from app.messages.addresses import AddressRefused, Place, Resolve, allowed, is_mail_address, origins, resolved
from app.messages.formats import Outcome, Post
from app.messages.models import ChannelKind

MOST_BYTES = 65_536  # of an answer that are read
MOST_TRIED = 3  # network addresses of one name
FORMATS = {
    ChannelKind.WEBHOOK: (formats.for_webhook, formats.heard_by_webhook),
    ChannelKind.WECOM: (formats.for_wecom, formats.heard_by_robot),
    ChannelKind.DINGTALK: (formats.for_dingtalk, formats.heard_by_robot),
}
UNREACHABLE = Outcome("没有连上接收方，或对方没有按时回答。")
NOT_TRUSTED = Outcome("不能建立安全连接：接收方的证书无效、过期或与域名不符。")
NOT_CONFIGURED = Outcome("本系统没有配置发信服务器（DUAL_SMTP_HOST），不能发送邮件；请联系平台管理员。", refused=True)
log = logging.getLogger("dual.messages")


@dataclass(frozen=True)
class Smtp:
    """The mail server of the installation; without a host no mail is sent."""

    host: str = ""
    port: int = 465
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""


def names_addresses(host: str, port: int) -> list[str]:
    """What a name resolves to, as the operating system knows it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


WRONG_RECEIVERS = (
    "DUAL_INTERNAL_RECEIVERS 应为以英文逗号分隔的内网地址，每个只写协议、主机和端口，不带路径，"
    "例如 http://10.0.0.5:9000,https://10.0.0.6"
)


@dataclass(frozen=True)
class Sender:
    """The one way out of the product: which inner receivers it trusts, its mail server, and how long it waits."""

    internal: frozenset[str] = frozenset()
    smtp: Smtp = Smtp()
    seconds: float = 10.0  # for the whole exchange once connected, and for connecting to each address
    resolve: Resolve = names_addresses

    @classmethod
    def of(cls, settings: Settings) -> "Sender":
        """The sender of an installation. Raises SettingError for a receiver that is no plain origin."""
        try:
            internal = origins(settings.internal_receivers)
        except AddressRefused:
            raise SettingError(WRONG_RECEIVERS) from None
        smtp = Smtp(
            settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password,
            settings.smtp_from or settings.smtp_user,
        )  # fmt: skip
        return cls(internal, smtp)

    def send(self, kind: ChannelKind, address: str, secret: str, payload: dict[str, Any], *, at: datetime) -> Outcome:
        """Try once to deliver a message; whatever goes wrong is an outcome, and never names what lies behind."""
        try:
            if kind is ChannelKind.MAIL:
                return self._mail(address, payload)
            write, read = FORMATS[kind]
            return read(*self.post(address, write(payload, secret=secret, at=at)))
        except AddressRefused as refused:
            return Outcome(str(refused), refused=True)
        except (ssl.SSLError, SSLError):
            return NOT_TRUSTED
        except (HTTPError, http.client.HTTPException, OSError, ValueError):
            return UNREACHABLE
        except Exception as fault:  # noqa: BLE001 - one message that cannot be sent holds up no other
            log.error("sending broke: %s", type(fault).__name__)  # its text might carry a secret
            return Outcome("系统内部错误，未能发送。")

    def post(self, address: str, post: Post) -> tuple[int, bytes]:
        """Post to an address; the status and the first bytes of the answer. Raises AddressRefused or a network error.

        The name is resolved once. The connection goes to the address that was judged; name and certificate are
        still checked as the address has them.
        """
        place = allowed(address, internal=self.internal)
        last: HTTPError | None = None
        for network_address in resolved(place, self.resolve, internal=self.internal)[:MOST_TRIED]:
            try:
                return self._exchange(place, network_address, post)
            except NewConnectionError as unreachable:
                last = unreachable
        raise last or OSError("nothing to connect to")

    def _exchange(self, place: Place, network_address: str, post: Post) -> tuple[int, bytes]:
        deadline = _Deadline(self.seconds)
        with _pool(place, network_address, self.seconds, deadline) as pool, deadline:
            answer = pool.urlopen(
                "POST", post.target(place.target), body=post.body, retries=False, redirect=False,
                assert_same_host=False, preload_content=False, decode_content=False,
                headers={"Host": place.authority, "User-Agent": "dual-prevention", **post.headers},
            )  # fmt: skip
            try:
                return answer.status, answer.read(MOST_BYTES)
            finally:
                answer.close()

    def _mail(self, address: str, payload: dict[str, Any]) -> Outcome:
        if not self.smtp.host:
            return NOT_CONFIGURED
        if not is_mail_address(address):
            return Outcome("邮件地址的格式不对。", refused=True)
        letter = EmailMessage()
        letter["From"], letter["To"] = self.smtp.sender, address
        letter["Subject"] = " ".join(payload["title"].split())
        letter["X-Dual-Key"] = formats.key_of(payload)
        letter.set_content(payload["text"] or payload["title"])
        try:
            self._hand_over(letter)
        except smtplib.SMTPResponseException as refused:
            return Outcome(f"发信服务器没有接受（{refused.smtp_code}）。", refused=500 <= refused.smtp_code < 600)
        except smtplib.SMTPException:
            return Outcome("发信服务器没有接受。")
        return Outcome()

    def _hand_over(self, letter: EmailMessage) -> None:
        """Give a letter to the mail server, encrypted where it can be; a password never goes out in the clear."""
        trusted = ssl.create_default_context()
        if self.smtp.port == 465:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.smtp.host, 465, timeout=self.seconds, context=trusted)
        else:
            server = smtplib.SMTP(self.smtp.host, self.smtp.port, timeout=self.seconds)
        with server:
            server.ehlo_or_helo_if_needed()
            if self.smtp.port != 465 and (self.smtp.password or server.has_extn("starttls")):
                server.starttls(context=trusted)
            if self.smtp.password:
                server.login(self.smtp.user, self.smtp.password)
            server.send_message(letter)


class _Deadline:
    """Cuts a connection off when the whole exchange takes too long: a drop every few seconds is no answer either."""

    def __init__(self, seconds: float) -> None:
        self.timer = threading.Timer(seconds, self._cut)
        self.timer.daemon = True
        self.watched: list[socket.socket] = []

    def watch(self, connection: socket.socket) -> None:
        # A duplicate: the handshake takes the original away, and shutting one down shuts down both.
        self.watched.append(connection.dup())

    def __enter__(self) -> None:
        self.timer.start()

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        for connection in self.watched:
            connection.close()

    def _cut(self) -> None:
        for connection in self.watched:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.info("a connection had ended before it was cut off")


def _pool(place: Place, network_address: str, seconds: float, deadline: _Deadline) -> HTTPConnectionPool:
    """Connections to one network address, as if to the host: its name is asked for by SNI and must be certified."""
    timeout = Timeout(seconds)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            deadline.watch(connection := super()._new_conn())
            return connection

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            deadline.watch(connection := super()._new_conn())
            return connection

    if place.scheme == "http":
        pool = HTTPConnectionPool(network_address, place.port, timeout=timeout)
        pool.ConnectionCls = Plain
        return pool
    pool = HTTPSConnectionPool(
        network_address, place.port, timeout=timeout, cert_reqs="CERT_REQUIRED", server_hostname=place.host
    )
    pool.ConnectionCls = Encrypted
    return pool
