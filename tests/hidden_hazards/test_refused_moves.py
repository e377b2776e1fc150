"""What was done offline and no longer applies: refused, changing nothing, kept as it was sent, once."""

from app.core.ids import new_id
from tests.hidden_hazards.steps import rectifying, submitted
from tests.world import World


def test_a_refused_move_is_kept_once_with_its_facts_and_can_be_looked_up(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    submitted(plant, hazard)
    photos = [{"sha256": "f" * 64, "size": 9}]
    body = {
        "id": str(new_id()), "action": "submit", "version": hazard["version"], "measures": "离线时已更换",
        "photos": photos, "client_at": "2026-11-21T08:30:00+08:00",
    }  # fmt: skip
    answers = [plant.worker.post(f"/hidden-hazards/{hazard['id']}/transitions", body) for _ in range(2)]
    assert [answer.json["code"] for answer in answers] == ["stale_version"] * 2
    assert "留存" in answers[0].json["detail"]
    page = plant.manager.get(f"/hidden-hazards/{hazard['id']}/refused-moves").json
    (kept,) = page["items"]
    assert kept["id"] == answers[0].json["refused_move_id"] == answers[1].json["refused_move_id"]
    assert (kept["action"], kept["version"], kept["state"]) == ("submit", hazard["version"], "pending_acceptance")
    assert kept["facts"] == {"measures": "离线时已更换", "photos": photos}
    assert (kept["actor_name"], kept["client_at"]) == (plant.worker.user.name, "2026-11-21T00:30:00Z")


def test_only_who_sees_the_hidden_hazard_sees_what_was_refused(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    assert plant.move(plant.manager, hazard, "accept", opinion="好").json["code"] == "wrong_state"
    assert world.other.manager.get(f"/hidden-hazards/{hazard['id']}/refused-moves").status_code == 404


def test_what_a_person_may_not_do_is_not_kept(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    answer = plant.move(plant.colleague, hazard, "grade", gravity="general")
    assert (answer.status_code, "refused_move_id" in answer.json) == (403, False)
    assert plant.manager.get(f"/hidden-hazards/{hazard['id']}/refused-moves").json["total"] == 0
