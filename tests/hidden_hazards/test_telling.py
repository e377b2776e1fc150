"""Who is told of which move: whose turn it is, never who did it."""

from app.accounts.policy import Role
from app.core.db import reading
from app.messages.models import Message
from tests.hidden_hazards.steps import THERE, graded, moved, rectifying, submitted
from tests.world import SHOWN, World, in_days


def told(world: World) -> dict[str, set[str]]:
    """The last part of each kind, with the logins of those told."""
    plant = world.plant
    logins = {person.id: person.user.login for person in (plant.worker, plant.colleague, plant.leader, plant.manager)}
    logins[plant.principal.id] = "principal"
    found: dict[str, set[str]] = {}
    with reading() as session:
        for message in session.query(Message):
            found.setdefault(message.kind.rpartition(".")[2], set()).add(logins.get(message.recipient_id, "other"))
    return found


def test_the_rectifier_is_told_what_is_his_and_the_handlers_what_waits_for_them(world: World) -> None:
    plant = world.plant
    plant.hire("far", Role.LEADER, plant.other_unit)
    hazard = rectifying(plant)
    facts = {"deadline_at": in_days(12), "reason": "备件未到", "photos": THERE}
    hazard = moved(plant, plant.worker, hazard, "ask_extension", **facts)
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{THERE[0]['sha256']}", SHOWN)
    hazard = moved(plant, plant.manager, hazard, "grant_extension", opinion="同意")
    hazard = moved(plant, plant.leader, hazard, "hand_over", rectifier_id=str(plant.colleague.id), reason="休假")
    hazard = submitted(plant, hazard, plant.colleague)
    moved(plant, plant.manager, hazard, "reject", reason="仍有渗漏")
    assert told(world) == {
        "assign": {"worker"},
        "ask_extension": {"leader", "manager"},
        "grant_extension": {"worker"},
        "hand_over": {"colleague"},
        "submit": {"leader", "manager"},
        "reject": {"colleague"},
    }


def test_nobody_is_told_of_what_he_did_and_a_major_one_goes_to_the_principal(world: World) -> None:
    plant = world.plant
    moved(plant, plant.manager, graded(plant), "assign", rectifier_id=str(plant.manager.id), deadline_at=in_days(2))
    assert told(world) == {}
    submitted(plant, rectifying(plant, "major"))
    moved(plant, plant.manager, plant.report(), "stop_work", reason="泄漏", stop_kinds=["people"])
    assert told(world) == {
        "assign": {"worker"}, "submit": {"manager", "principal"}, "stop_work": {"leader", "principal"},
    }  # fmt: skip
