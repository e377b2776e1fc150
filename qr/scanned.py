"""What a scanner read: the token in it, at the present address, at an old one, or bare.

Codes outlive servers. An installation that moved names where its codes once pointed by templates, such as
`http://10.0.0.5:8000/Q/{token}` or `/scan.html?code={token}`; the second is good for any host.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from qr.tokens import is_token

PLACE = "{token}"
PRESENT = ("/Q/{token}", "/q/{token}")

_TEMPLATE = re.compile(
    r"(?:(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?))?"
    r"(?P<path>(?:/(?:\{token\}|[a-z0-9._~-]+))+|/)"
    r"(?:\?(?P<parameter>[a-z0-9_.-]+)=\{token\})?",
    re.I | re.A,
)
_USUAL_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True)
class OldAddress:
    """Where codes once pointed: the token is a step of the path, or the value of one parameter."""

    host: str  # lower case, its port only where it is not the usual one; empty: any host
    path: str  # with `{token}` for a step, unless a parameter holds it
    parameter: str  # empty: the token is in the path

    def token_in(self, host: str, path: str, query: Mapping[str, str]) -> str | None:
        """Return the token that stands in the place this template gives it, None when the address is another."""
        if self.host and self.host != host.lower():
            return None
        found = [query.get(self.parameter, "")] if self.parameter else []
        ours, theirs = self.path.split("/"), path.split("/")
        for our, their in zip(ours, theirs, strict=False):
            if our == PLACE:
                found.append(their)
            elif our != their:
                return None
        return found[0] if len(ours) == len(theirs) and is_token(found[0]) else None


@lru_cache(maxsize=8)
def old_addresses(templates: str) -> tuple[OldAddress, ...]:
    """Read comma-separated templates of old addresses. Raises ValueError, in Chinese, for one that cannot be used."""
    return tuple(_old_address(text.strip()) for text in templates.split(",") if text.strip())


def _old_address(text: str) -> OldAddress:
    parts = _TEMPLATE.fullmatch(text)
    if parts is None or text.count(PLACE) != 1:
        raise ValueError(
            f"“{text}”不是旧地址的写法：应为路径，可带 http(s):// 和主机；其中一级路径或一个参数的值写作 {{token}}，"
            "例如 http://10.0.0.5:8000/Q/{token} 或 /scan.html?code={token}"
        )
    host = (parts["host"] or "").lower().removesuffix(_USUAL_PORTS[parts["scheme"].lower()] if parts["scheme"] else "")
    if parts["path"] in PRESENT and not host:
        raise ValueError(f"“{text}”就是现行的地址，不必写；要指旧的主机，请写全，例如 http://10.0.0.5:8000{text}")
    return OldAddress(host, parts["path"], parts["parameter"] or "")


def token_in(text: str, old: Sequence[OldAddress] = ()) -> str | None:
    """Return the token in what a scanner read: a bare one, the present address at any host, or an old address.

    Spaces around it and parameters that messengers add do not matter. Anything else gives None; whether the token was
    ever issued is not known here.
    """
    text = text.strip()
    if is_token(text):
        return text
    try:
        parts = urlsplit(text)
        query = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return None
    if parts.scheme not in _USUAL_PORTS:
        return None
    host = parts.netloc.removesuffix(_USUAL_PORTS[parts.scheme])
    present = (OldAddress("", path, "") for path in PRESENT)
    tokens = (place.token_in(host, parts.path, query) for place in (*present, *old))
    return next(filter(None, tokens), None)
