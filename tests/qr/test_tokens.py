import base64

import pytest

from qr import address, is_token, new_token

TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYA"


def test_a_token_is_128_bits_in_26_characters_of_upper_case_base32():
    token = new_token()
    assert len(token) == 26
    assert len(base64.b32decode(token + "======")) == 16
    assert is_token(token)


def test_tokens_differ():
    assert len({new_token() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN.lower(),
        TOKEN + "\n",
        TOKEN + "======",
        "0" + TOKEN[1:],
        "Ａ" + TOKEN[1:],
        " " + TOKEN[1:],
    ],
)
def test_anything_else_is_no_token(text):
    assert not is_token(text)


def test_only_the_canonical_one_of_four_equal_spellings_is_a_token():
    spellings = [TOKEN[:-1] + last for last in "ABCD"]
    assert len({base64.b32decode(each + "======") for each in spellings}) == 1
    assert [is_token(each) for each in spellings] == [True, False, False, False]


@pytest.mark.parametrize(
    ("host", "printed"),
    [
        ("safety.example.cn", "HTTPS://SAFETY.EXAMPLE.CN"),
        ("https://safety.example.cn:8443", "HTTPS://SAFETY.EXAMPLE.CN:8443"),
        ("http://127.0.0.1:8000", "HTTP://127.0.0.1:8000"),
        ("HTTP://LOCALHOST", "HTTP://LOCALHOST"),
    ],
)
def test_an_address_is_upper_case_throughout(host, printed):
    assert address(host, TOKEN) == f"{printed}/Q/{TOKEN}"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b",
        "a/b",
        "a/",
        "a?b",
        "a#b",
        "u@a",
        "ftp://a",
        "https://",
        "a:port",
        "安全.cn",
        "a\n",
        "-a",
        "a_b",
        "a%41",
    ],
)
def test_a_host_with_more_than_name_and_port_is_refused(host):
    with pytest.raises(ValueError, match="二维码"):
        address(host, TOKEN)


def test_an_address_carries_only_tokens():
    with pytest.raises(ValueError, match="base32"):
        address("safety.example.cn", TOKEN.lower())
