"""What a grade is: a score, its level, and everything needed to say later how it came about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from risk_models.levels import RiskLevel


class Factors(Mapping[str, Decimal]):
    """The factors of one grade by their codes, in the profile's order; unchangeable, so that grades can be shared."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, Decimal]) -> None:
        """Take the factors over."""
        self._pairs = dict(pairs)

    def __getitem__(self, code: str) -> Decimal:
        """Return one factor's value."""
        return self._pairs[code]

    def __iter__(self) -> Iterator[str]:
        """Go through the codes in the profile's order."""
        return iter(self._pairs)

    def __len__(self) -> int:
        """Count the factors."""
        return len(self._pairs)

    def __hash__(self) -> int:
        """Hash by content, as equality does."""
        return hash(frozenset(self._pairs.items()))

    def __repr__(self) -> str:
        """Show as L=3 E=6 C=15."""
        return f"Factors({' '.join(f'{code}={value}' for code, value in self._pairs.items())})"


@dataclass(frozen=True)
class Grade:
    """One result of grading: `score` is exact and dimensionless, `level_name` the profile's own name for the band."""

    score: Decimal
    level: RiskLevel
    level_name: str
    method: str
    profile: str
    factors: Mapping[str, Decimal]
