"""Settling the rules of an enterprise otherwise: what the schema cannot see is checked, and levels follow at once."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from app.assessments.profiles import show_profile
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound, invalid_field
from app.enterprises.models import UnitKind
from app.risks import levels
from app.risks.models import RaiseKind
from app.risks.rules import Rules, settle_rules
from risk_models import RiskLevel

NEEDING_PLAN = frozenset({RiskLevel.RED, RiskLevel.ORANGE})  # whatever an enterprise adds


class RaisedTo(StrEnum):
    """To what an open hidden hazard raises what is shown now."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"
    ONE_HIGHER = "one_higher"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return {"one_higher": "比评估等级高一级", "unchanged": "不变"}.get(self.value) or RiskLevel(self.value).label


def tiers_refused(level: RiskLevel, tiers: Sequence[UnitKind]) -> str | None:
    """Why these tiers cannot control points of a level; None when they can."""
    if not tiers:
        return "至少要有一个管控层级。"
    highest_first = list(UnitKind)
    places = [highest_first.index(tier) for tier in tiers]
    if places != sorted(set(places)):
        return "层级应从高到低排列、不重复：company、workshop、team、post。"
    if level is RiskLevel.RED and UnitKind.COMPANY not in tiers:
        return "重大风险（红色）由主要负责人组织管控，必须包含公司级（company）。"
    return None


def settle(actor: Actor, **parts: dict[str, Any]) -> Rules:
    """Settle parts of the rules otherwise; raised levels follow at once, and their events say why.

    Raises Invalid for a change of nothing and for a profile that is unknown or of another method.
    """
    named = {part: said for part, said in parts.items() if said}
    if not named:
        raise Invalid("没有要修改的内容，请至少给出一条规则。")
    for method, profile in named.get("profiles", {}).items():
        _check_profile(actor, method, profile)
    rules = settle_rules(actor, **named)
    if "current" in named:
        raised = {kind: RaisedTo(rules.document["current"][kind]).label for kind in RaiseKind}
        told = "，".join(f"{kind.label}时为{label}" for kind, label in raised.items())
        levels.settle_raised(actor, because=f"修改了当前等级的规则：有{told}")
    return rules


def _check_profile(actor: Actor, method: str, name: str) -> None:
    try:
        described = show_profile(actor, name)
    except NotFound:
        detail = "没有这个评估标准，请从 GET /profiles 中选用，或先建立。"
        raise invalid_field(f"/profiles/{method}", detail, code="unknown_profile") from None
    if described["method"] != method:
        detail = f"这个评估标准是 {described['method']} 方法的，不能作为 {method} 的默认标准。"
        raise invalid_field(f"/profiles/{method}", detail, code="method_mismatch")
