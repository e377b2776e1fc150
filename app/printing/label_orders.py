"""Labels as a kind of print: sheets as PDF, symbols as a ZIP of pictures, and a CSV for label software.

A subject is a tag. A label is kept as a print by what it says, so that one with an old level is found. It carries the
code of its point, and none to check it by.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session
from app.printing.cards_gather import concerned
from app.printing.catalogue import Format, Kind, Prepared, Stamped
from app.printing.models import PrintKind
from app.tags.labelling import chosen_tags, labels_of, placing
from app.tags.models import Tag
from qr import Label, cut_off, label_sheet, labels_csv, symbols_zip, too_small

_CHOICES = {"risk_point_ids": "point_ids", "zone_id": "zone_id", "level": "level", "category": "category"}
_OPTIONS = frozenset({"stock", "free", "start", "copies", "offset_x", "offset_y", "symbol"})


def _subjects(actor: Actor, asked: dict[str, Any]) -> list[str]:
    placing(asked)  # refused now, not when it is drawn
    chosen = {name: asked[given] for given, name in _CHOICES.items() if asked.get(given) is not None}
    return [str(tag.id) for tag in chosen_tags(actor, roll_id=asked.get("roll_id"), **chosen)]


def _gather(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
    ids = [UUID(subject) for subject in subjects]
    tags = session().scalars(select(Tag).where(Tag.enterprise_id == actor.enterprise, Tag.id.in_(ids))).all()
    labels = labels_of(actor, tags)
    return {str(tag_id): Prepared(f"{label.code} {label.name}"[:200], label) for tag_id, label in labels.items()}


def on_paper(label: Label) -> bool:
    """Whether a sticker says something of a point, which can go out of date; a blank one says its serial only."""
    return not label.blank


def concerns(actor: Actor, subjects: Sequence[str]) -> dict[str, set[UUID]]:
    """For each tag the ids whose events can change its label: its own, its point's, and those of all identified there.

    A point that is no more in use has only its own: that it was retired or merged is the event that counts.
    """
    points: dict[UUID, UUID | None] = {}
    for ids in batched([UUID(subject) for subject in subjects], AT_ONCE):
        tags = select(Tag.id, Tag.point_id).where(Tag.enterprise_id == actor.enterprise, Tag.id.in_(ids))
        points.update({row.id: row.point_id for row in session().execute(tags)})
    around = concerned(actor, [str(point_id) for point_id in set(points.values()) if point_id])
    return {
        str(tag_id): {tag_id, *filter(None, [point_id]), *around.get(str(point_id), ())}
        for tag_id, point_id in points.items()
    }


def _labels(stamped: Stamped) -> Iterator[Label]:
    """The labels one by one, so that no more than a batch of them is drawn at a time."""
    return (document for document, _ in stamped)


def _pdf(stamped: Stamped, options: dict[str, Any]) -> bytes:
    return label_sheet(_labels(stamped), **placing(options))


def _zip(stamped: Stamped, options: dict[str, Any]) -> bytes:
    return symbols_zip(_labels(stamped), "svg" if options.get("symbol") == "svg" else "png")


def _csv(stamped: Stamped, options: dict[str, Any]) -> bytes:
    return labels_csv(_labels(stamped))


def _hard_to_read(label: Label, options: dict[str, Any]) -> list[str]:
    """What on a label comes out too small or cut off on the paper asked for, in words for who ordered it."""
    sheet = placing(options)
    cut = cut_off(sheet["stock"], offset_x=sheet["offset_x"], offset_y=sheet["offset_y"])
    return [*too_small(label, sheet["stock"]), *cut.values()]


LABELS = Kind(
    kind=PrintKind.LABELS,
    takes=frozenset(_CHOICES) | _OPTIONS | {"roll_id"},
    subjects=_subjects,
    gather=_gather,
    draws={Format.PDF: _pdf, Format.ZIP: _zip, Format.CSV: _csv},
    permission="tag:keep",
    concerns=concerns,
    on_paper=on_paper,
    hung=True,
    warns=_hard_to_read,
)
