"""What may happen to photos: named by what they prove, received once, complete when all named ones are there."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.actor import Actor
from app.core.db import insert_once, insert_rows, session
from app.core.errors import NotFound, invalid_field
from app.core.ids import new_id
from app.evidence.models import Evidence, Photo, Purpose
from app.evidence.photos import Picture

NOT_NAMED = "清单里没有这张照片。请先在上报内容中列出它的 sha256 和大小，再上传。"


def name_photos(actor: Actor, subject_id: UUID, manifest: Sequence[dict[str, Any]], *, purpose: Purpose) -> None:
    """Write down which photos will prove something: each {sha256, size, item_key?}."""
    insert_rows(
        Evidence,
        [
            {
                "enterprise_id": actor.enterprise,
                "id": new_id(),
                "subject_id": subject_id,
                "purpose": purpose,
                "item_key": photo.get("item_key"),
                "sha256": photo["sha256"],
                "size": photo["size"],
            }
            for photo in manifest
        ],
    )


def receive(actor: Actor, subject_id: UUID, picture: Picture) -> list[dict[str, Any]]:
    """Take in a photo the subject has named; a repeat changes nothing. Gives the subject's photos as they stand.

    Raises NotFound when the subject names no such photo, Invalid when its size is not the one named.
    """
    named = photos_of(actor, [subject_id])[subject_id]
    mine = [photo for photo in named if photo["sha256"] == picture.sha256]
    if not mine:
        raise NotFound(NOT_NAMED)
    if mine[0]["size"] != picture.size:
        raise invalid_field("/size", f"照片大小与清单不符：清单 {mine[0]['size']} 字节，收到 {picture.size} 字节。")
    if keep_photo(actor, picture):
        data = {"sha256": picture.sha256, "size": picture.size}
        events.append(actor.enterprise, "photo.received", subject_id, actor_id=actor.id, data=data)
    return [{**photo, "arrived": photo["arrived"] or photo["sha256"] == picture.sha256} for photo in named]


def must_be_named(actor: Actor, subject_id: UUID, sha256: str) -> None:
    """Raise NotFound unless the subject names this photo."""
    if not any(photo["sha256"] == sha256 for photo in photos_of(actor, [subject_id])[subject_id]):
        raise NotFound(NOT_NAMED)


def keep_photo(actor: Actor, picture: Picture) -> bool:
    """Enter a stored photo for the enterprise; true when it is new to it."""
    return insert_once(
        Photo,
        {
            "enterprise_id": actor.enterprise,
            "sha256": picture.sha256,
            "size": picture.size,
            "media_type": picture.media_type,
            "width": picture.width,
            "height": picture.height,
            "dhash": picture.dhash,
            "claims": picture.claims,
        },
    )


def photos_of(actor: Actor, subject_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The photos each subject names, with `arrived`; one query for all subjects."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = session().execute(
        select(Evidence, Photo.received_at)
        .outerjoin(Photo, (Photo.enterprise_id == Evidence.enterprise_id) & (Photo.sha256 == Evidence.sha256))
        .where(Evidence.enterprise_id == actor.enterprise, Evidence.subject_id.in_(subject_ids))
        .order_by(Evidence.named_at, Evidence.id)
    )
    for evidence, received_at in rows:
        found[evidence.subject_id].append(
            {
                "sha256": evidence.sha256,
                "size": evidence.size,
                "purpose": evidence.purpose,
                "item_key": evidence.item_key,
                "arrived": received_at is not None,
            }
        )
    return found


def missing(actor: Actor, subject_id: UUID) -> list[str]:
    """The hashes of named photos that have not arrived."""
    return [photo["sha256"] for photo in photos_of(actor, [subject_id])[subject_id] if not photo["arrived"]]


def get_photo(actor: Actor, sha256: str) -> Photo:
    """A photo of the enterprise that has arrived, else NotFound."""
    photo = session().get(Photo, (actor.enterprise, sha256))
    if photo is None:
        raise NotFound
    return photo
