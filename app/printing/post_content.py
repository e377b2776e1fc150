"""What is known of one unit for its four papers 两单两卡, as plain dataclasses (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.printing.standing_duties import StandingDuty
from app.risks.terms import MeasureCategory
from risk_models import RiskLevel

_ORDER = list(MeasureCategory)


@dataclass(frozen=True, kw_only=True, slots=True)
class PostMeasure:
    """One control measure, and what to look at to see that it holds; `limits` are those of its reading."""

    category: MeasureCategory
    text: str
    check: str = ""
    how: str = ""
    standard: str = ""
    limits: str = ""
    photo: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PostSource:
    """One hazard source of a point."""

    name: str
    accident_types: tuple[str, ...]
    level: RiskLevel | None
    measures: tuple[PostMeasure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PostPoint:
    """One risk point of the unit; `raised` is what its level stands at now where that is higher."""

    code: str
    name: str
    place: str
    category: str
    level: RiskLevel | None
    raised: RiskLevel | None = None
    status: str = ""
    check_cycle: str
    responsible: str
    phone: str | None
    sources: tuple[PostSource, ...]
    emergency_steps: tuple[str, ...]
    equipment: tuple[str, ...] = ()
    """Its measures for protection and for emergencies."""
    signs: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """How its cards are headed: with its code, and that nobody has confirmed its level."""
        return "　".join(filter(None, (self.code, self.name, self.status)))

    @property
    def measures(self) -> list[PostMeasure]:
        """The measures of its sources, each once, in the order of their kinds."""
        return in_order(dict.fromkeys(one for source in self.sources for one in source.measures))


@dataclass(frozen=True, kw_only=True, slots=True)
class PostTier:
    """Who controls which points on one tier; `lack` says why nobody does."""

    tier: str
    unit: str
    person: str
    points: str
    lack: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostPerson:
    """Someone of the unit, or who answers for something of it, and what is his to do."""

    name: str
    role: str
    duties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PostPlan:
    """One inspection plan of the unit or of points of it."""

    code: str
    kind: str
    name: str
    scope: str
    content: str
    frequency: str
    responsible: str
    points: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PostCards:
    """What the four papers of one unit say."""

    enterprise: str
    unit: str
    kind: str
    above: str
    """The units above it, from the top."""
    emergency_phone: str
    points: tuple[PostPoint, ...]
    tiers: tuple[PostTier, ...]
    people: tuple[PostPerson, ...]
    plans: tuple[PostPlan, ...]
    standing: tuple[StandingDuty, ...]

    @property
    def title(self) -> str:
        """The unit with those above it, as lists name it."""
        return " › ".join(filter(None, (self.above, self.unit)))

    @property
    def about(self) -> str:
        """Where the unit belongs, in a line."""
        return "　".join(filter(None, (self.enterprise, self.above, f"{self.kind}　风险点 {len(self.points)} 个")))


def in_order(measures: Iterable[PostMeasure]) -> list[PostMeasure]:
    """Measures in the usual order of their kinds: engineering first, emergency last."""
    return sorted(measures, key=lambda one: _ORDER.index(one.category))
