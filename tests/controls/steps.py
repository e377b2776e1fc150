"""What the tests of this room say over and over: assess, take a step, draft and sign a plan."""

from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from app.core.clock import today
from app.core.db import reading
from app.core.events import timeline
from app.core.ids import new_id
from tests.surface import PLAN_PARTS
from tests.world import Person, Plant

LEVELS = {"red": (5, 5), "orange": (3, 5), "yellow": (2, 5), "blue": (1, 2)}  # L and S by ls-shandong


def assess(plant: Plant, level: str, *, basis: str = "inherent", source: str = "") -> None:
    """Grade the plant's source, or another one, to a level."""
    likelihood, severity = LEVELS[level]
    body = {
        "hazard_source_id": source or str(plant.source.id), "basis": basis, "method": "LS",
        "factors": {"L": likelihood, "S": severity},
    }  # fmt: skip
    answer = plant.manager.post("/assessments", body)
    assert answer.status_code == 201, answer.text


def regrade(plant: Plant, level: str) -> None:
    """Grade the plant's source to a level before and after its measures, whatever it was."""
    assess(plant, "blue", basis="residual")
    for basis in ("inherent", "residual"):
        assess(plant, level, basis=basis)


def take(person: Person, step: str, *points: UUID | str, **given: Any) -> TestResponse:
    body = {"id": str(new_id()), "step": step, "risk_point_ids": [str(point) for point in points], **given}
    return person.post("/confirmations", body)


def confirm(plant: Plant) -> None:
    """Take the plant's point through all steps."""
    for person, step in ((plant.manager, "submit"), (plant.manager, "review"), (plant.principal, "confirm")):
        answer = take(person, step, plant.point.id)
        assert answer.status_code == 200, answer.text


def draft(person: Person, plant: Plant, **given: Any) -> TestResponse:
    content = {**dict.fromkeys(PLAN_PARTS, "已落实到人"), "valid_until": today().isoformat()}
    return person.post(f"/risk-points/{plant.point.id}/control-plans", {**content, **given})


def signed(plant: Plant, **given: Any) -> dict[str, Any]:
    """A plan of the plant's point, drafted and signed."""
    plan = draft(plant.manager, plant, **given).json
    answer = plant.principal.post(f"/control-plans/{plan['id']}/signature")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def control(plant: Plant, point: UUID | None = None) -> dict[str, Any]:
    return dict(plant.worker.get(f"/risk-points/{point or plant.point.id}/control").json)


def levels(plant: Plant) -> tuple[str | None, str | None, str]:
    """What the point's inherent and shown levels and its status are."""
    point = plant.worker.get(f"/risk-points/{plant.point.id}").json
    return *((point[name] or {}).get("code") for name in ("inherent_level", "shown_level")), point["status"]


def kinds(plant: Plant, subject: UUID | None = None) -> list[str]:
    with reading():
        return [event.kind for event in timeline(plant.enterprise.id, subject or plant.point.id)]
