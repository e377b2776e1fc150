"""Which measures of a hazard source a workbook keeps, rewords, lists under another category, adds, or no longer lists.

The order of measures does not matter. A column of its own names its category; in the one column for all, a measure
keeps the category it has, and a new one is of management. A measure whose words were mended is the same measure, so
that its check is not lost; a category whose column is blank stays as it is.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

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
OWN_COLUMN = {category: field for field, category in LISTED_IN.items()}
ALIKE = 0.75  # from here on two texts are one measure whose words were mended
TO_COMPARE = 200  # characters of a text that are compared: comparing takes the square of them
ENDS = re.compile(r"[\s。．.；;，,、！!]+$")
Listed = tuple[str, MeasureCategory | None]
Wanted = dict[Listed, None]


def list_measures(
    plan: SourcePlan, listed: Sequence[tuple[Field, str]], standing: Sequence[Row], columns: frozenset[Field]
) -> None:
    """Put into the plan what becomes of the standing measures, given the cells that list them.

    `columns` are those the sheet has: one that is blank leaves the measures of its category as they are.
    """
    said = {field: measures_of(text) for field, text in listed if measures_of(text)}
    read = [(field, measure) for field, text in listed for measure in measures_of(text)]
    wanted: Wanted = {(measure, LISTED_IN.get(field)): None for field, measure in read}
    if not wanted:
        return
    others = [measure for measure in standing if not _kept(measure, wanted)]
    spoken_of = {
        measure.id for measure in others
        if OWN_COLUMN[measure.category] in said
        or (Field.MEASURES in said and OWN_COLUMN[measure.category] not in columns)
    }  # fmt: skip
    touched: set[MeasureCategory | None] = set()
    partners = _partners(others, wanted, spoken_of)
    for measure in others:
        if measure.id in partners:
            text, category = partners[measure.id]
            now: dict[str, object] = {"text": text, "category": MeasureCategory(category or measure.category)}
            changes = {name: value for name, value in now.items() if getattr(measure, name) != value}
            plan.reworded += ((measure, changes),)
            touched.add(category or measure.category)
        elif measure.id in spoken_of:
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


def _partners(others: Sequence[Row], wanted: Wanted, spoken_of: set[object]) -> dict[object, Listed]:
    """What each measure is listed as now, by its id, each listed text once; that is then no longer wanted.

    The same text goes first, then the same but for its number and its end, then the most alike; of those, the same
    category first. A measure that is not spoken of is only found where its very text stands.
    """
    pairs = []
    for place, measure in enumerate(others):
        for order, (text, category) in enumerate(wanted):
            alike = _alike(measure.text, text)
            if alike >= (ALIKE if measure.id in spoken_of else 2):
                elsewhere = category not in (None, measure.category)
                pairs.append((-max(alike // 1, 0), elsewhere, -alike, place, order, measure.id, (text, category)))
    found: dict[object, Listed] = {}
    for *_, measure_id, listed in sorted(pairs, key=lambda pair: pair[:5]):
        if measure_id not in found and listed in wanted:
            found[measure_id] = listed
            del wanted[listed]
    return found


def _alike(stands: str, listed: str) -> float:
    """How much one text is the other: 3 the same, 2 but for numbering and ends, below that as a share."""
    if plain(stands) == listed:
        return 3
    stripped, other = _bare(stands), _bare(listed)
    if stripped == other:
        return 2
    matcher = SequenceMatcher(None, stripped[:TO_COMPARE], other[:TO_COMPARE], autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0
    return min(matcher.ratio(), 0.99)


def _bare(text: str) -> str:
    """A text without its number and what it ends with."""
    return "\n".join(ENDS.sub("", part) for part in measures_of(text))
