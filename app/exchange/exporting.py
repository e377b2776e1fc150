"""The risk ledger of an enterprise, row by row as a workbook has them: a row a source and basis of assessment.

Points come in chunks, each read in a few queries, so that fifty thousand rows take no more room than some hundred.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.assessments.models import Assessment, Basis
from app.controls.gaps import governing_level
from app.core.actor import Actor
from app.core.db import batched, session
from app.enterprises.models import OrgUnit
from app.exchange.judging import profile_by_default
from app.exchange.known import ASSESSMENT, MEASURE, PERSON, POINT, SOURCE, UNIT, ZONE, Key, Row, as_id, as_key, columns
from app.exchange.names import paths_of, shown_names
from app.exchange.workbook.sheet import DIRECTLY_JUDGED, Field
from app.risks.accidents import accident_lists
from app.risks.models import ControlMeasure, HazardSource, RiskPoint, RiskZone
from app.risks.points import list_points, of_own_units
from app.risks.rules import Rules, rules_of
from app.risks.terms import Category, FactorClass, MeasureCategory
from risk_models import RiskLevel, describe

AT_ONCE = 500  # points a chunk has
METHODS = {"ls": ("LS",), "lec": ("LEC",), "five": ("LS", "LEC")}
BASES = {Basis.INHERENT: "固有", Basis.RESIDUAL: "现状"}
OF_CATEGORY = {
    MeasureCategory.ENGINEERING: Field.ENGINEERING,
    MeasureCategory.MANAGEMENT: Field.MANAGEMENT,
    MeasureCategory.TRAINING: Field.TRAINING,
    MeasureCategory.PPE: Field.PPE,
    MeasureCategory.EMERGENCY: Field.EMERGENCY,
}
LEVELS = ("inherent_level", "shown_level")
Cells = dict[Field, str]


def ledger_rows(actor: Actor, *, layout: str, **filters: Any) -> Iterator[Cells]:
    """The rows of the points a filter chooses, by code; a leader's of his own units alone.

    A source assessed by another method than the layout's has its score and level without factors.
    """
    chosen = of_own_units(actor, list_points(actor, **filters)).with_only_columns(RiskPoint.id)
    ids = list(session().scalars(chosen))
    writer = _Rows(actor, layout)
    for some in batched(ids, AT_ONCE):
        yield from writer.of_points(some)


def choices(actor: Actor, *, layout: str) -> dict[Field, list[str]]:
    """What the drop-downs of a template offer: the enterprise's own units, people, zones, and the product's words."""
    rows = _Rows(actor, layout)
    working = select(User.id).where(User.enterprise_id == actor.enterprise, User.disabled_at.is_(None))
    offered = {
        Field.ZONE: sorted(rows.zones[zone_id] for zone_id in rows.zones_in_use),
        Field.CATEGORY: [category.label for category in Category],
        Field.FACTOR_CLASS: [kind.label for kind in FactorClass],
        Field.ACCIDENTS: next(iter(accident_lists().values())),
        Field.BASIS: list(BASES.values()),
        Field.LEVEL: [level.label for level in RiskLevel],
        Field.UNIT: sorted(rows.units.values()),
        Field.PERSON: sorted(rows.people[as_key(user_id)] for user_id in session().scalars(working)),
    }
    if len(rows.methods) == 1:  # the L of two methods has two scales
        for factor in describe(profile_by_default(actor, rows.methods[0]))["factors"]:
            offered[Field(factor["code"])] = [step["value"] for step in factor["scale"]]
    return offered


class _Rows:
    """Writes rows; the names of units, people and zones are read once."""

    def __init__(self, actor: Actor, layout: str) -> None:
        self.actor, self.methods, self.five = actor, METHODS[layout], layout == "five"
        self.rules: Rules = rules_of(actor.enterprise)
        self.number = 0
        units = self._all(UNIT, OrgUnit)
        paths = paths_of(units)
        self.units = shown_names(units, lambda unit: unit.name, lambda unit: "/".join(paths[unit.id]))
        people = self._all(PERSON, User)
        self.people = shown_names(people, lambda one: one.name, lambda one: f"{one.name}（{one.login}）")
        zones = self._all(ZONE, RiskZone)
        self.zones_in_use = {zone_id: zone for zone_id, zone in zones.items() if zone.retired_at is None}
        # A zone in use is written as an import looks it up; a retired one is named by points no longer used alone.
        paths = {**paths_of(zones), **paths_of(self.zones_in_use)}
        self.zones = {zone_id: " › ".join(path) for zone_id, path in paths.items()}

    def of_points(self, ids: list[UUID]) -> Iterator[Cells]:
        """The rows of some points, in their order."""
        points = self._all((*POINT, *columns(RiskPoint, *LEVELS)), RiskPoint, RiskPoint.id, ids)
        sources = self._by(SOURCE, HazardSource, HazardSource.point_id, ids, in_use=True)
        source_ids = [as_id(source.id) for found in sources.values() for source in found]
        assessments = self._by(ASSESSMENT, Assessment, Assessment.source_id, source_ids, in_force=True)
        measures = self._by(MEASURE, ControlMeasure, ControlMeasure.source_id, source_ids, in_use=True)
        for point_id in map(as_key, ids):
            point = points[point_id]
            of_point = self._point(point)
            for source in sources.get(point_id, ()):
                of_source = {**of_point, **self._source(source, measures.get(source.id, []))}
                judged = sorted(assessments.get(source.id, ()), key=lambda one: one.basis)
                for assessment in judged or (None,):
                    yield self._numbered({**of_source, **self._assessment(assessment)})
            if not sources.get(point_id):
                yield self._numbered(of_point)

    def _numbered(self, cells: Cells) -> Cells:
        self.number += 1
        cells[Field.NUMBER] = str(self.number)
        return cells

    def _point(self, point: Row) -> Cells:
        inherent, shown = (level and RiskLevel(level) for level in (point.inherent_level, point.shown_level))
        tiers = self.rules.tiers_of(governing_level(inherent, shown))
        return {
            Field.POINT_CODE: point.code,
            Field.ZONE: self.zones[point.zone_id],
            Field.POINT: point.name,
            Field.CATEGORY: Category(point.category).label,
            Field.UNIT: self.units[point.unit_id],
            Field.PERSON: self.people[point.responsible_id],
            Field.CYCLE: point.check_cycle,
            Field.TIER: tiers[0].label if tiers else "",
        }

    def _source(self, source: Row, measures: list[Row]) -> Cells:
        return {
            Field.SOURCE_CODE: source.code,
            Field.SOURCE: source.name,
            Field.FACTOR_CLASS: FactorClass(source.factor_class).label,
            Field.ACCIDENTS: "、".join(source.accident_types),
            Field.CONSEQUENCES: source.consequences,
            Field.AFFECTED: source.affected,
            **self._measures(measures),
        }

    def _measures(self, measures: list[Row]) -> Cells:
        listed: dict[Field, list[str]] = defaultdict(list)
        for measure in measures:
            listed[OF_CATEGORY[measure.category] if self.five else Field.MEASURES].append(measure.text)
        return {field: _listed(texts) for field, texts in listed.items()}

    def _assessment(self, assessment: Row | None) -> Cells:
        if assessment is None:
            return {}
        factors = assessment.factors if assessment.method in self.methods else {}
        directly = f"（{DIRECTLY_JUDGED}）" if assessment.direct_reason else ""
        return {
            Field.BASIS: BASES[assessment.basis],
            **{Field(code): value for code, value in factors.items()},
            Field.SCORE: "" if assessment.score is None else format(assessment.score, "f"),
            Field.LEVEL: RiskLevel(assessment.level).label + directly,
            Field.ASSESSED_ON: assessment.assessed_on.isoformat(),
        }

    def _all(
        self, chosen: tuple[Any, ...], model: Any, of: Any = None, ids: list[UUID] | None = None
    ) -> dict[Key, Row]:
        statement = select(*chosen).where(model.enterprise_id == self.actor.enterprise)
        if ids is not None:
            statement = statement.where(of.in_(ids))
        return {row[0]: row for row in session().execute(statement)}

    def _by(
        self, chosen: tuple[Any, ...], model: Any, of: Any, ids: list[UUID], *, in_use: bool = False,
        in_force: bool = False,
    ) -> Mapping[Key, list[Row]]:  # fmt: skip
        found: dict[Key, list[Row]] = defaultdict(list)
        which: Callable[[Row], Key] = lambda row: getattr(row, of.key)  # noqa: E731 - named for what it gives
        statement = select(*chosen).where(model.enterprise_id == self.actor.enterprise)
        if in_use:
            statement = statement.where(model.retired_at.is_(None)).order_by(model.created_at, model.id)
        if in_force:
            statement = statement.where(model.superseded_at.is_(None))
        for some in batched(ids, AT_ONCE):
            for row in session().execute(statement.where(of.in_(some))):
                found[which(row)].append(row)
        return found


def _listed(texts: list[str]) -> str:
    """Measures as one cell: a line each, numbered where there are several."""
    if len(texts) == 1:
        return texts[0]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))
