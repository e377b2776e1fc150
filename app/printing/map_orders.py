"""Four-colour maps to order: a sheet for each floor plan, or the schematic where there is none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound, invalid_field
from app.printing import map_gather
from app.printing.catalogue import Format, Kind, Prepared, Stamped
from app.printing.four_colour_map import four_colour_maps, four_colour_maps_svg, map_for_screen
from app.printing.map_content import FourColourMap
from app.printing.map_layout import LARGER
from app.printing.models import PrintKind
from app.printing.stamp import Look, Paper
from app.risks.drawings import drawing_of
from app.risks.zones import get_floor_plan

IN_WORDS = {"shown": "现状", "inherent": "固有", "residual": "现状（计入措施）", "current": "当前"}


def subjects(actor: Actor, choices: dict[str, Any]) -> list[str]:
    """The maps an order means: of one plan, of every plan by floor, or the schematic of an enterprise without any.

    Raises Invalid for a plan there is not, for paper that is too small, or where there is nothing to show.
    """
    _look(choices)
    which = choices.get("map_level") or "shown"
    plan_id = choices.get("floor_plan_id")
    if plan_id is not None:
        plans = [get_floor_plan(actor, plan_id, field="/floor_plan_id")]
    else:
        plans = map_gather.list_plans(actor)
    if not plans and not map_gather.has_zones(actor):
        raise Invalid("还没有风险分区，画不出四色图：请先建立风险分区。", code="nothing_selected")
    return [f"plan:{plan.id}|{which}" for plan in plans] or [f"{map_gather.SCHEMATIC}|{which}"]


def gather(actor: Actor, wanted: Sequence[str]) -> dict[str, Prepared]:
    """What the maps say; a plan that is no more is left out."""
    maps = map_gather.maps_of(actor, [_read(subject) for subject in wanted])
    return {
        subject: Prepared(f"{content.title}（{IN_WORDS[_read(subject)[1]]}）", content)
        for subject, content in zip(wanted, maps, strict=True)
        if content is not None and (content.ground or content.zones)
    }


def screen_map(actor: Actor, plan_id: UUID, which: str) -> bytes:
    """The map of a plan as SVG for a page, without a stamp. Raises NotFound for an absent plan."""
    plan = get_floor_plan(actor, plan_id)
    (content,) = map_gather.maps_of(actor, [(plan.id, which)])
    if content is None:
        raise NotFound
    return map_for_screen(content, Look(Paper.A3, landscape=True), _load)


def _read(subject: str) -> tuple[UUID | None, str]:
    what, _, which = subject.partition("|")
    return (None if what == map_gather.SCHEMATIC else UUID(what.removeprefix("plan:"))), which


def _look(options: dict[str, Any]) -> Look:
    """The paper an order names, A3 on its side when it names none. Raises Invalid for one too small for a map."""
    paper, landscape = Paper(options.get("paper") or Paper.A3), options.get("landscape")
    if paper not in LARGER:
        known = "、".join(each.label for each in LARGER)
        raise invalid_field("/paper", f"四色图可以印在 {known} 上，{paper.label} 太小，请换一种纸张。")
    return Look(paper, landscape=True if landscape is None else bool(landscape))


def _load(content: FourColourMap) -> bytes | None:
    if content.ground is None or content.ground.picture is None:
        return None
    return drawing_of(content.enterprise_id, content.ground.picture)


def _pdf(stamped: Stamped, options: dict[str, Any]) -> bytes:
    return four_colour_maps(stamped, _look(options), _load)


def _svg(stamped: Stamped, options: dict[str, Any]) -> bytes:
    return four_colour_maps_svg(stamped, _look(options), _load)


FOUR_COLOUR_MAP = Kind(
    kind=PrintKind.FOUR_COLOUR_MAP,
    takes=frozenset({"floor_plan_id", "map_level", "paper", "landscape"}),
    subjects=subjects,
    gather=gather,
    draws={Format.PDF: _pdf, Format.SVG: _svg},
    papers=(Paper.A3, Paper.A4, Paper.A2, Paper.A1),
    hung=True,
)
