"""Labels as a kind of print: sheets as PDF, symbols as a ZIP of pictures, and a CSV for label software.

A subject is a tag. Labels are kept as no prints to check: each carries the code of its own point.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.printing.catalogue import Format, Kind, Prepared, Stamped
from app.printing.models import PrintKind
from app.tags.labelling import chosen_tags, labels_of, placing, stock_of
from app.tags.models import Tag
from qr import Label, label_sheet, labels_csv, symbols_zip, too_small

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
    """What on a label comes out too small to be read on the paper asked for, in words for who ordered it."""
    return too_small(label, stock_of(options))


LABELS = Kind(
    kind=PrintKind.LABELS,
    takes=frozenset(_CHOICES) | _OPTIONS | {"roll_id"},
    subjects=_subjects,
    gather=_gather,
    draws={Format.PDF: _pdf, Format.ZIP: _zip, Format.CSV: _csv},
    permission="tag:keep",
    registered=False,
    warns=_hard_to_read,
)
