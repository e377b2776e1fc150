"""The registry of tags: found by place and state, and those that want looking at."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.core.db import writing
from app.core.ids import new_id
from app.risks.zones import add_zone
from app.tags.models import Tag
from app.tags.states import attention_of, state_of
from tests.world import World


def days_ago(days: float) -> datetime:
    return now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("given", "state", "attention"),
    [
        ({"point_id": None}, "blank", []),
        ({"point_id": None, "revoked_at": days_ago(1)}, "revoked", []),
        ({}, "good", ["never_scanned"]),
        ({"last_scanned_at": days_ago(89)}, "good", []),
        ({"last_scanned_at": days_ago(91)}, "good", ["long_unscanned"]),
        ({"last_scanned_at": days_ago(1), "worn_at": days_ago(1)}, "good", ["worn"]),
        ({"last_scanned_at": days_ago(1), "old_address_at": days_ago(89)}, "good", ["old_address"]),
        ({"last_scanned_at": days_ago(1), "old_address_at": days_ago(91)}, "good", []),
        ({"replaced_by_id": new_id(), "good_until": days_ago(-1), "worn_at": days_ago(3)}, "old", []),
        ({"replaced_by_id": new_id(), "good_until": days_ago(0)}, "revoked", []),
        ({"replaced_by_id": new_id(), "good_until": days_ago(-1), "revoked_at": days_ago(0)}, "revoked", []),
    ],
)
def test_each_tag_is_in_one_state_and_wants_looking_at_for_reasons(
    given: dict[str, Any], state: str, attention: list[str]
) -> None:
    tag = Tag(**{"point_id": new_id(), **given})
    assert state_of(tag) == state
    assert attention_of(tag) == attention


def test_the_list_finds_by_place_state_and_what_wants_looking_at(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    with writing():
        inner = add_zone(manager.actor, name="泵区", kind="unit", parent_id=plant.zone.id)
        aside = add_zone(manager.actor, name="办公楼", kind="area")
    made = [manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json["id"] for _ in range(5)]
    scanned, worn, never, long_ago, moved = made
    changes: dict[str, dict[str, Any]] = {
        scanned: {"last_scanned_at": days_ago(1)},
        worn: {"last_scanned_at": days_ago(1), "worn_at": days_ago(1)},
        never: {"issued_at": days_ago(40)},
        long_ago: {"last_scanned_at": days_ago(100), "issued_at": days_ago(200)},
        moved: {"last_scanned_at": days_ago(0), "old_address_at": days_ago(0)},
    }
    with writing() as session:
        for tag_id, values in changes.items():
            session.execute(update(Tag).where(Tag.id == UUID(tag_id)).values(**values))
    manager.post("/tag-rolls", {"id": str(new_id()), "count": 2})

    def found(**query: Any) -> set[str]:
        answer = manager.get("/tags", page_size=100, **query)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["items"]) == answer.json["total"]
        return {tag["id"] for tag in answer.json["items"]}

    assert found(state="good") == found(zone_id=str(plant.zone.id)) == set(made)
    assert found(zone_id=str(inner.id)) == found(zone_id=str(aside.id)) == set()
    assert found(worn="true") == {worn}
    assert found(never_scanned="true") == {never}
    assert found(not_scanned_days=30) == {never, long_ago}
    assert found(not_scanned_days=90) == {long_ago}
    assert found(attention="true") == {worn, never, long_ago, moved}
    assert found(attention="false", state="good") == {scanned}
    assert len(found(state="blank")) == 2
    assert manager.get("/tags", zone_id=str(new_id())).status_code == 422
    told = {tag["id"]: tag for tag in manager.get("/tags", state="good").json["items"]}
    assert {tag["risk_point_code"] for tag in told.values()} == {plant.point.code}
    assert [told[each]["attention"] for each in made] == [
        [], ["worn"], ["never_scanned"], ["long_unscanned"], ["old_address"]
    ]  # fmt: skip
