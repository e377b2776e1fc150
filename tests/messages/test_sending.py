"""One message on its way out: to the very address that was judged, with the name's own certificate, in time."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.config import SettingError, Settings
from app.messages.formats import Outcome
from app.messages.models import ChannelKind
from app.messages.sending import NOT_CONFIGURED, UNREACHABLE, Sender, Smtp
from tests.messages.receiver import CERTIFICATE, MailServer, Receiver

SECRET = "0123456789abcdef"
PAYLOAD: dict[str, Any] = {
    "id": "1", "key": "k:1", "kind": "a.b", "title": "标题\n第二行", "text": "正文", "at": "2026-11-21T00:30:00Z",
    "enterprise": "HG01", "subject": {"kind": "", "id": None}, "data": {},
}  # fmt: skip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


def send(sender: Sender, address: str, kind: ChannelKind = ChannelKind.WEBHOOK) -> Outcome:
    return sender.send(kind, address, SECRET, PAYLOAD, at=datetime(2026, 11, 21, tzinfo=UTC))


def trusting(*origins: str, **given: Any) -> Sender:
    return Sender(internal=frozenset(origins), **given)


def test_a_trusted_receiver_on_loopback_gets_the_message(receiver: Receiver) -> None:
    assert send(trusting(receiver.origin), f"{receiver.origin}/hook?a=1") == Outcome()
    (heard,) = receiver.heard
    assert (heard.path, heard.said) == ("/hook?a=1", PAYLOAD)
    assert heard.signed_with(SECRET)
    assert heard.headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_a_receiver_on_loopback_that_nobody_trusts_is_never_connected_to(receiver: Receiver) -> None:
    for address in (receiver.origin, f"https://127.0.0.1:{receiver.port}/", f"https://localhost:{receiver.port}/"):
        outcome = send(Sender(), address)
        assert outcome.problem
        assert outcome.refused, address
    named = Sender(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    assert send(named, f"https://rebinding.test:{receiver.port}/").refused
    assert receiver.heard == []


def test_the_connection_goes_to_the_address_that_was_judged_whatever_the_name_says_next(receiver: Receiver) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    with Receiver(host="127.0.0.2", port=receiver.port) as other:
        origin = f"http://rebinding.test:{receiver.port}"
        assert not send(trusting(origin, resolve=lambda host, port: next(answers)), origin).problem
        assert (len(receiver.heard), len(other.heard)) == (1, 0)
        assert next(answers) == ["127.0.0.2"]  # it was asked once
    assert receiver.heard[0].headers["Host"] == f"rebinding.test:{receiver.port}"


def test_an_address_that_does_not_listen_gives_way_to_the_next_that_was_judged(receiver: Receiver) -> None:
    origin = f"http://two.test:{receiver.port}"
    sender = trusting(origin, resolve=lambda host, port: ["127.0.0.3", "127.0.0.1"])
    assert not send(sender, origin).problem


def test_the_certificate_must_be_the_names_own_though_the_address_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Receiver(certified=True) as receiver:
        right, wrong = (f"https://{name}:{receiver.port}" for name in ("receiver.test", "another.test"))
        sender = trusting(right, wrong, resolve=lambda host, port: ["127.0.0.1"])
        assert send(sender, right) == Outcome()
        assert receiver.names_asked == ["receiver.test"]
        assert "证书" in send(sender, wrong).problem
        assert receiver.names_asked == ["receiver.test", "another.test"]
        monkeypatch.delenv("SSL_CERT_FILE")
        assert "证书" in send(sender, right).problem  # signed by itself
    assert len(receiver.heard) == 1


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with Receiver() as other:
        receiver.answers = [(302, b"", {"Location": f"{other.origin}/"})]
        assert send(trusting(receiver.origin, other.origin), receiver.origin).refused
        assert (len(receiver.heard), len(other.heard)) == (1, 0)


def test_an_answer_is_read_no_further_than_is_needed(receiver: Receiver) -> None:
    receiver.answers = [(200, b'{"errcode":0}' + b" " * 300_000, {"Content-Encoding": "gzip"})]
    outcome = send(trusting(receiver.origin), receiver.origin, ChannelKind.WECOM)
    assert outcome == Outcome()


def test_a_slow_answer_is_not_waited_for(receiver: Receiver) -> None:
    receiver.go_on = threading.Event()
    assert send(trusting(receiver.origin, seconds=0.1), receiver.origin) == UNREACHABLE
    assert len(receiver.heard) == 1


def test_an_answer_that_comes_drop_by_drop_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        origin, stop = f"http://127.0.0.1:{listening.getsockname()[1]}", threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b"H")  # each byte well within the time of one read
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        outcome = send(trusting(origin, seconds=0.2), origin)
        stop.set()
        thread.join()
    assert outcome == UNREACHABLE


def test_a_refused_connection_and_an_unknown_name_are_worth_another_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        origin = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert send(trusting(origin), origin) == UNREACHABLE

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert send(Sender(resolve=unknown), "https://no.such.example/") == UNREACHABLE
    assert send(Sender(resolve=lambda host, port: []), "https://empty.example/") == UNREACHABLE


def test_mail_goes_through_the_installations_server_or_says_that_there_is_none() -> None:
    address = "safety@example.com"
    assert send(Sender(), address, ChannelKind.MAIL) == NOT_CONFIGURED
    with MailServer() as server:
        sender = Sender(smtp=Smtp("127.0.0.1", server.port, sender="dual@example.com"))
        assert send(sender, address, ChannelKind.MAIL) == Outcome()
        assert send(sender, "a@b.com\r\nBcc: c@d.com", ChannelKind.MAIL).refused
        (letter,) = server.letters
        assert "To: safety@example.com" in letter
        assert "X-Dual-Key: HG01:k:1" in letter
        secretive = Sender(smtp=Smtp("127.0.0.1", server.port, "user", "password", "dual@example.com"))
        assert send(secretive, address, ChannelKind.MAIL).problem  # no encryption, no password
    assert "password" not in repr(secretive)


def test_a_receiver_that_is_no_origin_stops_the_start() -> None:
    for wrong in ("10.0.0.5:9000", "http://10.0.0.5/path", "http://u:p@10.0.0.5"):
        with pytest.raises(SettingError, match=r"^DUAL_INTERNAL_RECEIVERS 应为.*不带路径，例如 http"):
            Sender.of(Settings(internal_receivers=wrong))
    assert Sender.of(Settings(internal_receivers="http://10.0.0.5:9000")).internal == {"http://10.0.0.5:9000"}
