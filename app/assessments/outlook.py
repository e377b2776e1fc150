"""What grading by another profile would change: every assessment in force graded anew, its source, its point.

A point's level is compared as its sources give it; what it shows until a lower level is confirmed, `levels` decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.assessments.grading import above_inherent, bound
from app.assessments.models import Assessment, Basis
from app.assessments.profiles import find_profile
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import invalid_field
from app.risks.models import HazardSource, RiskPoint
from app.risks.zones import below, get_zone
from risk_models import Grade, GradingError, Profile, RiskLevel, describe, grade_many, worst

READ = (
    Assessment.id, Assessment.source_id, HazardSource.point_id, Assessment.basis, Assessment.method,
    Assessment.profile, Assessment.factors, Assessment.direct_reason, Assessment.level,
)  # fmt: skip

POINT = (RiskPoint.id, RiskPoint.code, RiskPoint.name, RiskPoint.shown_level, RiskPoint.held_level)

Pair = tuple[RiskLevel | None, RiskLevel | None]  # inherent, residual


@dataclass(slots=True)
class Judged:
    """One source: the levels of its assessments by basis, as they are and as they would be."""

    point_id: UUID
    was: dict[Basis, RiskLevel] = field(default_factory=dict)
    would_be: dict[Basis, RiskLevel] = field(default_factory=dict)
    scores: dict[Basis, Decimal] = field(default_factory=dict)  # of what the new profile grades: of one table
    direct: bool = False

    def pair(self, levels_of: dict[Basis, RiskLevel]) -> Pair:
        return bound(levels_of.get(Basis.INHERENT), levels_of.get(Basis.RESIDUAL), direct=self.direct)

    def conflicts(self) -> bool:
        """Whether the residual level would stand above the inherent one, or by one table its score."""
        scored = len(self.scores) == 2 and not self.direct
        return above_inherent(*self.pair(self.would_be)) or (
            scored and self.scores[Basis.RESIDUAL] > self.scores[Basis.INHERENT]
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """One source or point whose levels would change: as they are and as they would be."""

    id: UUID
    was: Pair
    would_be: Pair


@dataclass
class Outlook:
    """What a change of profile would do."""

    points: dict[UUID, Any]
    judged: dict[UUID, Judged] = field(default_factory=dict)
    regraded: list[tuple[Any, Grade]] = field(default_factory=list)
    unfit: list[Any] = field(default_factory=list)
    conflicts: list[Shift] = field(default_factory=list)
    sources: list[Shift] = field(default_factory=list)
    touched: dict[UUID, Pair] = field(default_factory=dict)  # points: inherent and shown, once confirmed


def outlook_of(actor: Actor, method: str, to: str, zone_id: UUID | None) -> Outlook:
    """Grade all in force by the method anew, below a zone or everywhere.

    Raises Invalid for a method or a profile that is unknown, and for a profile of another method.
    """
    profile, codes = _chosen(actor, method, to)
    where = [RiskPoint.enterprise_id == actor.enterprise, RiskPoint.retired_at.is_(None)]
    if zone_id:
        where.append(RiskPoint.zone_id.in_(below(actor, get_zone(actor, zone_id, field="/zone_id"))))
    points = session().execute(select(*POINT).where(*where))
    outlook = Outlook({point.id: point for point in points})
    rows = in_force(where)
    _judge(outlook, rows, _grades(method, profile, codes, rows), method, to)
    _shift(outlook)
    return outlook


def in_force(where: Iterable[ColumnElement[bool]]) -> Sequence[Any]:
    """The assessments in force of all sources in use of the points a condition selects, in one query."""
    of_source = (Assessment.enterprise_id == HazardSource.enterprise_id) & (Assessment.source_id == HazardSource.id)
    of_point = (HazardSource.enterprise_id == RiskPoint.enterprise_id) & (HazardSource.point_id == RiskPoint.id)
    statement = (
        select(*READ)
        .join(HazardSource, of_source)
        .join(RiskPoint, of_point)
        .where(*where, HazardSource.retired_at.is_(None), Assessment.superseded_at.is_(None))
    )
    return session().execute(statement).all()


def _chosen(actor: Actor, method: str, to: str) -> tuple[str | Profile, list[str]]:
    """The profile and the codes of its factors, in its order."""
    profile = find_profile(actor, to)
    try:
        grade_many(method, [], profile)
    except GradingError as error:
        pointer = "/method" if error.code == "unknown_method" else "/to"
        raise invalid_field(pointer, str(error), code=error.code) from None
    return profile, [factor["code"] for factor in describe(profile)["factors"]]


def _grades(method: str, profile: str | Profile, codes: Sequence[str], rows: Sequence[Any]) -> list[Grade | None]:
    """The grade of each row under the profile; None for another method, and for factors off the scale or others."""
    of_factors = [tuple(map(row.factors.get, codes)) if row.method == method else () for row in rows]
    different = list({factors for factors in of_factors if factors})
    try:
        graded: dict[Any, Grade] = dict(zip(different, grade_many(method, different, profile), strict=True))
    except GradingError:  # some do not fit: find out which
        graded = {}
        for factors in different:
            with suppress(GradingError):
                graded[factors] = grade_many(method, [factors], profile)[0]
    return [
        graded.get(factors) if len(row.factors) == len(factors) else None
        for row, factors in zip(rows, of_factors, strict=True)
    ]


def _judge(outlook: Outlook, rows: Sequence[Any], grades: Sequence[Grade | None], method: str, to: str) -> None:
    """Gather the levels by source, as they are and as the grades would make them."""
    for row, graded in zip(rows, grades, strict=True):
        source = outlook.judged.get(row.source_id)
        if source is None:
            source = outlook.judged[row.source_id] = Judged(row.point_id)
        level = row.level
        if graded is not None:
            source.scores[row.basis] = graded.score
        if graded is None:
            if row.method == method:
                outlook.unfit.append(row)
        elif row.profile != to:
            outlook.regraded.append((row, graded))
            level = level if row.direct_reason else graded.level
        source.direct = source.direct or bool(row.direct_reason)
        source.was[row.basis] = row.level
        source.would_be[row.basis] = level


def _shift(outlook: Outlook) -> None:
    """Find the sources and the points whose levels would change, and the residual levels above the inherent one."""
    was_of: dict[UUID, list[Pair]] = defaultdict(list)
    would_be_of: dict[UUID, list[Pair]] = defaultdict(list)
    for source_id, source in outlook.judged.items():
        was, would_be = source.pair(source.was), source.pair(source.would_be)
        was_of[source.point_id].append(was)
        would_be_of[source.point_id].append(would_be)
        if was != would_be:
            outlook.sources.append(Shift(source_id, was, would_be))
        if source.conflicts():
            outlook.conflicts.append(Shift(source_id, was, would_be))
    for point_id, pairs in would_be_of.items():
        become = _worst(pairs)
        if become != _worst(was_of[point_id]):
            outlook.touched[point_id] = become


def _worst(pairs: Sequence[Pair]) -> Pair:
    """The inherent and the shown level of a point with sources of these levels."""
    return worst(inherent for inherent, _ in pairs), worst(residual or inherent for inherent, residual in pairs)
