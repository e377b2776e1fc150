"""From a ledger to a plan against the enterprise as it stands: what is new or changed, and every problem by its cell.

A blank cell says nothing, whatever its column: what stands is kept, like that of a column that is missing. Where
measures are written, they are all there are. Nothing is written here.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from app.assessments.grading import settled
from app.core.actor import Actor
from app.core.errors import Invalid
from app.exchange.cells import guessed_category, plain, quoted
from app.exchange.drafts import Draft, PointDraft, SourceDraft
from app.exchange.gathering import MEASURES, Gathering
from app.exchange.judging import Judging, as_judged
from app.exchange.known import Row, as_it_stands, as_key
from app.exchange.measures import list_measures
from app.exchange.plan import Change, Outcome, Plan, PointPlan, SourcePlan
from app.exchange.workbook.sheet import Field, Ledger, Problem
from app.risks.terms import FactorClass

POINT = {
    Field.POINT: "name", Field.CATEGORY: "category", Field.ZONE: "zone_id", Field.UNIT: "unit_id",
    Field.PERSON: "responsible_id", Field.CYCLE: "check_cycle",
}  # fmt: skip
SOURCE = {
    Field.SOURCE: "name", Field.FACTOR_CLASS: "factor_class", Field.ACCIDENTS: "accident_types",
    Field.CONSEQUENCES: "consequences", Field.AFFECTED: "affected",
}  # fmt: skip
Planned = TypeVar("Planned", PointPlan, SourcePlan)


def check(actor: Actor, ledger: Ledger, *, zone_id: UUID | None = None, profile: str | None = None) -> Plan:
    """What an import of this ledger would do.

    Rows without a zone go to `zone_id`; without that they stay where they are. `profile` grades the rows of its
    method, the enterprise's own rules the others. Raises Invalid for a profile that cannot be used.
    """
    with _uncollected():
        gathering = Gathering(as_it_stands(actor), ledger)
        judging = Judging(actor, profile=profile, wrong=gathering.wrong)
        gathering.gather(judging)
        return _Checking(actor, gathering, judging, zone_id).plan()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: all that rows make lives until the plan stands, and going through it over and over
    would take as long as the check itself."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class _Checking:
    """Holds what was gathered against what is known."""

    def __init__(self, actor: Actor, gathering: Gathering, judging: Judging, zone_id: UUID | None) -> None:
        self.actor, self.found, self.judging, self.zone_id = actor, gathering, judging, zone_id
        self.known, self.columns = gathering.known, gathering.ledger.columns
        self.lost_checks: list[Problem] = []  # told first, for only so much advice is shown

    def plan(self) -> Plan:
        """The whole plan, its problems in the order of the cells."""
        found = self.found
        plans: dict[Draft, Any] = {}
        points = []
        for draft in found.points.values():
            point = plans[draft] = self._point(draft)
            for of_source in draft.sources.values():
                if of_source.lines:
                    plans[of_source] = self._source(of_source)
                    point.sources.append(plans[of_source])
            points.append(point)
        sheets = {sheet: place for place, sheet in enumerate(self.columns)}
        problems = sorted(found.problems, key=lambda one: (sheets.get(one.sheet, -1), one.row, one.column))
        outcomes = list(self._outcomes(plans))
        rows, advice = len(found.ledger.lines), [*self.lost_checks, *found.advice.values()]
        return Plan(self.known.seq, rows, found.names.new_zones, points, outcomes, problems, advice)

    def _point(self, draft: PointDraft) -> PointPlan:
        said = dict(draft.said)
        if self.zone_id and Field.ZONE not in draft.said:
            said[Field.ZONE] = as_key(self.zone_id)
        if draft.known is None:
            self._complete(draft, said)
        self._lead(draft, said)
        return _planned(PointPlan(draft.known), draft, said, POINT, Field.POINT_CODE)

    def _complete(self, draft: PointDraft, said: dict[Field, Any]) -> None:
        """Give a new point what it needs, or say what is missing."""
        if Field.POINT in said:
            said.setdefault(Field.CATEGORY, guessed_category(said[Field.POINT]))
        said.setdefault(Field.CYCLE, "")
        for field, remedy in (
            (Field.POINT, "新的风险点需要名称，请填写。"),
            (Field.UNIT, "新的风险点需要责任单位，请填写。"),
            (Field.PERSON, "新的风险点需要责任人，请填写。"),
            (Field.ZONE, "新的风险点需要区域；请填写，或在导入时选定一个风险分区。"),
        ):
            self._needed(draft, field, said, remedy)

    def _needed(self, draft: Draft, field: Field, said: dict[Field, Any], remedy: str) -> None:
        """Say that a field is missing, unless what stands there was refused already."""
        if field not in said and not any(field in line.texts for line in draft.lines):
            self.found.wrong(draft.lines[0], field, remedy)

    def _lead(self, draft: PointDraft, said: dict[Field, Any]) -> None:
        """A leader imports for his own units alone: those a point has, and those it is given."""
        if self.actor.role != "leader":
            return
        units = [said[Field.UNIT]] if Field.UNIT in said else []
        units += [draft.known.unit_id] if draft.known else []
        if not all(self.actor.leads(self.known.units[unit_id].path) for unit_id in units):
            for line in draft.lines:
                self.found.wrong(line, Field.UNIT, "只能导入本部门（班组）的风险点，请删去这一行，或请安全管理员导入。")

    def _source(self, draft: SourceDraft) -> SourcePlan:
        said = dict(draft.said)
        if draft.known is None:
            said.setdefault(Field.FACTOR_CLASS, FactorClass.THINGS)
            said.setdefault(Field.CONSEQUENCES, "")
            said.setdefault(Field.AFFECTED, "")
            self._needed(draft, Field.SOURCE, said, "新的危险源需要名称，请填写。")
            self._needed(draft, Field.ACCIDENTS, said, "新的危险源需要可能事故，请填写 GB 6441-2025 的事故类型。")
        plan = _planned(SourcePlan(draft.known), draft, said, SOURCE, Field.SOURCE_CODE)
        if draft.judgements:
            self._assess(draft, plan)
        if draft.measures:
            standing = self.known.measures.get(draft.known.id, ()) if draft.known else ()
            list_measures(plan, draft.measures, standing, self._listing(draft))
            self._warn(draft, [one for one in standing if one.id in plan.retired and one.check])
        return plan

    def _warn(self, draft: SourceDraft, lost: Sequence[Row]) -> None:
        """Tell of measures that go and take their check with them; each counts, so none is told once for several."""
        line = next(line for line in draft.lines if any(field in line.texts for field in MEASURES))
        field = next(field for field in MEASURES if field in line.texts)
        for measure in lost:
            message = f"导入后将停用带检查项的措施{quoted(measure.text)}；如仍在使用，请写回措施栏。"
            self.lost_checks.append(self.found.at(line, field, message))

    def _assess(self, draft: SourceDraft, plan: SourcePlan) -> None:
        in_force: Mapping[Any, Any] = self.known.assessments.get(draft.known.id, {}) if draft.known else {}
        plan.judged = {
            basis: self.judging.judged(judgement, in_force.get(basis)) for basis, judgement in draft.judgements.items()
        }
        plan.superseded = tuple(in_force[basis].id for basis in plan.judged if basis in in_force)
        try:
            plan.levels = settled({**{basis: as_judged(row) for basis, row in in_force.items()}, **plan.judged})
        except Invalid as refused:
            for judgement in draft.judgements.values():
                self.found.wrong(judgement.line, Field.LEVEL, refused.detail)

    def _listing(self, draft: Draft) -> frozenset[Field]:
        """The columns of measures the sheets of these rows have."""
        sheets = {line.sheet for line in draft.lines}
        return frozenset(field for sheet in sheets for field in MEASURES if field in self.columns[sheet])

    def _outcomes(self, plans: dict[Draft, Any]) -> Iterator[Outcome]:
        for line, of_point, of_source, basis in self.found.rows:
            point, source = plans[of_point], plans.get(of_source) if of_source else None
            if (source or point).known is None:
                yield Outcome(line, Change.NEW, ())
                continue
            judgement = of_source.judgements.get(basis) if of_source and basis else None
            fields = (*point.changed, *(source.changed if source else ()), *(judgement.fields if judgement else ()))
            yield Outcome(line, Change.CHANGED if fields else Change.UNCHANGED, fields)


def _planned(plan: Planned, draft: Draft, said: dict[Field, Any], columns: dict[Field, str], code: Field) -> Planned:
    """Put into a plan what is said of a new thing with its code, or what differs of a known one."""
    if draft.known is None:
        brought = next((line.texts[code] for line in draft.lines if code in line.texts), None)
        plan.values = {"code": brought, **{columns[field]: value for field, value in said.items()}}
        return plan
    plan.changed = tuple(field for field, value in said.items() if _differs(draft.known, columns[field], value))
    if plan.changed:
        plan.values = {columns[field]: said[field] for field in plan.changed}
    return plan


def _differs(known: Row, column: str, value: Any) -> bool:
    stands = getattr(known, column)
    if stands == value:
        return False
    if column == "accident_types":
        return set(stands) != set(value)
    return not (isinstance(value, str) and plain(stands) == value)
