"""What can be ordered: each kind of print says what may be chosen, its subjects, what they say, how they are drawn.

A subject is a short text that names one document of its kind for good: a point's id, or a zone and a level. The shop
(`orders.py`, `making.py`, `prints.py`) knows nothing else of the kinds; a new kind is an entry here and a drawing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.printing.models import PrintKind
from app.printing.stamp import Paper, Stamp

AT_ONCE = 500  # documents gathered together


class Format(StrEnum):
    """What a print comes as."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"
    XLSX = "xlsx"
    DOCX = "docx"
    ZIP = "zip"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.value]


_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
    "csv": "text/csv",
}


@dataclass(frozen=True)
class Prepared:
    """One document before it is stamped: its title in lists, and a dataclass (or what JSON holds) with all it says.

    Nothing in `document` may change while what it says stays the same: no date of printing, no ledger number.
    """

    title: str
    document: Any


Stamped = Iterable[tuple[Any, Stamp]]  # documents with their stamps; drawn one by one, so progress can be told
Draw = Callable[[Stamped, dict[str, Any]], bytes]  # with the order's options


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of print.

    `subjects` says which documents an order means, in their order: it issues what is missing and raises Invalid when
    nothing is chosen. `gather` says what they say, in a number of queries that does not grow with them; a subject that
    is no more is left out. `concerns` names what changes them: the ids whose events count, where they can be named.
    """

    kind: PrintKind
    takes: frozenset[str]
    """The names of an order's choices and options that this kind knows; others are refused."""
    subjects: Callable[[Actor, dict[str, Any]], Sequence[str]]
    gather: Callable[[Actor, Sequence[str]], dict[str, Prepared]]
    draws: dict[Format, Draw]
    """The first format is what is made when none is named."""
    concerns: Callable[[Actor, Sequence[str]], dict[str, set[UUID]]] | None = None
    permission: str = "print:make"
    registered: bool = True
    """Whether each document is kept as a print that can be checked; labels carry their own codes."""
    told: bool = False
    """Whether the people of the point are asked to sign for a document whose content is new."""
    warns: Callable[[Any, dict[str, Any]], Sequence[str]] | None = None
    """What of a document comes out hard to read with the order's options, in words for who ordered it."""

    on_paper: Callable[[Any], bool] | None = None
    """Which of its documents are kept where not all are: a blank label says nothing that could become untrue."""
    papers: tuple[Paper, ...] = ()
    """The papers it can be drawn on, the usual one first; none where it chooses for itself."""
    hung: bool = False
    """Whether it hangs on a wall, so that whoever opens the print shop is told when it is out of date."""
    offered: bool = True
    """Whether the print shop's page offers it; what needs a record's id is ordered where that record is."""

    def keeps(self, document: Any) -> bool:
        """Whether a document is kept as a print."""
        return self.registered and (self.on_paper is None or self.on_paper(document))

    def says(self, actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
        """What its documents say, some hundred gathered together."""
        found: dict[str, Prepared] = {}
        for start in range(0, len(subjects), AT_ONCE):
            found |= self.gather(actor, subjects[start : start + AT_ONCE])
        return found


CATALOGUE: dict[PrintKind, Kind] = {}


def register(*kinds: Kind) -> None:
    """Put kinds into the catalogue; `kinds.py` does so for all of them."""
    CATALOGUE.update({kind.kind: kind for kind in kinds})
