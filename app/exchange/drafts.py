"""What the rows of a workbook say together of one point and of one hazard source."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.assessments.models import Basis
from app.exchange.workbook.sheet import Field, Line
from risk_models import Grade


@dataclass(slots=True, eq=False)
class Draft:
    """One thing several rows speak of: what stands of it (`known`), and what each field was said to be."""

    known: Any
    lines: list[Line] = field(default_factory=list)
    said: dict[Field, Any] = field(default_factory=dict)

    def first_to_say(self, name: Field) -> Line:
        """The row that said first what a field is."""
        return next(line for line in self.lines if name in line.texts)


@dataclass(slots=True)
class Judgement:
    """A new assessment as one row says it, and which of its columns differ from the one in force."""

    line: Line
    graded: Grade
    assessed_on: date
    fields: tuple[Field, ...]


@dataclass(slots=True, eq=False)
class SourceDraft(Draft):
    """What the rows say of one hazard source."""

    by_basis: dict[Basis, Line] = field(default_factory=dict)
    judgements: dict[Basis, Judgement] = field(default_factory=dict)
    measures: list[tuple[Field, str]] = field(default_factory=list)  # by column, as the cells have them


@dataclass(slots=True, eq=False)
class PointDraft(Draft):
    """What the rows say of one point, and of its sources."""

    sources: dict[Any, SourceDraft] = field(default_factory=dict)
