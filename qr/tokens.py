"""What a printed code says: a random token, and the address that carries it.

An address is upper case throughout, so that it is encoded in alphanumeric mode and the symbol stays small. Schemes
and hosts do not mind; the path `/Q/` is served in that form.
"""

import base64
import re
import secrets

TOKEN_BYTES = 16

# 26 characters hold 130 bits: the last one carries three bits and two zeros, so only eight endings are canonical.
_TOKEN = re.compile(r"[A-Z2-7]{25}[AEIMQUY4]")
_HOST = re.compile(r"(?:(?P<scheme>https?)://)?(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?)", re.I | re.A)


def new_token() -> str:
    """Return a fresh token: 128 random bits as 26 characters of upper-case base32 (RFC 4648), unpadded."""
    return base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode("ascii").rstrip("=")


def is_token(text: str) -> bool:
    """Say whether the text has the one canonical shape of a token; whether it was ever issued is not known here."""
    return _TOKEN.fullmatch(text) is not None


def address(host: str, token: str, *, path: str = "Q") -> str:
    """Return the address a code carries, `HTTPS://HOST/Q/TOKEN`; a print's check code has another path.

    The host may name its scheme (http or https; https when it names none) and its port, nothing else.
    Raises ValueError for a host with a path, query or space in it, and for a text that is no token.
    """
    parts = _HOST.fullmatch(host)
    if parts is None:
        raise ValueError(f"“{host}”不能印进二维码：请只写域名或 IP，可带 http(s):// 和端口，不带路径、参数和空格。")
    if not is_token(token):
        raise ValueError("二维码编号应为 26 位大写字母和数字（base32）：请用 new_token() 生成。")
    return f"{parts['scheme'] or 'https'}://{parts['name']}/{path}/{token}".upper()
