"""Where messages may be sent (pure): how an address is written, and which network addresses belong to the public.

An address is taken apart by one strict pattern, so that nothing is left that two programs could read differently; and
whatever a name resolves to is judged by its bits, never by how it was written. Inside its own network an installation
sends only to origins it named itself (`internal_receivers`).
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(:(?P<port>[0-9]{1,5}))?"
    r"(?P<target>/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?",
    re.ASCII,
)
MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._%+-]{0,63}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}", re.ASCII
)
PORTS = {"https": 443, "http": 80}
# Written out, for what the standard library takes for global changes with its version. Source: IANA's registries of
# special-purpose addresses.
NEVER = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
    )
)  # fmt: skip
# Outside UNICAST lie loopback, mapped, NAT64, unique local, link-local and multicast; within it Teredo, 6to4, books'.
UNICAST = IPv6Network("2000::/3")
NEVER_WITHIN = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))

Resolve = Callable[[str, int], Iterable[str]]  # a host and a port -> its network addresses; raises OSError


class AddressRefused(Exception):
    """An address nothing is sent to; the text says in Chinese why, and names nothing of what it points at."""


@dataclass(frozen=True)
class Place:
    """An address taken apart."""

    scheme: str
    host: str  # without the brackets of an IPv6 address
    port: int
    target: str  # path and query

    @property
    def authority(self) -> str:
        """Host and port as the Host header carries them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


def taken_apart(address: str) -> Place:
    """The parts of an http or https address. Raises AddressRefused for anything not written plainly."""
    scheme_and_host, slash, target = _split(address)
    found = ADDRESS.fullmatch(scheme_and_host.lower() + slash + target)
    if found is None:
        raise AddressRefused(
            "地址应写成 https://主机/路径，不能带用户名、#、空格或中文；中文域名请写成 xn-- 开头的形式。"
        )
    port = int(found["port"] or PORTS[found["scheme"]])
    if not 1 <= port <= 65535:
        raise AddressRefused("端口应在 1 到 65535 之间。")
    host = found["host"].strip("[]")
    if _looks_like_a_number(host) and not _is_literal(host):
        raise AddressRefused("主机不能写成数字的其他形式，请写域名。")
    return Place(found["scheme"], host, port, found["target"] or "/")


def origins(text: str) -> frozenset[str]:
    """The origins of a list parted by commas. Raises AddressRefused for one with a path or not written plainly."""
    places = [taken_apart(each.strip()) for each in text.split(",") if each.strip()]
    if any(place.target != "/" for place in places):
        raise AddressRefused("只写到主机和端口，不带路径。")
    return frozenset(place.origin for place in places)


def allowed(address: str, *, internal: Collection[str]) -> Place:
    """The parts of an address that may be tried; what its name resolves to is judged when something is sent."""
    place = taken_apart(address)
    if place.origin in internal:
        return place
    if place.scheme != "https":
        raise AddressRefused("地址应以 https:// 开头。")
    if _names_own_network(place.host) or (_is_literal(place.host) and not is_public(place.host)):
        raise AddressRefused("不能发往本机、内部网络或保留的地址。")
    return place


def resolved(place: Place, resolve: Resolve, *, internal: Collection[str]) -> list[str]:
    """The network addresses of a place, asked for once: whoever sends connects to these and asks no more.

    Raises AddressRefused when any of them is not the public's, unless the origin is one the installation trusts.
    """
    found = list(dict.fromkeys([place.host] if _is_literal(place.host) else resolve(place.host, place.port)))
    if place.origin not in internal and not all(is_public(each) for each in found):
        raise AddressRefused("域名解析到了本机、内部网络或保留的地址，未发送。")
    return found


def is_public(text: str) -> bool:
    """Whether a network address is one of the open internet, and carries no other address inside it."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NEVER)
    plain = address.scope_id is None and address in UNICAST
    return plain and not any(address in network for network in NEVER_WITHIN)


def is_mail_address(text: str) -> bool:
    """Whether a text is one plain mail address."""
    return len(text) <= 254 and MAIL_ADDRESS.fullmatch(text) is not None


def _split(address: str) -> tuple[str, str, str]:
    """What is read without regard to case, and the path, which is not."""
    scheme, colon, rest = address.partition("://")
    authority, slash, target = rest.partition("/")
    return scheme + colon + authority, slash, target


def _looks_like_a_number(host: str) -> bool:
    """Whether a resolver might read a host as a number: no public name ends in a label that begins with a digit."""
    return ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()


def _names_own_network(host: str) -> bool:
    """Whether a name is kept for one's own machine or network (RFC 6761, RFC 6762), whatever it resolves to."""
    return host.rstrip(".").rpartition(".")[2] in ("localhost", "local")


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
