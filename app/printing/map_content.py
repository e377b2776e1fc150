"""What a four-colour map says: the ground it shows, the zones and points on it, and which level its colours mean."""

from dataclasses import dataclass
from uuid import UUID

from app.printing.page import paint
from app.printing.placing import Point
from risk_models import RiskLevel

TITLE = "安全风险四色分布图"
SCHEMATIC = "示意图（无平面图）"


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A risk zone: its outline in plan coordinates and its level, None when not assessed.

    On a schematic map it has no outline but a parent, the place of the zone it lies in, after which it stands.
    """

    name: str
    polygon: tuple[Point, ...]
    level: RiskLevel | None
    parent: int | None = None
    empty: bool = False
    """Whether there is no risk point in it: then it is not called unassessed, for there is nothing to assess."""

    @property
    def words(self) -> str:
        """Its level in words, or that nothing in it has one."""
        return "无风险点" if self.empty else paint(self.level).words


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A risk point at x, y in plan coordinates, or, where that is not known, somewhere in the zone of that place.

    `now` is what it is raised to, where that is above the level shown.
    """

    code: str
    name: str
    level: RiskLevel | None
    x: float | None = None
    y: float | None = None
    now: RiskLevel | None = None
    zone: int | None = None
    unconfirmed: bool = False
    """Whether nobody has confirmed the identification its level comes from."""

    @property
    def words(self) -> str:
        """Its level in words, whether that is unconfirmed, and the one it is raised to now."""
        raised = f"\n现{paint(self.now).words}" if self.now else ""
        return paint(self.level).words + ("\n（未确认）" if self.unconfirmed else "") + raised


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """The floor plan a map is drawn on: width × height units, from the upper left corner, y downwards."""

    name: str
    width: float
    height: float
    picture: str | None = None
    """The hash of its drawing, which fills width × height."""
    north: float = 0.0
    """Where north points, in degrees clockwise from the top of the plan."""
    millimetres_per_unit: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FourColourMap:
    """What one map says; without a ground it is a schematic of the tree of zones."""

    enterprise_id: UUID
    enterprise: str
    ground: Ground | None
    zones: tuple[ZoneShape, ...]
    points: tuple[MapPoint, ...]
    elsewhere: tuple[MapPoint, ...] = ()
    """Points whose zone no plan of the enterprise shows."""
    on_other_plans: int = 0
    shows: str
    """Which level the colours mean, such as 现状风险等级."""

    @property
    def title(self) -> str:
        """What stands above the map: what it is, and of which plan and floor."""
        return f"{TITLE}　{self.ground.name if self.ground else SCHEMATIC}"
