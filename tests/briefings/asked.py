"""A briefing of the plant's point, as the print shop would ask for one."""

from typing import Any
from uuid import UUID

from app.briefings.models import Briefing, Cause
from app.briefings.service import ask
from app.core.db import reading, session, writing
from tests.world import Plant

TOLD = {"news": ["新的告知卡已张贴。"], "level": "red", "level_label": "重大风险", "level_colour": "红色"}


def asked_about(plant: Plant, key: str = "card:1", *, version: int | None = None, **given: Any) -> Briefing | None:
    """Ask the people of the plant's point; None when the same telling stands already."""
    given = {"cause": Cause.NEW_CARD, "title": "岗位安全风险告知卡", "told": TOLD, **given}
    with writing():
        return ask(plant.manager.actor, plant.point, cause_key=key, version=version, **given)


def asked_for(plant: Plant, key: str = "card:1", **given: Any) -> str:
    """The path of a new briefing."""
    briefing = asked_about(plant, key, **given)
    assert briefing
    return f"/briefings/{briefing.id}"


def all_briefings() -> list[Briefing]:
    with reading():
        return session().query(Briefing).order_by(Briefing.asked_at, Briefing.id).all()


def id_in(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])
