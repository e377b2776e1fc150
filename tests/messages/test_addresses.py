"""Where nothing is sent: every way to write an address of one's own network, and a name that changes its mind."""

import pytest

from app.messages.addresses import AddressRefused, allowed, is_mail_address, is_public, origins, resolved, taken_apart

PUBLIC = "93.184.216.34"
# Refused as they are written, whatever they might resolve to.
WRITTEN = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "//127.0.0.1/",
    "https://127.0.0.1/", "https://127.0.0.1:443/", "https://127.1/", "https://127.0.1/", "https://2130706433/",
    "https://017700000001/", "https://0177.0.0.1/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0x7f.1/",
    "https://0/", "https://0.0.0.0/", "https://127.0.0.1./", "https://2130706433./", "https://00000127.0.0.1/",
    "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
    "https://[64:ff9b::8.8.8.8]/", "https://[2001:0:7f00:1::]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://[2001:db8::1]/", "https://[::1",
    "https://10.0.0.5/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/",
    "https://100.64.0.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://192.0.2.1/", "https://user@example.com/", "https://example.com@127.0.0.1/",
    "https://a:b@127.0.0.1/", "https://127.0.0.1#@example.com/", "https://example.com\\@127.0.0.1/",
    "https://example.com#x", "https:///127.0.0.1", "https:127.0.0.1", "https://１２７.0.0.1/", "https://127。0。0。1/",
    "https://ⓛocalhost/", "https://münchen.example/", "https://exa mple.com/", "https://example.com/\r\nHost: x",
    "https://example.com:0/", "https://example.com:65536/", "https://example.com:443:80/", "https://example.com:/",
    "https://", "https://.example.com/", "https://-example.com/", " https://example.com/", "https://example.com/ ",
    "javascript:alert(1)", "", "https://localhost/", "https://LocalHost./", "https://a.localhost/", "https://nas.local/",
]  # fmt: skip
# Well written, and refused for what the name resolves to.
RESOLVED = [
    ["127.0.0.1"], ["127.8.9.10"], ["0.0.0.0"], ["10.1.2.3"], ["172.31.255.254"], ["192.168.0.1"],  # noqa: S104
    ["169.254.169.254"], ["100.100.100.200"], ["198.19.0.1"], ["192.0.0.8"], ["203.0.113.1"], ["239.1.1.1"],
    ["255.255.255.255"], ["192.88.99.1"], ["::1"], ["::"], ["::ffff:127.0.0.1"], ["::ffff:8.8.8.8"], ["::7f00:1"],
    ["64:ff9b::a00:1"], ["64:ff9b:1::1"], ["2002:a00:1::"], ["2001:0:a00:1::"], ["fd00:ec2::254"], ["fe80::1"],
    ["fe80::1%eth0"], ["2606:2800:220:1::1%1"], ["fec0::1"], ["ff05::2"], ["2001:db8::1"], ["3fff::1"], ["100::1"],
    [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["2606:2800:220:1::1", "::1"], ["not an address"],
]  # fmt: skip
PLAIN = {
    "https://example.com": ("example.com", 443, "/"),
    "HTTPS://Example.COM/Hook?key=A-b_1": ("example.com", 443, "/Hook?key=A-b_1"),
    "https://example.com.:8443/a/b": ("example.com.", 8443, "/a/b"),
    "https://xn--fiq228c.example/@x": ("xn--fiq228c.example", 443, "/@x"),
    "https://93.184.216.34/": (PUBLIC, 443, "/"),
    "https://[2606:2800:220:1::1]:444/": ("2606:2800:220:1::1", 444, "/"),
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1-2": ("qyapi.weixin.qq.com", 443, None),
    "https://7-zip.example/x": ("7-zip.example", 443, "/x"),
}


@pytest.mark.parametrize("address", WRITTEN)
def test_an_address_that_is_not_plainly_the_publics_is_refused_as_written(address: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        allowed(address, internal=())
    assert "127" not in str(refused.value)


@pytest.mark.parametrize("found", RESOLVED, ids=str)
def test_a_name_that_resolves_to_anything_but_the_publics_is_refused(found: list[str]) -> None:
    with pytest.raises(AddressRefused):
        resolved(allowed("https://example.com/", internal=()), lambda host, port: found, internal=())


@pytest.mark.parametrize("name", ["ip6-localhost", "intranet.example", "LOCALHOST.example"])
def test_a_name_of_ones_own_is_allowed_to_be_written_and_refused_when_resolved(name: str) -> None:
    place = allowed(f"https://{name}/", internal=())
    with pytest.raises(AddressRefused):
        resolved(place, lambda host, port: ["127.0.0.1", "::1"], internal=())


@pytest.mark.parametrize(("address", "parts"), PLAIN.items())
def test_a_plain_address_is_taken_apart(address: str, parts: tuple[str, int, str | None]) -> None:
    place = allowed(address, internal=())
    assert (place.host, place.port) == parts[:2]
    assert parts[2] in (None, place.target)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "114.114.114.114", "2606:2800:220:1::1", "2400:3200::1"])
def test_what_belongs_to_the_public_is_public(address: str) -> None:
    assert is_public(address)


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    place = allowed("https://rebinding.example/", internal=())
    assert resolved(place, lambda host, port: next(answers), internal=()) == [PUBLIC]
    with pytest.raises(AddressRefused):  # asked again, at another sending, the other answer is refused
        resolved(place, lambda host, port: next(answers), internal=())


def test_a_literal_is_never_resolved() -> None:
    place = allowed(f"https://{PUBLIC}/", internal=())
    assert resolved(place, lambda host, port: ["127.0.0.1"], internal=()) == [PUBLIC]


def test_only_the_very_origin_an_installation_trusts_may_lie_inside() -> None:
    internal = origins("http://10.0.0.5:9000, HTTPS://hooks.corp:8443/")
    assert internal == {"http://10.0.0.5:9000", "https://hooks.corp:8443"}
    assert resolved(allowed("http://10.0.0.5:9000/x", internal=internal), lambda h, p: [], internal=internal) == [
        "10.0.0.5"
    ]
    for other in ("http://10.0.0.5:9001/", "http://10.0.0.6:9000/", "https://10.0.0.5:9000/", "http://10.0.0.5/"):
        with pytest.raises(AddressRefused):
            allowed(other, internal=internal)
    with pytest.raises(AddressRefused):
        origins("http://10.0.0.5:9000/path")


def test_the_host_header_carries_host_and_port_as_a_browser_would() -> None:
    wanted = {"https://a.example:443/": "a.example", "https://a.example:444/": "a.example:444"}
    wanted["https://[2606::1]:444/"] = "[2606::1]:444"
    assert {address: taken_apart(address).authority for address in wanted} == wanted


def test_a_mail_address_is_one_plain_address() -> None:
    assert is_mail_address("safety.dept+a@mail.example.com")
    for wrong in (
        "a@b",
        "a@@b.com",
        "a b@c.com",
        "a@b.com\r\nBcc: c@d.com",
        "<a@b.com>",
        "a@b.com,c@d.com",
        "-f@b.com",
    ):
        assert not is_mail_address(wrong), wrong
