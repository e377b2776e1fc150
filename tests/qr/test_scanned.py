import random
import string

import pytest

from qr import address, is_token, new_token, old_addresses, symbols, token_in

TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYA"
TEMPLATES = (
    "http://10.0.0.5:8000/Q/{token},/scan.html?code={token},https://old.example.cn:443/t/{token}/card,"
    "http://b.cn/q/{token},"
)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        " {}\n",
        "HTTPS://SAFETY.EXAMPLE.CN/Q/{}",
        "https://safety.example.cn/q/{}",
        "http://127.0.0.1:8000/Q/{}?from=singlemessage#top",
        "http://10.0.0.5:8000/Q/{}",
        "https://any.where.cn/scan.html?code={}",
        "http://10.0.0.5/scan.html?a=1&code={}",
        "HTTPS://OLD.EXAMPLE.CN/t/{}/card",
        "https://old.example.cn:443/t/{}/card",
    ],
)
def test_the_token_is_found_in_whatever_a_scanner_read(text):
    assert token_in(text.format(TOKEN), old_addresses(TEMPLATES)) == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "WIFI:T:WPA;S:guest;P:12345678;;",
        "https://example.cn/",
        "https://example.cn/scan.html",
        f"ftp://example.cn/Q/{TOKEN}",
        f"//example.cn/Q/{TOKEN}",
        f"https://example.cn/Q/{TOKEN.lower()}",
        f"https://example.cn/Q/{TOKEN}/report",
        f"https://example.cn/t/{TOKEN}/card",
        f"http://old.example.cn:81/t/{TOKEN}/card",
        f"https://example.cn/scan.html?id={TOKEN}",
        f"https://[example.cn/Q/{TOKEN}",
        f"{TOKEN} {TOKEN}",
        "https://example.cn/?" + "a=1&" * 60,
    ],
)
def test_anything_else_holds_no_token(text):
    assert token_in(text, old_addresses(TEMPLATES)) is None


@pytest.mark.parametrize(
    "template",
    [
        "/q", "q/{token}", "/a/{token}/{token}", "/a?b=1", "/a?b={token}&c=1", "/a-{token}", "/a/{token}?b={token}",
        "/Q/{token}", "/q/{token}", "ftp://a.cn/t/{token}", "http://a.cn", "http://a b/{token}", "/a#{token}",
        "/安全/{token}", "/<x>/{token}",
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_used_says_how_one_is_written(template):
    with pytest.raises(ValueError, match=r"旧地址的写法|现行的地址"):
        old_addresses(template)


def test_every_host_of_up_to_27_characters_gives_at_most_version_5_at_level_h():
    chance = random.Random(27)
    letters = string.ascii_lowercase + string.digits
    hosts = []
    for length in [*range(1, 28), *[27] * 60]:
        name = "".join(chance.choice(letters + "-.") for _ in range(max(length - 2, 0)))
        name = chance.choice(letters) + name + chance.choice(letters) if length > 1 else chance.choice(letters)
        port = f":{chance.randrange(1, 65536)}"
        hosts.append(name[: length - len(port)].rstrip("-.") + port if length > 10 and chance.random() < 0.3 else name)
    assert {len(host) for host in hosts} >= {1, 2, 26, 27}
    texts = [address(f"{scheme}{host}", new_token()) for host in hosts for scheme in ("", "https://", "http://")]
    made = symbols(texts, "H")
    assert max(symbol.version for symbol in made) == 5
    assert all(is_token(token_in(symbol.text)) for symbol in made)
