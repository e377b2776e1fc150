"""What tests of a change of profile start from: a plant of many sources, assessed by LS and otherwise."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from app.assessments import grading
from app.core.db import writing
from app.core.ids import new_id
from app.risks.sources import add_source
from tests.world import Plant


def source_of(plant: Plant, point_id: UUID, name: str = "源") -> UUID:
    """A hazard source of a point, not yet assessed."""
    with writing():
        return add_source(
            plant.manager.actor, point_id=point_id, name=name, factor_class="things", accident_types=["中毒"]
        ).id


def point_with(plant: Plant, *assessed: dict[str, Any], name: str = "点") -> tuple[UUID, UUID]:
    """A point of one source, assessed so; its id and the source's."""
    with writing():
        point = plant.add_point(plant.manager.actor, name=name)
    source_id = source_of(plant, point.id)
    assess(plant, source_id, assessed)
    return point.id, source_id


def assess(plant: Plant, source_id: UUID, assessed: Iterable[dict[str, Any]]) -> None:
    """Assess a source, in this order."""
    for one in assessed:
        with writing():
            grading.assess(plant.manager.actor, source_id=source_id, **one)


def ls(likelihood: int, severity: int, basis: str = "residual", **given: Any) -> dict[str, Any]:
    """An assessment by LS."""
    return {
        "basis": grading.Basis(basis), "method": "LS", "factors": {"L": str(likelihood), "S": str(severity)}, **given
    }  # fmt: skip


def change(to: str, *, method: str = "LS", reason: str = "执行新的分级标准", **given: Any) -> dict[str, Any]:
    """The body of a change of profile."""
    return {"id": str(new_id()), "method": method, "to": to, "reason": reason, **given}
