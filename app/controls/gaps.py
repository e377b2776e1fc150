"""When a risk point is controlled (受控), and what is missing where it is not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from risk_models import RiskLevel, worst

NAMED_AT_MOST = 5


class Lack(StrEnum):
    """What keeps a point from being controlled."""

    RETIRED = "retired"
    NO_SOURCE = "no_source"
    NOT_ASSESSED = "not_assessed"
    NO_MEASURE = "no_measure"
    NO_PERSON = "no_person"
    NO_PLAN = "no_plan"

    @property
    def label(self) -> str:
        return {
            "retired": "已停用", "no_source": "未辨识危险源", "not_assessed": "危险源未评估",
            "no_measure": "缺管控措施", "no_person": "缺责任人", "no_plan": "缺专项管控方案",
        }[self.value]  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """One thing that is missing; `detail` is Chinese and says what to do."""

    lack: Lack
    detail: str


@dataclass(frozen=True)
class SourceFacts:
    """What counts of a hazard source in use; `level` is what it shows, null until it is assessed."""

    named: str
    inherent: RiskLevel | None
    level: RiskLevel | None
    has_measure: bool


def governing_level(inherent: RiskLevel | None, shown: RiskLevel | None) -> RiskLevel | None:
    """The level that decides tiers and plans: the inherent one, never below what the point shows.

    A source judged on its residual level alone shows that, and its inherent level cannot be lower.
    """
    return worst([inherent, shown])


def not_identified(sources: Sequence[SourceFacts]) -> list[Gap]:
    """What is missing of the identification itself: sources, and an assessment of each."""
    if not sources:
        return [Gap(Lack.NO_SOURCE, "尚未辨识危险源，请登记危险源并评估。")]
    waiting = [source.named for source in sources if source.level is None]
    return [Gap(Lack.NOT_ASSESSED, f"危险源 {_listed(waiting)} 尚未评估，请完成评估。")] if waiting else []


def gaps_of(
    *, retired: bool, sources: Sequence[SourceFacts], without_person: Sequence[str], without_plan: str | None
) -> list[Gap]:
    """Everything that is missing; a point is controlled only when nothing is.

    `without_person` says of each tier that has none why, `without_plan` why a plan that is needed is not in force.
    """
    if retired:
        return [Gap(Lack.RETIRED, "风险点已停用，不再管控。")]
    found = not_identified(sources)
    bare = [source.named for source in sources if not source.has_measure]
    if bare:
        found.append(Gap(Lack.NO_MEASURE, f"危险源 {_listed(bare)} 没有现行的管控措施，请补充。"))
    found += [Gap(Lack.NO_PERSON, detail) for detail in without_person]
    if without_plan:
        found.append(Gap(Lack.NO_PLAN, without_plan))
    return found


def _listed(names: Sequence[str]) -> str:
    more = f"等 {len(names)} 个" if len(names) > NAMED_AT_MOST else ""
    return "、".join(names[:NAMED_AT_MOST]) + more
