"""Many at once: one hidden hazard moved by eight, a loser's move kept, and a crowd reporting without loss."""

from uuid import UUID

from app.core.db import reading
from app.core.ids import new_id
from app.hidden_hazards.models import HiddenHazard, RefusedMove
from tests.hidden_hazards.steps import rectifying
from tests.racing import at_once, post
from tests.sizes import size
from tests.world import World, in_days

CROWD = size(24, deep=200)  # people reporting at the same moment


def test_eight_different_moves_at_once_have_one_winner_and_seven_kept(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    moves = [
        (plant.worker, "submit", {"measures": "已修", "photos": [{"sha256": "a" * 64, "size": 9}]}),
        (plant.leader, "hand_over", {"rectifier_id": str(plant.colleague.id), "reason": "休假"}),
        (plant.manager, "hand_over", {"rectifier_id": str(plant.leader.id), "reason": "休假"}),
        (plant.principal, "hand_over", {"rectifier_id": str(plant.manager.id), "reason": "休假"}),
        (plant.worker, "stop_work", {"reason": "泄漏", "stop_kinds": ["work"]}),
        (plant.colleague, "stop_work", {"reason": "泄漏", "stop_kinds": ["people"]}),
        (
            plant.manager, "ask_extension",
            {"deadline_at": in_days(20), "reason": "备件", "photos": [{"sha256": "b" * 64, "size": 9}]},
        ),
        (plant.leader, "stop_work", {"reason": "泄漏", "stop_kinds": ["use"]}),
    ]  # fmt: skip
    path = f"/hidden-hazards/{hazard['id']}/transitions"
    acts = [
        post(person, path, {"id": str(new_id()), "action": action, "version": hazard["version"], **facts})
        for person, action, facts in moves
    ]
    answers = at_once(acts)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7, [a.text for a in answers]
    with reading() as session:
        kept = session.get_one(HiddenHazard, (plant.enterprise.id, UUID(hazard["id"])))
        assert kept.version == hazard["version"] + 1
        assert session.query(RefusedMove).count() == 7


def test_a_crowd_reporting_at_once_gets_a_record_and_a_number_each(world: World) -> None:
    plant = world.plant
    people = [plant.hire(f"person{n}", "worker") for n in range(CROWD)]  # type: ignore[arg-type]
    acts = [
        post(
            person, "/hidden-hazards",
            {
                "id": str(new_id()), "risk_point_id": str(plant.point.id), "description": f"第{n}处松动",
                "client_at": "2026-11-21T08:30:00+08:00",
            },
        )
        for n, person in enumerate(people)
    ]  # fmt: skip
    answers = at_once(acts)
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers if a.status_code != 201]
    with reading() as session:
        rows = session.query(HiddenHazard).all()
    assert len({row.code for row in rows}) == len(rows) == CROWD
    assert {row.description for row in rows} == {f"第{n}处松动" for n in range(CROWD)}
