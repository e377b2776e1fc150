"""What the regulators' figures mean (pure): counts of hidden hazards become rates, each with its definition.

A count stands as of an instant T. The cohort is what was found in the period less what had been dismissed by T; every
rate is a part of it over a part of it, and says which. So 整改率 is never this month's closures over this month's
findings. What the enterprise, the government and the public found is never added together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

REPORTED_BEFORE_DAYS = 90  # how far back the enterprise's own report counts as having seen what the government found
OF_A_SOURCE = ("located", "unreported", "enforcement", "patrol", "expert_service")  # of a tally, beside its counts
REGION_LENGTHS = (6, 9, 12)  # GB/T 2260, GB/T 10114: county, township, village


@dataclass(frozen=True)
class Counts:
    """Hidden hazards of one source as of T. due = closed_due + waiting + reviewing + overdue."""

    found: int = 0
    dismissed: int = 0
    duplicates: int = 0
    cohort: int = 0  # found less dismissed and duplicates
    closed: int = 0
    due: int = 0  # the deadline in force has come
    closed_due: int = 0
    in_time: int = 0  # of those due: submitted by the deadline, and accepted (rechecked)
    waiting: int = 0  # of those due: submitted by the deadline, not yet accepted
    reviewing: int = 0  # of those due: submitted by the deadline and accepted, listed, not yet delisted
    overdue: int = 0  # of those due: open, and nothing submitted by the deadline
    due_by_original: int = 0
    in_time_by_original: int = 0
    rejections: int = 0
    joined: int = 0  # further occurrences that joined an open one
    regradings_down: int = 0
    extensions: int = 0  # granted
    reopenings: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**_sums(self, other))


@dataclass(frozen=True)
class Tally:
    """The counts of one source: all, the major ones, and of the government's how it found them and what was new."""

    everything: Counts = field(default_factory=Counts)
    major: Counts = field(default_factory=Counts)
    located: int = 0  # findings that name a risk point
    unreported: int = 0  # of these: the enterprise had reported nothing at that point in the 90 days before
    enforcement: int = 0  # the government's three ways, never mixed
    patrol: int = 0
    expert_service: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**_sums(self, other))


@dataclass(frozen=True)
class Rate:
    """A rate with all that is needed to read it."""

    name: str
    numerator: int
    denominator: int
    definition: str
    as_of: datetime

    @property
    def rate(self) -> str | None:
        """Percent with one decimal, half up, as in "76.1%"; None of nothing. Only all of them is "100.0%"."""
        if not self.denominator:
            return None
        percent = Decimal(100 * self.numerator) / self.denominator
        shown = percent.quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{Decimal('99.9') if shown == 100 and percent < 100 else shown}%"


@dataclass(frozen=True)
class Definition:
    """One rate: what is divided by what, in words people can check."""

    name: str
    numerator: str
    denominator: str
    text: str


COHORT = "统计期内发现、截至统计时点未被认定为不构成隐患或重复的隐患"
RATES = {
    "rectification": Definition("整改率", "closed", "cohort", f"截至统计时点已销号的 ÷ {COHORT}。"),
    "due_rectification": Definition(
        "到期整改率", "closed_due", "due", f"到期隐患中截至统计时点已销号的 ÷ 到期隐患（{COHORT}，且现行期限已到）。"
    ),
    "timely_rectification": Definition(
        "按期整改率", "in_time", "due",
        "到期隐患中，在现行整改期限前提交整改、该次整改已经验收（复查）通过的 ÷ 到期隐患。验收的早晚不影响是否按期。",
    ),
    "timely_rectification_by_original": Definition(
        "按期整改率（按原定期限）", "in_time_by_original", "due_by_original",
        "原定期限已到的隐患中，在原定期限前提交整改、该次整改已经验收（复查）通过的 ÷ 原定期限已到的隐患，不计延期。",
    ),
}  # fmt: skip
UNREPORTED = Definition(
    "政府检查发现而企业未自报的比例", "unreported", "located",
    f"指明风险点的政府检查发现中，发现前 {REPORTED_BEFORE_DAYS} 天内企业在同一风险点没有自查上报过隐患的 ÷ "
    "指明风险点的政府检查发现（均不含已认定不构成隐患或重复的）。",
)  # fmt: skip


def rates_of(counts: Counts, *, as_of: datetime, major: bool = False) -> dict[str, Rate]:
    """The rates of one source's counts; of the major ones when the counts are of those."""
    prefix, only = ("重大隐患", "仅计现定为重大的隐患。") if major else ("", "")
    return {key: _rate(one, counts, as_of, prefix=prefix, only=only) for key, one in RATES.items()}


def unreported_rate(tally: Tally, *, as_of: datetime) -> Rate:
    """How much the government found that the enterprise had not reported before."""
    return _rate(UNREPORTED, tally, as_of)


def breakdown_length(region_code: str) -> int:
    """How many digits of a region's code tell the parts of a region apart: counties, then what is next below."""
    return next((length for length in REGION_LENGTHS if length > len(region_code)), REGION_LENGTHS[-1])


def tally_of(row: Mapping[str, Any]) -> Tally:
    """The tally of a row whose columns are named everything_found, major_found, … , located, unreported, … ."""
    names = [one.name for one in fields(Counts)]
    return Tally(
        everything=Counts(**{name: row[f"everything_{name}"] for name in names}),
        major=Counts(**{name: row[f"major_{name}"] for name in names}),
        **{name: row[name] for name in OF_A_SOURCE},
    )


def _rate(one: Definition, of: Counts | Tally, as_of: datetime, *, prefix: str = "", only: str = "") -> Rate:
    numerator, denominator = getattr(of, one.numerator), getattr(of, one.denominator)
    return Rate(prefix + one.name, numerator, denominator, only + one.text, as_of)


def _sums(one: Any, other: Any) -> dict[str, Any]:
    return {each.name: getattr(one, each.name) + getattr(other, each.name) for each in fields(one)}
