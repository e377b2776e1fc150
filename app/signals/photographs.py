"""What is worth a second look about photos (pure): used before, like another, or claiming another time."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.evidence.alike import FINE_WITHIN, WITHIN, distance
from app.signals.detecting import LIMITS, Found
from app.signals.terms import SignalKind

BEFORE, AFTER, GROUNDS = "found", ("rectified", "accepted"), "grounds"


@dataclass(frozen=True)
class PhotoUse:
    """One place that names a photo; the dhash is None until the photo has arrived."""

    sha256: str
    subject: UUID
    purpose: str
    named_at: datetime
    dhash: str | None = None
    fine: str | None = None  # in 256 bits, where the dhash alone found another like it
    taken_at: datetime | None = None  # as the file claims
    earliest: datetime | None = None  # when what it shows can first have been seen
    received_at: datetime | None = None


Related = Mapping[UUID, Set[UUID]]  # records of one occasion, which name the same photos by right


def photo_reused(uses: Sequence[PhotoUse], related: Related) -> Iterator[Found]:
    """One photo's uses, the earliest first: named again by another record, or as before and after of the same."""
    for place, use in enumerate(uses):
        for earlier in uses[:place]:
            if use.subject == earlier.subject:
                again = {use.purpose, earlier.purpose}
                if not (BEFORE in again and again & set(AFTER)):
                    continue
            elif _of_one_occasion(use, earlier, related):
                continue
            data = {**_pair(use, earlier), "before_and_after": use.subject == earlier.subject}
            yield Found(SignalKind.PHOTO_REUSED, use.subject, use.sha256, data)
            break


def photo_alike(use: PhotoUse, others: Sequence[PhotoUse], related: Related) -> Iterator[Found]:
    """A photo that shows the same as one another record named earlier; the nearest of them."""
    near = []
    for other in others:
        if other.named_at > use.named_at or other.subject == use.subject or other.sha256 == use.sha256:
            continue
        if not _of_one_occasion(use, other, related) and (bits := _bits_apart(use, other)) is not None:
            near.append((bits, other.named_at, str(other.subject), other))
    if near:
        bits, _, _, other = min(near, key=lambda one: one[:3])
        yield Found(SignalKind.PHOTO_ALIKE, use.subject, use.sha256, {**_pair(use, other), "distance": bits})


def before_after_alike(uses: Sequence[PhotoUse]) -> Iterator[Found]:
    """The photos of one hidden hazard: what was found and what was put right look the same."""
    for after in (use for use in uses if use.purpose in AFTER):
        for before in (use for use in uses if use.purpose == BEFORE and use.sha256 != after.sha256):
            if (bits := _bits_apart(before, after)) is not None:
                data = {**_pair(after, before), "distance": bits}
                yield Found(SignalKind.BEFORE_AFTER_ALIKE, after.subject, after.sha256, data)
                break


def photo_times_disagree(use: PhotoUse) -> Iterator[Found]:
    """A photo that claims to be taken long before what it shows, or after it arrived."""
    if use.taken_at is None:
        return
    limit = LIMITS["times"]
    too_early = use.earliest and use.taken_at < use.earliest - timedelta(hours=limit["photo_before_hours"])
    too_late = use.received_at and use.taken_at > use.received_at + timedelta(minutes=limit["clock_minutes"])
    if too_early or too_late:
        moments = {"taken_at": use.taken_at, "earliest": use.earliest, "received_at": use.received_at}
        data = {name: moment.isoformat() for name, moment in moments.items() if moment}
        why = "photo_taken_before" if too_early else "photo_taken_after"
        data |= {"why": why, "sha256": use.sha256}
        yield Found(SignalKind.TIMES_DISAGREE, use.subject, use.sha256, data)


def _of_one_occasion(one: PhotoUse, other: PhotoUse, related: Related) -> bool:
    """Records that share a photo by right: a check and what it raised, or decisions that rest on the same grounds."""
    both_grounds = one.purpose == other.purpose == GROUNDS
    return both_grounds or other.subject in related.get(one.subject, frozenset())


def _bits_apart(one: PhotoUse, other: PhotoUse) -> int | None:
    """In how many bits two photos that show the same differ; None when they do not, or one has not arrived.

    64 bits find the candidates; 256 keep apart what was only photographed again from the same place.
    """
    if not (one.dhash and other.dhash) or (bits := distance(one.dhash, other.dhash)) > WITHIN:
        return None
    if one.fine and other.fine and distance(one.fine, other.fine) > FINE_WITHIN:
        return None
    return bits


def _pair(use: PhotoUse, other: PhotoUse) -> dict[str, str]:
    return {
        "sha256": use.sha256,
        "purpose": use.purpose,
        "other_id": str(other.subject),
        "other_sha256": other.sha256,
        "other_purpose": other.purpose,
        "other_named_at": other.named_at.isoformat(),
    }
