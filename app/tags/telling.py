"""Who is told of a tag that can hardly be read: those who keep tags where it hangs."""

from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.policy import RIGHTS, Role
from app.core.actor import Actor
from app.core.db import session
from app.enterprises.models import OrgUnit
from app.messages.service import tell
from app.risks.models import RiskPoint
from app.tags.models import Tag

KEEP = "tag:keep"


def tell_worn(actor: Actor, tag: Tag) -> None:
    """Tell the keepers of a tag that it was reported worn, once for as long as the report stands."""
    point = session().get_one(RiskPoint, (tag.enterprise_id, tag.point_id))
    said = f"“{tag.worn_note}”。" if tag.worn_note else ""
    tell(
        actor, _keepers(point), kind="tag.worn", key=f"tag.worn:{tag.id}:{tag.worn_at:%Y%m%d%H%M%S%f}",
        title=f"二维码磨损：{point.code} {point.name}", subject_kind="tag", subject_id=tag.id,
        text=f"{said}请到现场查看：不好扫的换新（旧码在宽限期内仍可用），还能用的消除这条报告。",
    )  # fmt: skip


def _keepers(point: RiskPoint) -> list[UUID]:
    """Those who may keep the point's tags; a leader only where the point is of his units."""
    roles = [role for role, rights in RIGHTS.items() if KEEP in rights]
    unit = session().get_one(OrgUnit, (point.enterprise_id, point.unit_id))
    people = session().execute(
        select(User.id, User.role, OrgUnit.path)
        .outerjoin(OrgUnit, (OrgUnit.enterprise_id == User.enterprise_id) & (OrgUnit.id == User.unit_id))
        .where(User.enterprise_id == point.enterprise_id, User.role.in_(roles), User.disabled_at.is_(None))
    )
    return [one.id for one in people if one.role != Role.LEADER or (one.path and unit.path.startswith(one.path))]
