"""The enterprise as it stands, read in a handful of queries, so that the rows of a workbook can be held against it."""

import json
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Dialect, String, Uuid, select, type_coerce
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import TypeDecorator

from app.accounts.models import User
from app.assessments.models import Assessment
from app.core.actor import Actor
from app.core.db import Instant, session
from app.core.events import Ledger
from app.enterprises.models import OrgUnit
from app.exchange.cells import plain
from app.risks.models import ControlMeasure, HazardSource, RiskPoint, RiskZone

Row = Any  # a row of the columns named beside it
Key = Hashable  # an id as the database gives it; see `as_key` and `as_id`


class Parsed(TypeDecorator[Any]):
    """What a JSON column holds; equal texts are one object, for thousands of rows say the same."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return _loaded(value) if isinstance(value, str) else value


_loaded = lru_cache(maxsize=5000)(json.loads)


def raw(column: Any) -> Any:
    """A column as the database gives it: making ids and enums of a hundred thousand values takes most of the time."""
    kind = column.type
    if isinstance(kind, JSON):
        return type_coerce(column, Parsed).label(column.key)
    return type_coerce(column, String).label(column.key) if isinstance(kind, Uuid | SqlEnum | Instant) else column


def columns(model: Any, *names: str) -> tuple[Any, ...]:
    """Columns of a table, raw."""
    return tuple(raw(getattr(model, name)) for name in names)


def as_key(row_id: UUID) -> Key:
    """An id as the database gives it."""
    return row_id.hex if session().get_bind().dialect.name == "sqlite" else row_id


def as_id(key: Any) -> UUID:
    """The id a key stands for."""
    return key if isinstance(key, UUID) else UUID(key)


UNIT = columns(OrgUnit, "id", "parent_id", "name", "path")
PERSON = columns(User, "id", "name", "login", "disabled_at")
ZONE = columns(RiskZone, "id", "parent_id", "name", "retired_at")
POINT = columns(
    RiskPoint, "id", "code", "name", "category", "zone_id", "unit_id", "responsible_id", "check_cycle", "retired_at"
)
SOURCE = columns(
    HazardSource, "id", "point_id", "code", "name", "factor_class", "accident_types", "consequences", "affected",
    "retired_at",
)  # fmt: skip
ASSESSMENT = columns(
    Assessment, "source_id", "id", "basis", "method", "profile", "factors", "score", "level", "direct_reason",
    "assessed_on",
)  # fmt: skip
MEASURE = columns(ControlMeasure, "source_id", "id", "category", "text", "check")


@dataclass(frozen=True)
class Known:
    """What the enterprise has; `seq` is the number of the last event it was read after."""

    seq: int
    units: dict[Key, Row]
    people: dict[Key, Row]
    zones: dict[Key, Row]
    points: dict[Key, Row]
    sources: dict[Key, Row]
    assessments: dict[Key, dict[str, Row]]
    measures: dict[Key, list[Row]]

    @cached_property
    def points_by_code(self) -> dict[str, Row]:
        return {point.code: point for point in self.points.values()}

    @cached_property
    def sources_by_code(self) -> dict[str, Row]:
        return {source.code: source for source in self.sources.values()}

    @cached_property
    def sources_by_name(self) -> dict[tuple[Key, str], list[Row]]:
        """The sources in use by point and name."""
        found: dict[tuple[Key, str], list[Row]] = defaultdict(list)
        for source in self.sources.values():
            if source.retired_at is None:
                found[source.point_id, plain(source.name)].append(source)
        return found


def as_it_stands(actor: Actor) -> Known:
    """Everything a risk ledger speaks of, of the actor's enterprise alone."""
    own = actor.enterprise
    seq = session().scalar(select(Ledger.seq).where(Ledger.enterprise_id == own)) or 0
    tables = ((OrgUnit, UNIT), (User, PERSON), (RiskZone, ZONE), (RiskPoint, POINT), (HazardSource, SOURCE))
    units, people, zones, points, sources = (
        {row[0]: row for row in session().execute(select(*chosen).where(model.enterprise_id == own))}
        for model, chosen in tables
    )
    assessments: dict[Key, dict[str, Row]] = defaultdict(dict)
    in_force = select(*ASSESSMENT).where(Assessment.enterprise_id == own, Assessment.superseded_at.is_(None))
    for row in session().execute(in_force):
        assessments[row[0]][row[2]] = row
    measures: dict[Key, list[Row]] = defaultdict(list)
    standing = select(*MEASURE).where(ControlMeasure.enterprise_id == own, ControlMeasure.retired_at.is_(None))
    for row in session().execute(standing.order_by(ControlMeasure.created_at, ControlMeasure.id)):
        measures[row[0]].append(row)
    return Known(seq, units, people, zones, points, sources, assessments, measures)
