"""How a photo's bytes come in: read within the limit, checked, and on the disk before any lock is taken."""

import hashlib
from typing import Any

from flask import current_app, request

from app.core.actor import Actor
from app.core.errors import Invalid, TooLarge, WrongType
from app.core.storage import Store
from app.evidence.photos import Picture, verified


def uploaded(actor: Actor, sha256: str = "", **_: Any) -> dict[str, Picture]:
    """The photo in this request's body, stored; the slow work of a PUT. Raises TooLarge, WrongType or Invalid."""
    if request.mimetype not in ("image/jpeg", "image/png", "image/webp", "application/octet-stream"):
        raise WrongType("请以 image/jpeg、image/png 或 image/webp 上传照片的原始字节。")
    content = _content()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise Invalid("收到的照片与地址中的 sha256 不一致，可能传输中断，请重传。", code="hash_mismatch")
    return {"picture": stored(actor, content)}


def stored(actor: Actor, content: bytes) -> Picture:
    """A photo checked and put on the disk, original and derivative, each under the hash of the original."""
    picture = verified(content, most_pixels=current_app.config["SETTINGS"].photo_pixels)
    store: Store = current_app.extensions["store"]
    branch = actor.enterprise.hex
    store.keep(branch, picture.sha256, picture.content)
    store.keep(f"{branch}-shown", picture.sha256, picture.shown)
    return picture


def original(actor: Actor, sha256: str) -> bytes:
    """The bytes as they came in."""
    store: Store = current_app.extensions["store"]
    return store.read(actor.enterprise.hex, sha256)


def shown(actor: Actor, sha256: str) -> bytes:
    """The derivative that may be shown: turned, small, without metadata, JPEG."""
    store: Store = current_app.extensions["store"]
    return store.read(f"{actor.enterprise.hex}-shown", sha256)


def _content() -> bytes:
    most: int = current_app.config["SETTINGS"].photo_bytes
    if (request.content_length or 0) > most:
        raise TooLarge(f"照片超过 {most // 1_000_000} MB，请降低分辨率后重试。")
    content = request.stream.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"照片超过 {most // 1_000_000} MB，请降低分辨率后重试。")
    return content
