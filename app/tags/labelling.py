"""Which labels are printed, what they say, and on which paper: for the sheet at once and for the print shop alike."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import FieldError, Invalid, invalid_field
from app.enterprises.service import own_enterprise
from app.risks.models import RiskPoint, RiskZone, Status
from app.risks.points import of_own_units
from app.tags import service
from app.tags.models import Tag
from app.tags.states import TagState, state_of
from qr import FREE, STOCKS, Label, Located, Stock, blank_label, cut_off, free_stock

CHOICES = ("point_ids", "zone_id", "level", "category")
_COUNTS = ("columns", "rows")
_REQUIRED = frozenset({"page_width", "page_height", "columns", "rows", "label_width", "label_height"})


def chosen_tags(actor: Actor, *, roll_id: UUID | None = None, **chosen: Any) -> list[Tag]:
    """The tags to print: of the points chosen, issued where there is none, by code; or the blank ones of a roll.

    Raises Invalid when nothing is chosen or a roll is named beside points, NotFound for a point that is not his.
    """
    if roll_id is None:
        points = service.points_to_label(actor, **chosen)
        tags = service.ensure_issued(actor, points)
        return [tags[point.id] for point in points]
    if any(value is not None for value in chosen.values()):
        raise invalid_field("/roll_id", "空白码还没有风险点，不能同时按风险点、分区、等级或类别选择；请去掉其一。")
    return service.tags_of_roll(actor, roll_id, field="/roll_id")


def labels_of(actor: Actor, tags: Sequence[Tag]) -> dict[UUID, Label]:
    """What the labels of these tags say, by tag; two queries. One that is not good any more is left out.

    So is one of a point that is retired, or not of the units a leader works on. A level is marked as not confirmed
    where there is one: what is not assessed claims nothing.
    """
    enterprise = own_enterprise(actor).name
    points = _points(actor, {tag.point_id for tag in tags if tag.point_id})
    labels: dict[UUID, Label] = {}
    for tag in tags:
        state, text = state_of(tag), service.address_of(tag)
        if state is TagState.BLANK:
            labels[tag.id] = blank_label(text=text, serial=tag.serial or "", enterprise=enterprise)
        elif state is TagState.GOOD and tag.point_id in points:
            point, zone = points[tag.point_id]
            level = point.shown_level
            labels[tag.id] = Located(
                zone, text=text, code=point.code, name=point.name, enterprise=enterprise, level=level,
                unconfirmed=level is not None and point.status is not Status.CONFIRMED, serial=tag.serial or "",
            )  # fmt: skip
    return labels


def stock_of(asked: Mapping[str, Any]) -> Stock:
    """The paper that was asked for: known by its name, or of one's own lengths. Raises Invalid for what cannot be."""
    name = asked.get("stock") or (FREE if asked.get("free") else next(iter(STOCKS)))
    if name != FREE:
        return STOCKS[name]
    lengths = asked.get("free") or {}
    if not lengths.keys() >= _REQUIRED:
        raise invalid_field("/free", "选了自定标签纸，请给出页面宽高、行数、列数和标签宽高（毫米）。")
    # A stored order keeps exact numbers as text.
    given: dict[str, Any] = {key: int(text) if key in _COUNTS else float(text) for key, text in lengths.items()}
    try:
        return free_stock(**given)
    except ValueError as error:
        raise invalid_field("/free", str(error)) from error


def placing(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Paper, start, copies and offsets as `label_sheet` takes them. Raises Invalid for a start beyond the sheet."""
    stock, start = stock_of(asked), int(asked.get("start") or 1)
    if start > stock.per_page:
        raise invalid_field("/start", f"这种标签纸每张只有 {stock.per_page} 格。")
    return {
        "stock": stock,
        "start": start,
        "copies": int(asked.get("copies") or 1),
        "offset_x": float(asked.get("offset_x") or 0),
        "offset_y": float(asked.get("offset_y") or 0),
    }


def must_stay_on(sheet: Mapping[str, Any], count: int) -> None:
    """Raise Invalid when offsets certainly cut some of so many labels, placed as `placing` says, at the edge."""
    stock, first = sheet["stock"], sheet["start"] - 1
    places = {(first + number) % stock.per_page for number in range(min(count * sheet["copies"], stock.per_page))}
    said = cut_off(stock, offset_x=sheet["offset_x"], offset_y=sheet["offset_y"], places=places)
    if said:
        raise Invalid(" ".join(said.values()), errors=[FieldError(f"/{field}", text) for field, text in said.items()])


def _points(actor: Actor, ids: set[UUID]) -> dict[UUID | None, tuple[RiskPoint, str]]:
    """The points in use, each with the name of its zone."""
    if not ids:
        return {}
    its_zone = (RiskZone.enterprise_id == RiskPoint.enterprise_id) & (RiskZone.id == RiskPoint.zone_id)
    points = select(RiskPoint).where(
        RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids), RiskPoint.retired_at.is_(None)
    )
    found = of_own_units(actor, points).join(RiskZone, its_zone).add_columns(RiskZone.name)
    return {point.id: (point, zone) for point, zone in session().execute(found)}
