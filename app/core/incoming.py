"""What comes with a request beside its JSON, for rooms that know no Flask: the credential and the bytes of a file."""

from collections.abc import Iterator

from flask import request

from app.core.declared import Upload
from app.core.errors import TooLarge, WrongType
from app.core.installation import settings

COOKIE = "sign_in"  # the pages' cookie
PIECE = 65_536  # bytes read at a time
OF_NO_NAMED_TYPE = "application/octet-stream"


def credential(*, cookie: bool) -> str:
    """The token this request came with: of the pages' cookie, or of the Authorization header; empty when none."""
    if cookie:
        return request.cookies.get(COOKIE, "")
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def receipt() -> str:
    """The receipt code by which a report without an account is followed; empty when none was sent."""
    return request.headers.get("X-Receipt", "")


def uploaded_pieces(upload: Upload) -> Iterator[bytes]:
    """The body of a request that brings a file, as it comes: what came before the line broke has been given.

    Raises as `uploaded_bytes` does.
    """
    if request.mimetype not in (*upload.media_types, OF_NO_NAMED_TYPE):
        raise WrongType(upload.wrong_type)
    left: int = getattr(settings(), upload.limit)
    while piece := request.stream.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise TooLarge(upload.too_large.format(limit=f"{getattr(settings(), upload.limit) // 1_000_000} MB"))
        yield piece


def uploaded_bytes(upload: Upload) -> bytes:
    """The body of a request that brings a file. Raises WrongType for another kind of body, TooLarge for a big one."""
    if request.mimetype not in (*upload.media_types, OF_NO_NAMED_TYPE):
        raise WrongType(upload.wrong_type)
    most: int = getattr(settings(), upload.limit)
    content = b"" if (request.content_length or 0) > most else request.stream.read(most + 1)
    if len(content) > most or (request.content_length or 0) > most:
        raise TooLarge(upload.too_large.format(limit=f"{most // 1_000_000} MB"))
    return content
