"""What a profile is: the factors with their scales, the bands of the score, and every grade they can give."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import product

from risk_models.exact import EXACT, canonical, plain
from risk_models.grades import Factors, Grade
from risk_models.levels import RiskLevel

# The factor codes a named method always has; a custom method names its own.
METHODS: Mapping[str, tuple[str, ...] | None] = {"LS": ("L", "S"), "LEC": ("L", "E", "C"), "custom": None}
SCORE_SYMBOLS: Mapping[str, str] = {"LS": "R", "LEC": "D", "custom": "得分"}


@dataclass(frozen=True)
class Step:
    """One value of a scale with its criterion; `dimensions` pairs a viewpoint (people, loss …) with its criterion."""

    value: Decimal
    meaning: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Factor:
    """One factor of a method with the only values it may take."""

    code: str
    name: str
    scale: tuple[Step, ...]
    known: Mapping[str | int | Decimal, Decimal] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index the scale by text and by number, so that the usual ways of giving a value need no reading."""
        known = {key: step.value for step in self.scale for key in (plain(step.value), step.value)}
        object.__setattr__(self, "known", known)

    def dimensions(self) -> list[str]:
        """List the viewpoints of which the factor is the worst, in the table's order; none where it is scored whole."""
        return list(dict.fromkeys(viewpoint for step in self.scale for viewpoint, _ in step.dimensions))

    def values(self) -> list[str]:
        """List the scale's values as text, in the table's order."""
        return [plain(step.value) for step in self.scale]


@dataclass(frozen=True)
class Band:
    """The scores that have one level; a bound that is None is open, and each side says whether its bound belongs."""

    level: RiskLevel
    level_name: str
    low: Decimal | None = None
    low_belongs: bool = True
    high: Decimal | None = None
    high_belongs: bool = True

    def holds(self, score: Decimal) -> bool:
        """Tell whether a score lies in this band."""
        above = self.low is None or score > self.low or (self.low_belongs and score == self.low)
        below = self.high is None or score < self.high or (self.high_belongs and score == self.high)
        return above and below

    def bounds(self) -> dict[str, str]:
        """Return the bounds as a profile document writes them: at_least or above, at_most or below."""
        written = {}
        if self.low is not None:
            written["at_least" if self.low_belongs else "above"] = plain(self.low)
        if self.high is not None:
            written["at_most" if self.high_belongs else "below"] = plain(self.high)
        return written

    def range(self, symbol: str) -> str:
        """Write the band for people: 160 ≤ D < 320."""
        left = "" if self.low is None else f"{plain(self.low)} {'≤' if self.low_belongs else '<'} "
        right = "" if self.high is None else f" {'≤' if self.high_belongs else '<'} {plain(self.high)}"
        return f"{left}{symbol}{right}"


class NoBoolean:
    """The 0 or the 1 of a scale as a key: equal to every number that is 0 or 1, but to neither boolean."""

    __slots__ = ("_number",)

    def __init__(self, number: Decimal) -> None:
        """Stand for this number."""
        self._number = number

    def __eq__(self, other: object) -> bool:
        """Compare as the number does, with all but booleans."""
        return type(other) is not bool and self._number == other

    def __hash__(self) -> int:
        """Hash as the number does."""
        return hash(self._number)


@dataclass(frozen=True)
class Profile:
    """A dated grading table; made by `load_profile`, which alone checks that the bands cover every attainable score."""

    name: str
    title: str
    method: str
    edition: date
    source: str
    certainty: str
    factors: tuple[Factor, ...]
    bands: tuple[Band, ...]
    grades: Mapping[tuple[Decimal, ...], Grade] = field(init=False, compare=False, repr=False)
    grades_by_text: Mapping[tuple[str, ...], Grade] = field(init=False, compare=False, repr=False)
    grades_by_decimal: Mapping[tuple[Decimal | NoBoolean, ...], Grade] = field(init=False, compare=False, repr=False)
    grades_by_int: Mapping[tuple[int | Decimal, ...], Grade] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out every grade once: the scale is finite, and equal grades are then the same object.

        The further tables differ only in the type of their keys, because a look-up is fastest when the key is of the
        type that is asked with: text, Decimals that refuse a boolean, or ints where the value is whole.
        """
        grades = {values: self._grade(values) for values in combinations(self.factors)}
        keyed = object.__setattr__
        keyed(self, "grades", grades)
        keyed(self, "grades_by_text", {tuple(map(plain, values)): grade for values, grade in grades.items()})
        keyed(self, "grades_by_decimal", {tuple(map(_no_boolean, values)): grade for values, grade in grades.items()})
        keyed(self, "grades_by_int", {tuple(map(_int_if_whole, values)): grade for values, grade in grades.items()})

    def _grade(self, values: tuple[Decimal, ...]) -> Grade:
        score = score_of(values)
        band = next(band for band in self.bands if band.holds(score))
        factors = Factors(dict(zip((factor.code for factor in self.factors), values, strict=True)))
        return Grade(score, band.level, band.level_name, self.method, self.name, factors)


def combinations(factors: tuple[Factor, ...]) -> Iterator[tuple[Decimal, ...]]:
    """Go through every combination of factor values, in the profile's factor order."""
    return product(*([step.value for step in factor.scale] for factor in factors))


def score_of(values: tuple[Decimal, ...]) -> Decimal:
    """Multiply the factors exactly."""
    return canonical(reduce(EXACT.multiply, values))


def _int_if_whole(value: Decimal) -> int | Decimal:
    whole = int(value)
    return whole if whole == value else value


def _no_boolean(value: Decimal) -> Decimal | NoBoolean:
    return NoBoolean(value) if value in (0, 1) else value
