"""Control tiers (pure): which tiers control a point. What a tier controls, every tier below it controls too."""

from risk_models import RiskLevel

DEFAULT = {
    RiskLevel.RED: ("公司", "车间", "班组", "岗位"),
    RiskLevel.ORANGE: ("公司", "车间", "班组", "岗位"),
    RiskLevel.YELLOW: ("车间", "班组", "岗位"),
    RiskLevel.BLUE: ("班组", "岗位"),
}


def tiers_of(inherent: RiskLevel | None, residual: RiskLevel | None) -> tuple[str, ...]:
    """The tiers that control a point: by its inherent level, else by what is known; none while it is unassessed.

    Source: the common default; who organises the control of red is the enterprise's principal.
    """
    level = inherent or residual
    return DEFAULT[level] if level else ()
