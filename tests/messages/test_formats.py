"""What each kind of channel is sent, and how its answer is read."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from app.messages import formats
from app.messages.formats import Outcome
from tests.messages.receiver import dingtalk_sign

AT = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
SECRET = "SEC0123456789abcdef"
PAYLOAD = {
    "id": "019a", "key": "escalated:1", "kind": "hidden_hazard.escalated", "title": "隐患逾期", "text": "罐区护栏缺失",
    "at": "2026-11-21T00:30:00Z", "enterprise": "HG01", "subject": {"kind": "hidden_hazard", "id": "019b"}, "data": {},
}  # fmt: skip


def test_a_webhook_gets_canonical_json_signed_with_its_time() -> None:
    post = formats.for_webhook(PAYLOAD, secret=SECRET, at=AT)
    assert json.loads(post.body) == PAYLOAD
    assert post.headers["X-Dual-Key"] == "HG01:escalated:1"
    stamp = post.headers["X-Dual-Timestamp"]
    assert stamp == "1795221000" == str(int(AT.timestamp()))
    signed = hmac.new(SECRET.encode(), stamp.encode() + b"." + post.body, hashlib.sha256).hexdigest()
    assert post.headers["X-Dual-Signature"] == signed


def test_a_robot_gets_a_text_no_longer_than_it_takes_cut_between_characters() -> None:
    post = formats.for_wecom({**PAYLOAD, "text": "长" * 3000}, secret="", at=AT)
    content = json.loads(post.body)["text"]["content"]
    assert content.startswith("隐患逾期\n长")
    assert 2045 <= len(content.encode()) <= formats.WECOM_BYTES


def test_a_dingtalk_robot_gets_its_sign_in_the_query_only_where_it_has_a_secret() -> None:
    post = formats.for_dingtalk(PAYLOAD, secret=SECRET, at=AT)
    assert post.query["timestamp"] == "1795221000000"
    assert post.query["sign"] == dingtalk_sign(SECRET, post.query["timestamp"])
    target = post.target("/robot/send?access_token=abc")
    assert target.startswith("/robot/send?access_token=abc&timestamp=1795221000000&sign=")
    assert "+" not in target  # base64's plus would be read as a space
    plain = formats.for_dingtalk(PAYLOAD, secret="", at=AT)
    assert plain.target("/robot/send?access_token=abc") == "/robot/send?access_token=abc"


def test_a_key_of_any_words_is_a_header() -> None:
    assert formats.key_of({"enterprise": "HG01", "key": "提醒:甲\r\n乙"}).isascii()
    assert "\n" not in formats.key_of({"enterprise": "HG01", "key": "提醒:甲\r\n乙"})


@pytest.mark.parametrize(
    ("status", "delivered", "refused"),
    [(200, True, False), (204, True, False), (299, True, False), (301, False, True), (307, False, True),
     (400, False, True), (404, False, True), (408, False, False), (410, False, True), (429, False, False),
     (500, False, False), (503, False, False), (100, False, False)],
)  # fmt: skip
def test_a_webhook_has_heard_when_it_answers_2xx(status: int, delivered: bool, refused: bool) -> None:
    outcome = formats.heard_by_webhook(status, b"whatever")
    assert (not outcome.problem, outcome.refused) == (delivered, refused)
    assert "whatever" not in outcome.problem


@pytest.mark.parametrize(
    ("status", "body", "delivered", "refused"),
    [(200, b'{"errcode":0,"errmsg":"ok"}', True, False), (200, b'{"errcode":93000}', False, True),
     (200, b'{"errcode":45009}', False, False), (200, b'{"errcode":-1}', False, False), (200, b"", False, False),
     (200, b"<html>", False, False), (200, b"[]", False, False), (200, b'{"errcode":"0"}', False, False),
     (200, b'{"errcode":null}', False, False), (200, b"[" * 9999, False, False), (500, b'{"errcode":0}', False, False),
     (404, b'{"errcode":0}', False, True)],
)  # fmt: skip
def test_a_robot_has_heard_only_when_its_errcode_is_0(status: int, body: bytes, delivered: bool, refused: bool) -> None:
    outcome = formats.heard_by_robot(status, body)
    assert (outcome == Outcome(), outcome.refused) == (delivered, refused)
