"""What may happen to photos: named by what they prove, received once, complete when all named ones are there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events
from app.core.actor import Actor
from app.core.db import insert_once, insert_rows, session
from app.core.errors import NotFound, invalid_field
from app.core.ids import new_id
from app.evidence import parts
from app.evidence.alike import bands_of
from app.evidence.models import Evidence, Photo, PhotoBand, Purpose
from app.evidence.photos import Picture

NAMED = "photos.named"
AS_NAMED = ("sha256", "size", "purpose", "item_key")  # of each photo, in its event as in its row
NOT_NAMED = "清单里没有这张照片。请先在上报内容中列出它的 sha256 和大小，再上传。"


def name_photos(actor: Actor, subject_id: UUID, manifest: Sequence[dict[str, Any]], *, purpose: Purpose) -> None:
    """Write down which photos will prove something: each {sha256, size, item_key?}."""
    name_photos_of_each(actor, {subject_id: manifest}, purpose=purpose)


def name_photos_of_each(actor: Actor, manifests: Mapping[UUID, Sequence[dict[str, Any]]], *, purpose: Purpose) -> None:
    """Write down the photos of many subjects in one statement, and in an event of each that names any."""
    named = {
        subject_id: [
            {"sha256": photo["sha256"], "size": photo["size"], "purpose": purpose, "item_key": photo.get("item_key")}
            for photo in manifest
        ]
        for subject_id, manifest in manifests.items()
        if manifest
    }
    insert_rows(
        Evidence,
        [
            {"enterprise_id": actor.enterprise, "id": new_id(), "subject_id": subject_id, **photo}
            for subject_id, photos in named.items()
            for photo in photos
        ],
    )
    for subject_id, photos in named.items():
        events.append(actor.enterprise, NAMED, subject_id, actor_id=actor.id, data={"photos": photos})


def receive(actor: Actor, subject_id: UUID, picture: Picture | None) -> list[dict[str, Any]]:
    """Take in a photo the subject has named; a repeat changes nothing. Gives the subject's photos as they stand.

    None is a photo of which only a part has come. Raises NotFound when the subject names no such photo, Invalid when
    its size is not the one named.
    """
    named = photos_of(actor, [subject_id])[subject_id]
    if picture is None:
        return named
    mine = [photo for photo in named if photo["sha256"] == picture.sha256]
    if not mine:
        raise NotFound(NOT_NAMED)
    if mine[0]["size"] != picture.size:
        raise invalid_field("/size", f"照片大小与清单不符：清单 {mine[0]['size']} 字节，收到 {picture.size} 字节。")
    if keep_photo(actor, picture):
        data = {"sha256": picture.sha256, "size": picture.size}
        events.append(actor.enterprise, "photo.received", subject_id, actor_id=actor.id, data=data)
    for photo in mine:
        photo.update(arrived=True, received_bytes=picture.size)
    return named


def must_be_named(actor: Actor, subject_id: UUID, sha256: str) -> dict[str, Any]:
    """The photo as the subject names it, else NotFound."""
    for photo in photos_of(actor, [subject_id])[subject_id]:
        if photo["sha256"] == sha256:
            return photo
    raise NotFound(NOT_NAMED)


def keep_photo(actor: Actor, picture: Picture) -> bool:
    """Enter a stored photo for the enterprise, and what finds others like it; true when it is new to it."""
    new = insert_once(
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
    if new:
        bands = [{"band": band, "sha256": picture.sha256} for band in bands_of(picture.dhash)]
        insert_rows(PhotoBand, [{"enterprise_id": actor.enterprise, **band} for band in bands])
    return new


def photos_of(actor: Actor, subject_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The photos each subject names, with `arrived` and the bytes that have come; one query for all subjects."""
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
                "named_at": evidence.named_at,
                "arrived": received_at is not None,
                "received_bytes": evidence.size if received_at else parts.received(*_part(evidence)),
            }
        )
    return found


def _part(evidence: Evidence) -> tuple[UUID, UUID, str]:
    return evidence.enterprise_id, evidence.subject_id, evidence.sha256


def missing(actor: Actor, subject_id: UUID) -> list[str]:
    """The hashes of named photos that have not arrived."""
    return [photo["sha256"] for photo in photos_of(actor, [subject_id])[subject_id] if not photo["arrived"]]


def get_photo(actor: Actor, sha256: str) -> Photo:
    """A photo of the enterprise that has arrived, else NotFound."""
    photo = session().get(Photo, (actor.enterprise, sha256))
    if photo is None:
        raise NotFound
    return photo
