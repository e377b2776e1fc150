"""What comes with a request beside its JSON, for rooms that know no Flask: the credential and a photo's bytes."""

from flask import request

from app.core.errors import TooLarge, WrongType
from app.core.installation import settings

COOKIE = "sign_in"  # the pages' cookie
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "application/octet-stream")


def credential(*, cookie: bool) -> str:
    """The token this request came with: of the pages' cookie, or of the Authorization header; empty when none."""
    if cookie:
        return request.cookies.get(COOKIE, "")
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def photo_bytes() -> bytes:
    """The body of a request that brings a photo. Raises WrongType for another kind of body, TooLarge for a big one."""
    if request.mimetype not in PHOTO_TYPES:
        raise WrongType("请以 image/jpeg、image/png 或 image/webp 上传照片的原始字节。")
    most = settings().photo_bytes
    content = b"" if (request.content_length or 0) > most else request.stream.read(most + 1)
    if len(content) > most or (request.content_length or 0) > most:
        raise TooLarge(f"照片超过 {most // 1_000_000} MB，请降低分辨率后重试。")
    return content
