"""Where photos have been used, and which show the same: within one enterprise, for signals and for whoever accepts."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.evidence.alike import WITHIN, bands_of, distance
from app.evidence.models import Evidence, Photo, PhotoBand, Purpose


@dataclass(frozen=True)
class Use:
    """One place that names a photo."""

    sha256: str
    subject_id: UUID
    purpose: Purpose
    named_at: datetime


@dataclass(frozen=True)
class Alike:
    """Another photo of the enterprise, and in how many of 64 bits its dhash differs."""

    sha256: str
    distance: int


def uses_of(actor: Actor, sha256s: Collection[str]) -> dict[str, list[Use]]:
    """Where each photo is named, the earliest first; one query for all."""
    found: dict[str, list[Use]] = defaultdict(list)
    rows = session().execute(
        select(Evidence.sha256, Evidence.subject_id, Evidence.purpose, Evidence.named_at)
        .where(Evidence.enterprise_id == actor.enterprise, Evidence.sha256.in_(sha256s))
        .order_by(Evidence.named_at, Evidence.id)
    )
    for row in rows:
        found[row.sha256].append(Use(*row))
    return found


def alike(actor: Actor, sha256: str, *, within: int = WITHIN) -> list[Alike]:
    """The enterprise's other photos that show the same as this one, the nearest first; `within` is 0 to 3 bits."""
    return alike_to_each(actor, [sha256], within=within)[sha256]


def alike_to_each(actor: Actor, sha256s: Collection[str], *, within: int = WITHIN) -> dict[str, list[Alike]]:
    """The same for many photos: one query for their dhashes, one for all that share a quarter of one."""
    dhashes = select(Photo.sha256, Photo.dhash).where(
        Photo.enterprise_id == actor.enterprise, Photo.sha256.in_(sha256s)
    )
    own = {row.sha256: row.dhash for row in session().execute(dhashes)}
    sharing: dict[str, dict[str, str]] = defaultdict(dict)
    rows = session().execute(
        select(PhotoBand.band, Photo.sha256, Photo.dhash)
        .join(Photo, (Photo.enterprise_id == PhotoBand.enterprise_id) & (Photo.sha256 == PhotoBand.sha256))
        .where(
            PhotoBand.enterprise_id == actor.enterprise,
            PhotoBand.band.in_({band for dhash in own.values() for band in bands_of(dhash)}),
        )
    )
    for band, sha256, dhash in rows:
        sharing[band][sha256] = dhash
    found: dict[str, list[Alike]] = defaultdict(list)
    for mine, dhash in own.items():
        others = {sha256: other for band in bands_of(dhash) for sha256, other in sharing[band].items()}
        near = [Alike(sha256, distance(dhash, other)) for sha256, other in others.items() if sha256 != mine]
        found[mine] = sorted(
            (one for one in near if one.distance <= within), key=lambda one: (one.distance, one.sha256)
        )
    return found
