"""What each kind of channel is sent, and how its answer is read (pure)."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from app.core.canonical import canonical

WECOM_BYTES = 2048  # the most its robots take as text
DINGTALK_BYTES = 15_000
TRY_AGAIN = frozenset({408, 429})  # of the 4xx, those that pass
BUSY = frozenset({-1, 45009, 130101, 410100})  # robots' codes for too fast or too busy


@dataclass(frozen=True)
class Post:
    """One request: what is added to the query of the address, the body and its headers."""

    body: bytes
    headers: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)

    def target(self, target: str) -> str:
        """The path and query of an address with what is added."""
        return target + ("&" if "?" in target else "?") * bool(self.query) + urlencode(self.query)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; no problem means delivered. What was `refused` is not likely to be taken later."""

    problem: str = ""
    refused: bool = False


def key_of(payload: dict[str, Any]) -> str:
    """The key a receiver tells repeats by: the same however often one thing is sent, unlike another enterprise's."""
    return quote(f"{payload['enterprise']}:{payload['key']}", safe=":.,-_+/")


def for_webhook(payload: dict[str, Any], *, secret: str, at: datetime) -> Post:
    """The message as canonical JSON, signed with its time by HMAC-SHA256."""
    body, timestamp = canonical(payload), str(int(at.timestamp()))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    signed = {"X-Dual-Key": key_of(payload), "X-Dual-Timestamp": timestamp, "X-Dual-Signature": signature}
    return Post(body, {"Content-Type": "application/json", **signed})


def for_wecom(payload: dict[str, Any], *, secret: str, at: datetime) -> Post:
    """A text message of a WeCom robot."""
    return _robot(payload, WECOM_BYTES)


def for_dingtalk(payload: dict[str, Any], *, secret: str, at: datetime) -> Post:
    """A text message of a DingTalk robot, signed as its robots ask where they have a secret."""
    post = _robot(payload, DINGTALK_BYTES)
    if not secret:
        return post
    timestamp = str(int(at.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return Post(post.body, post.headers, {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()})


def text_of(payload: dict[str, Any]) -> str:
    """Title and text as a person reads them."""
    return f"{payload['title']}\n{payload['text']}".strip()


def heard_by_webhook(status: int, body: bytes) -> Outcome:
    """Any 2xx is a delivery."""
    if 200 <= status < 300:
        return Outcome()
    if 300 <= status < 400:
        return Outcome(f"接收方要求转到其他地址（状态码 {status}），不予跟随；请直接填写最终地址。", refused=True)
    return Outcome(f"接收方回答状态码 {status}。", refused=400 <= status < 500 and status not in TRY_AGAIN)


def heard_by_robot(status: int, body: bytes) -> Outcome:
    """A robot answers 200 whatever happened; only errcode 0 is a delivery."""
    spoken = heard_by_webhook(status, body)
    if spoken.problem:
        return spoken
    try:
        code = json.loads(body)["errcode"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Outcome("机器人的回答读不懂，请核对地址是否为机器人的 Webhook 地址。")
    if code == 0:
        return Outcome()
    known = isinstance(code, int) and abs(code) < 10**9
    return Outcome(f"机器人没有接受（errcode {code if known else '不明'}）。", refused=known and code not in BUSY)


def _robot(payload: dict[str, Any], most_bytes: int) -> Post:
    content = text_of(payload).encode("utf-8")[:most_bytes].decode("utf-8", "ignore")
    body = canonical({"msgtype": "text", "text": {"content": content}})
    return Post(body, {"Content-Type": "application/json", "X-Dual-Key": key_of(payload)})
