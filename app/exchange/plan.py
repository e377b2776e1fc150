"""What an import would do: what becomes of each row, and everything that would be written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.assessments.models import Basis
from app.exchange.workbook.sheet import Field, Line, Problem
from app.risks.terms import MeasureCategory
from risk_models import Grade, RiskLevel


class Change(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return {"new": "新增", "changed": "修改", "unchanged": "不变"}[self.value]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row: what becomes of it, and which of its columns differ from what is known."""

    line: Line
    change: Change
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An assessment, a new one with its grade; a direct judgement in force is carried over with its reason."""

    graded: Grade | None
    level: RiskLevel
    direct_reason: str | None
    assessed_on: date
    score: Decimal | None
    profile: str | None


@dataclass(slots=True)
class SourcePlan:
    """What would be written of one hazard source; `known` is None for a new one."""

    known: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    changed: tuple[Field, ...] = ()
    judged: Mapping[Basis, Judged] = field(default_factory=dict)
    superseded: tuple[Any, ...] = ()  # assessments in force until now
    levels: Mapping[str, Any] = field(default_factory=dict)  # what the source's own columns come to
    added: tuple[tuple[MeasureCategory, str], ...] = ()
    reworded: tuple[tuple[Any, dict[str, Any]], ...] = ()  # standing measures, each with its new text or category
    retired: tuple[Any, ...] = ()  # measures no longer listed

    @property
    def writes(self) -> bool:
        return bool(self.known is None or self.changed or self.judged)


@dataclass(slots=True)
class PointPlan:
    """What would be written of one point and its sources; `known` is None for a new one."""

    known: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    changed: tuple[Field, ...] = ()
    sources: list[SourcePlan] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return bool(self.known is None or self.changed or any(source.writes for source in self.sources))


@dataclass(slots=True)
class Plan:
    """An import as it would be made on the enterprise as it stood after event `seq`.

    `zones` are the paths of zones to be made, each with its parent: the id of one that exists, a path, or None.
    """

    seq: int
    rows: int
    zones: dict[Any, Any]
    points: list[PointPlan]
    outcomes: list[Outcome]
    problems: list[Problem]
    advice: list[Problem]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are, how many of each change, how many problems, how many zones are to be made."""
        changes = Counter(outcome.change for outcome in self.outcomes)
        return {
            "rows": self.rows,
            **{change.value: changes[change] for change in Change},
            "problems": len(self.problems),
            "new_zones": len(self.zones),
        }
