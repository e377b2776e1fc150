"""Which measures of a hazard source a workbook keeps, adds, lists under another category, or no longer lists.

The order of measures does not matter. A column of its own names its category; in the one column for all, a measure
keeps the category it has, and a new one is of management.
"""

from collections.abc import Sequence

from app.exchange.cells import measures_of, plain
from app.exchange.known import Row
from app.exchange.plan import SourcePlan
from app.exchange.workbook.sheet import Field
from app.risks.terms import MeasureCategory

LISTED_IN = {
    Field.ENGINEERING: MeasureCategory.ENGINEERING,
    Field.MANAGEMENT: MeasureCategory.MANAGEMENT,
    Field.TRAINING: MeasureCategory.TRAINING,
    Field.PPE: MeasureCategory.PPE,
    Field.EMERGENCY: MeasureCategory.EMERGENCY,
}
Wanted = dict[tuple[str, MeasureCategory | None], None]


def list_measures(
    plan: SourcePlan, listed: Sequence[tuple[Field, str]], standing: Sequence[Row], columns: frozenset[Field]
) -> None:
    """Put into the plan what becomes of the standing measures, given the cells that list them.

    Only a column that is there (`columns`) can leave a measure out.
    """
    wanted: Wanted = {(measure, LISTED_IN.get(field)): None for field, text in listed for measure in measures_of(text)}
    others = [measure for measure in standing if not _kept(measure, wanted)]
    if not others and not wanted:
        return
    touched: set[MeasureCategory | None] = set()
    for measure in others:
        category = _listed_elsewhere(measure, wanted)
        if category:
            plan.moved += ((measure.id, category),)
            touched.add(category)
        elif Field.MEASURES in columns or measure.category in {LISTED_IN.get(field) for field in columns}:
            plan.retired += (measure.id,)
            touched.add(measure.category)
    plan.added = tuple((category or MeasureCategory.MANAGEMENT, measure) for measure, category in wanted)
    touched.update(category for _, category in wanted)
    if plan.known is not None and touched:
        own = [field for field, category in LISTED_IN.items() if category in touched and field in columns]
        plan.changed += tuple(own or [Field.MEASURES])


def _kept(measure: Row, wanted: Wanted) -> bool:
    """Whether a measure is listed as it stands; what it is listed as is then no longer wanted."""
    if _taken([measure.text], measure.category, wanted):
        return True
    text = plain(measure.text)  # as a reader gives it, which may take its lines and numbers for several
    return _taken([text], measure.category, wanted) or _taken(measures_of(text), measure.category, wanted)


def _taken(parts: Sequence[str], category: MeasureCategory, wanted: Wanted) -> bool:
    for listed_as in (category, None):
        if parts and all((part, listed_as) in wanted for part in parts):
            for part in parts:
                del wanted[part, listed_as]
            return True
    return False


def _listed_elsewhere(measure: Row, wanted: Wanted) -> MeasureCategory | None:
    """Under which other category a measure is listed now."""
    for category in MeasureCategory:
        if wanted.pop((plain(measure.text), category), True) is None:
            return category
    return None
