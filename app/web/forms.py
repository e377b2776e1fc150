"""How a form comes in: within limits, from a page of ours, with its photos, and going on to a page of ours."""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from marshmallow import EXCLUDE
from werkzeug.datastructures import MultiDict

from app.accounts import tokens
from app.core.actor import Actor
from app.core.clock import LOCAL, now
from app.core.errors import FieldError, Forbidden, Refusal, TooLarge
from app.core.fields import Schema
from app.core.ids import new_id
from app.evidence.photos import Picture
from app.evidence.uploads import stored

SMALL = 20_000  # bytes of a form without photos
LONGEST_FIELD = 100_000  # bytes of the longest field that is no photo
MOST_PARTS = 2_000
LARGEST_TOGETHER = 4  # times the largest photo: what all photos of one form may weigh
TEXTS = 1_000_000  # bytes of all fields that are no photos
LOCAL_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_.?=&%-]{0,200}", re.ASCII)


class Lenient(Schema):
    """A query string that nothing is read from: messengers add their own parameters to an address."""

    class Meta:
        unknown = EXCLUDE


@dataclass(frozen=True)
class Upload:
    """A photo of the form, and the place of the field it was chosen in."""

    place: int
    content: bytes

    @property
    def announced(self) -> dict[str, Any]:
        """The photo as a manifest names it."""
        return {"sha256": hashlib.sha256(self.content).hexdigest(), "size": len(self.content)}


def fresh_identity() -> dict[str, str]:
    """The hidden id and time of a form: sent twice, it counts once."""
    return {"id": str(new_id()), "client_at": now().astimezone(LOCAL).isoformat(timespec="seconds")}


def read_form(*, most_bytes: int = SMALL, advice: str = "请缩短后重试。") -> MultiDict[str, str]:
    """The fields of this request's form; its files are in request.files then. Raises TooLarge."""
    request.max_content_length = most_bytes
    request.max_form_memory_size = min(most_bytes, LONGEST_FIELD)
    request.max_form_parts = MOST_PARTS
    if (request.content_length or 0) > most_bytes:
        raise TooLarge(f"提交的内容过大，没有保存。{advice}")
    return request.form


def read_form_with_photos() -> MultiDict[str, str]:
    """The fields of a form of ours that carries photos. Raises TooLarge, or Forbidden when it is not from our page."""
    form = read_photo_form()
    from_our_page(form)
    return form


def read_photo_form() -> MultiDict[str, str]:
    """The fields of a form that carries photos, whoever sent it. Raises TooLarge."""
    most = _largest() * LARGEST_TOGETHER
    return read_form(
        most_bytes=most + TEXTS, advice=f"照片合计不能超过 {most // 1_000_000} MB：请返回减少照片，或调低拍照分辨率。"
    )


def uploads(places: int) -> list[Upload]:
    """The photos that were chosen, place by place; an input left empty sends a part without a name."""
    found = []
    for place in range(places):
        for file in request.files.getlist(f"photo-{place}"):
            if file.filename:
                found.append(Upload(place, file.read()))
            file.close()
    return found


def checked_pictures(
    actor: Actor, chosen: Sequence[Upload], *, most: int, keep: Callable[[Actor, bytes], Picture] = stored
) -> tuple[list[Picture], list[FieldError]]:
    """The photos checked and on the disk, and what is wrong with those that are not, by /photos/<place in the list>."""
    pictures, wrong = [], []
    if len(chosen) > most:
        return [], [FieldError("/photos", f"一次最多 {most} 张照片，现有 {len(chosen)} 张，请减少后提交。")]
    for number, upload in enumerate(chosen):
        if len(upload.content) > _largest():
            limit = _largest() // 1_000_000
            wrong.append(FieldError(f"/photos/{number}", f"照片超过 {limit} MB，请调低拍照分辨率后重拍。"))
            continue
        try:
            pictures.append(keep(actor, upload.content))
        except Refusal as refusal:
            wrong.append(FieldError(f"/photos/{number}", refusal.detail))
    return pictures, wrong


def whole(text: str) -> int:
    """A hidden whole number; 0 for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def from_our_page(form: MultiDict[str, str]) -> None:
    """Raise Forbidden unless the form repeats what only our page, shown to this sign-in, could tell it."""
    expected = tokens.presented(cookie=True).csrf
    if not same(form.get("csrf", ""), expected):
        raise Forbidden("这个页面已过期，或不是从本站打开的，内容没有提交。请重新打开页面再填写。", code="form_expired")


def same(given: str, expected: str) -> bool:
    """Whether a form repeats a secret; an empty secret is repeated by nobody."""
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())


def local_path(text: str) -> str:
    """The path to go on to: one of this site, else the home page."""
    return text if LOCAL_PATH.fullmatch(text) else "/"


def _largest() -> int:
    most: int = current_app.config["SETTINGS"].photo_bytes
    return most
