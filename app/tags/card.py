"""What the card of a point says, to whoever scans its code: three queries, and nothing that is not posted anyway."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.core.clock import LOCAL
from app.core.db import session
from app.core.errors import Conflict
from app.enterprises.models import Enterprise
from app.risks.mergers import survivor_of
from app.risks.models import ControlMeasure, HazardSource, RiskPoint
from app.tags.models import Tag
from app.tags.states import NEWEST_FIRST, STANDING
from risk_models import RiskLevel

BLANK = "这张二维码还没有绑定到风险点，扫它看不到告知卡。捡到的请交给安全管理员；负责贴码的请登录后选择风险点完成绑定。"


@dataclass(frozen=True)
class OldTag:
    """That the scanned tag was replaced, and until when it still answers."""

    replaced_on: date
    good_until: datetime


@dataclass(frozen=True)
class PostedCard:
    """The public face of a risk point."""

    point_id: UUID
    code: str
    name: str
    enterprise: str
    shown_level: RiskLevel | None
    current_level: RiskLevel | None
    main_risks: list[str]
    accident_types: list[str]
    measures: list[str]
    emergency_steps: list[str]
    emergency_phone: str
    old_tag: OldTag | None = None


def card_of(tag: Tag) -> PostedCard:
    """The card of the point a tag is posted at.

    Raises Conflict for a blank tag, and for a point no longer used; of one that was merged it names the point that took
    over, and its code.
    """
    if tag.point_id is None:
        raise Conflict(BLANK, code="tag_blank")
    point, enterprise = (
        session()
        .execute(
            select(RiskPoint, Enterprise)
            .join(Enterprise, Enterprise.id == RiskPoint.enterprise_id)
            .where(RiskPoint.enterprise_id == tag.enterprise_id, RiskPoint.id == tag.point_id)
        )
        .one()
    )
    if point.retired_at:
        raise _retired(point)
    sources = list(
        session().scalars(
            select(HazardSource)
            .where(
                HazardSource.enterprise_id == tag.enterprise_id,
                HazardSource.point_id == point.id,
                HazardSource.retired_at.is_(None),
            )
            .order_by(HazardSource.created_at, HazardSource.id)
        )
    )
    measures = session().scalars(
        select(ControlMeasure.text)
        .where(
            ControlMeasure.enterprise_id == tag.enterprise_id,
            ControlMeasure.source_id.in_([source.id for source in sources]),
            ControlMeasure.retired_at.is_(None),
        )
        .order_by(ControlMeasure.created_at, ControlMeasure.id)
    )
    return PostedCard(
        point_id=point.id,
        code=point.code,
        name=point.name,
        enterprise=enterprise.name,
        shown_level=point.shown_level,
        current_level=point.current_level,
        main_risks=[source.name for source in sources],
        accident_types=list(dict.fromkeys(kind for source in sources for kind in source.accident_types)),
        measures=list(measures),
        emergency_steps=point.emergency_steps,
        emergency_phone=enterprise.emergency_phone,
        old_tag=_old(tag),
    )


def _old(tag: Tag) -> OldTag | None:
    """What is said of a tag that was replaced; it is asked after only then."""
    if tag.replaced_by_id is None or tag.good_until is None:
        return None
    replaced_at = session().scalars(
        select(Tag.issued_at).where(Tag.enterprise_id == tag.enterprise_id, Tag.id == tag.replaced_by_id)
    )
    return OldTag(replaced_at.one().astimezone(LOCAL).date(), tag.good_until)


def _retired(point: RiskPoint) -> Conflict:
    into = survivor_of(point)
    if into.retired_at:
        return Conflict(
            f"风险点 {point.code} 已停用，这张二维码不再使用。现场仍在使用的，请联系安全管理员恢复；发现危险请报告。",
            code="retired",
        )
    token = session().scalar(
        select(Tag.token)
        .where(Tag.enterprise_id == into.enterprise_id, Tag.point_id == into.id, STANDING)
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
    onward = f"请查看 {into.code} 的告知卡" if token else f"请扫现场 {into.code} 的二维码，或联系安全管理员"
    return Conflict(
        f"风险点 {point.code} 已并入 {into.code}，这张二维码不再使用，{onward}。",
        code="retired",
        facts={"merged_into": {"code": into.code, "token": token}},
    )
