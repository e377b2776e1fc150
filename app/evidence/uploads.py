"""How a photo's bytes come in: read within the limit, checked, and on the disk before any lock is taken."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.db import reading
from app.core.declared import Upload
from app.core.errors import Invalid, TooLarge, WrongType
from app.core.incoming import uploaded_bytes, uploaded_pieces
from app.core.installation import settings, store
from app.evidence import parts
from app.evidence.photos import Picture, verified
from app.evidence.service import must_be_named

PHOTO = Upload(
    media_types=("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"),
    limit="photo_bytes",
    wrong_type="请以 image/jpeg、image/png、image/webp、image/heic 或 image/heif 上传照片的原始字节。",
    too_large="照片超过 {limit}，请降低分辨率后重试。",
)


def uploaded_for(subject: str) -> Callable[..., dict[str, Picture | None]]:
    """The slow work of a PUT of a photo that a subject, the named parameter of the path, has announced.

    A photo nobody announced is refused before its bytes are read, so that it takes no room. With `offset` in the query
    the body is what follows the bytes sent before; `picture` is None until all are there.
    """

    def prepare(
        actor: Actor, sha256: str, query: dict[str, Any] | None = None, **path: Any
    ) -> dict[str, Picture | None]:
        with reading():
            named = must_be_named(actor, path[subject], sha256)
        offset = (query or {}).get("offset")
        if offset is None:
            return {"picture": uploaded(actor, sha256)["picture"]}
        if named["arrived"]:
            return {"picture": None}
        return {"picture": _continued(actor, path[subject], sha256, offset=offset, size=named["size"])}

    return prepare


def _continued(actor: Actor, subject_id: UUID, sha256: str, *, offset: int, size: int) -> Picture | None:
    """The photo, stored, when these are its last bytes; a part that turns out to be another file is thrown away."""
    if size > settings().photo_bytes:
        raise TooLarge(PHOTO.too_large.format(limit=f"{settings().photo_bytes // 1_000_000} MB"))
    part = (actor.enterprise, subject_id, sha256)
    if parts.append(*part, photo_pieces(), offset=offset, size=size) < size:
        return None
    content = parts.whole(*part)
    try:
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Invalid("各段合起来与地址中的 sha256 不一致，已作废，请从头重传这张照片。", code="hash_mismatch")
        picture = stored(actor, content)
    except (Invalid, WrongType):
        parts.throw_away(*part)
        raise
    parts.throw_away(*part)
    return picture


def photo_pieces() -> Iterator[bytes]:
    """What of a photo is in this request's body, as it comes."""
    return uploaded_pieces(PHOTO)


def photo_bytes() -> bytes:
    """The photo in this request's body. Raises WrongType for another kind of body, TooLarge for a big one."""
    return uploaded_bytes(PHOTO)


def uploaded(actor: Actor, sha256: str = "", **_: Any) -> dict[str, Picture]:
    """The photo in this request's body, stored; the slow work of a PUT. Raises TooLarge, WrongType or Invalid."""
    content = photo_bytes()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise Invalid("收到的照片与地址中的 sha256 不一致，可能传输中断，请重传。", code="hash_mismatch")
    return {"picture": stored(actor, content)}


def stored(actor: Actor, content: bytes) -> Picture:
    """A photo checked and put on the disk, original and derivative, each under the hash of the original."""
    picture = verified(content, most_pixels=settings().photo_pixels)
    branch = actor.enterprise.hex
    store().keep(branch, picture.sha256, picture.content)
    store().keep(f"{branch}-shown", picture.sha256, picture.shown)
    return picture


def original(actor: Actor, sha256: str) -> bytes:
    """The bytes as they came in."""
    return store().read(actor.enterprise.hex, sha256)


def shown(actor: Actor, sha256: str) -> bytes:
    """The derivative that may be shown: turned, small, without metadata, JPEG."""
    return store().read(f"{actor.enterprise.hex}-shown", sha256)
