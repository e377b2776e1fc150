"""What the platform may change of an enterprise."""

from app.core.db import reading
from app.core.events import timeline
from tests.world import World


def test_the_platform_says_which_enterprise_is_micro_and_the_ledger_keeps_it(world: World) -> None:
    enterprise = world.plant.enterprise
    path = f"/enterprises/{enterprise.id}"
    assert world.plant.principal.get(path).json["micro"] is False
    assert world.plant.principal.patch(path, {"micro": True}).status_code == 403
    assert world.admin.patch(path, {}).status_code == 422
    answer = world.admin.patch(path, {"micro": True})
    assert (answer.status_code, answer.json["micro"]) == (200, True)
    assert world.plant.principal.get(path).json["micro"] is True
    with reading():
        event = timeline(enterprise.id, enterprise.id)[-1]
    told = {"changed": ["micro"], "was": {"micro": False}, "now": {"micro": True}}
    assert (event.kind, event.data) == ("enterprise.changed", told)
