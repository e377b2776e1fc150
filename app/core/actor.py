"""Who acts, where, and what they may do. Services are handed one; they never look it up."""

from dataclasses import dataclass, field
from uuid import UUID

from app.core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account, placed in the enterprise it acts in (None for offices and the platform until placed)."""

    id: UUID
    name: str
    role: str
    permissions: frozenset[str]
    session_id: UUID
    home: UUID | None  # the enterprise the account belongs to
    enterprise_id: UUID | None  # the enterprise it acts in: its home, or one within a regulator's scope
    office_id: UUID | None = None
    unit_path: str | None = None  # a leader acts on this unit and those below it
    region_code: str = ""  # an office's region, by prefix
    trades: frozenset[str] = field(default_factory=frozenset)  # an office's trades; empty: all

    @property
    def enterprise(self) -> UUID:
        """The enterprise acted in; a route declared within an enterprise always has one."""
        if self.enterprise_id is None:
            raise Forbidden("请先指明企业（enterprise_id）。", code="enterprise_needed")
        return self.enterprise_id

    @property
    def is_of_office(self) -> bool:
        return self.office_id is not None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def needs(self, permission: str) -> None:
        """Raise Forbidden unless the actor holds the permission."""
        if not self.may(permission):
            raise Forbidden("您的角色没有这项权限，请联系本单位安全管理员。")

    def leads(self, unit_path: str | None) -> bool:
        """Whether a unit is the actor's to act on: everyone's but a leader's are all the enterprise's."""
        if self.role != "leader":
            return True
        return bool(self.unit_path and unit_path and unit_path.startswith(self.unit_path))


SYSTEM = UUID(int=0)  # who acts where nobody does: what follows from time alone


def system(enterprise_id: UUID) -> Actor:
    """The product itself in one enterprise, for what follows from time alone; it holds no permission."""
    return Actor(
        id=SYSTEM, name="系统", role="system", permissions=frozenset(), session_id=SYSTEM, home=enterprise_id,
        enterprise_id=enterprise_id,
    )  # fmt: skip
