"""The occasions on which the product itself asks: a level is confirmed, a major hidden hazard is closed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.briefings.content import told_of
from app.briefings.models import Cause
from app.briefings.service import Asked, ask, ask_many
from app.core.actor import Actor
from app.risks.mergers import survivor_of
from app.risks.models import RiskPoint
from app.risks.points import get_point
from risk_models import RiskLevel


def levels_confirmed(actor: Actor, confirmed: Sequence[tuple[RiskPoint, UUID, RiskLevel | None]]) -> int:
    """Tell of levels that were confirmed: points, the round of each and the level it was confirmed at before.

    A level confirmed as it was is no news; what else a card says anew is told with the card. Gives how many are asked
    about.
    """
    changed = [each for each in confirmed if each[0].shown_level is not each[2]]
    told = told_of(actor, [point for point, _, _ in changed]) if changed else {}
    asked = []
    for point, round_id, was in changed:
        now_at, before = _in_words(point.shown_level), f"，原为{_in_words(was)}" if was else ""
        news = [f"风险等级经审核确认为{now_at}{before}。"]
        title = f"风险等级确认为{now_at}"
        asked.append(Asked(point, f"round:{round_id}", title, None, {**told[point.id], "news": news}))
    return ask_many(actor, asked, cause=Cause.LEVEL_CONFIRMED) if asked else 0


def major_closed(actor: Actor, point_id: UUID, *, key: str, code: str, description: str, measures: str | None) -> None:
    """Tell that a major hidden hazard at a point was closed; `key` names this closing of it.

    The point is the one that took over where it was merged; of one no longer used nobody is told.
    """
    point = survivor_of(get_point(actor, point_id))
    if point.retired_at is None:
        news = [f"重大隐患 {code} 已整改并销号。", f"隐患：{description}"]
        news += [f"整改措施：{measures}"] if measures else []
        told: dict[str, Any] = {**told_of(actor, [point])[point.id], "news": news}
        ask(actor, point, cause=Cause.MAJOR_CLOSED, cause_key=key, title=f"重大隐患 {code} 已销号", told=told)


def _in_words(level: RiskLevel | None) -> str:
    return f"{level.label}（{level.colour_name}色）" if level else "未评估"
