"""The main job over HTTP: from a risk point to a closed hidden hazard."""

from tests.world import World, announced, jpeg


def test_a_failed_item_becomes_a_hidden_hazard_that_another_person_closes(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=3)
    answer = plant.worker.post("/inspections", plant.inspection(failed=1, photos=[photo]))
    assert answer.status_code == 201, answer.text
    assert not answer.json["complete"]
    sent = plant.worker.put(f"/inspections/{answer.json['id']}/photos/{announced(photo)['sha256']}", photo)
    assert sent.json["complete"]
    hazard = plant.worker.get(f"/hidden-hazards/{answer.json['hidden_hazards'][0]['id']}").json
    assert hazard["state"] == "reported"
    assert hazard["complete"]
    waiting = plant.rectified(hazard)
    closed = plant.move(plant.leader, waiting, "accept", opinion="现场核实，符合要求")
    assert closed.status_code == 201, closed.text
    assert closed.json["state"] == "closed"


def test_point_zone_and_enterprise_take_the_worst_colour(world: World) -> None:
    plant = world.plant
    assert plant.manager.get(f"/risk-points/{plant.point.id}").json["shown_level"]["code"] == "orange"
    assert plant.manager.get(f"/risk-zones/{plant.zone.id}").json["shown_level"]["code"] == "orange"
    answer = plant.manager.post(
        "/assessments",
        {
            "hazard_source_id": str(plant.source.id),
            "basis": "residual",
            "method": "LEC",
            "factors": {"L": 6, "E": 6, "C": 15},
        },
    )
    assert answer.status_code == 201, answer.text
    assert answer.json["score"] == "540"
    assert plant.manager.get("/risk-levels").json["shown_counts"]["red"] == 1
