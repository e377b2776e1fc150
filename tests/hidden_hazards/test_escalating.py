"""A hidden hazard that stays open past its deadline goes up the tiers; a submission nobody accepts is remembered."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.accounts import service as accounts
from app.accounts.policy import Role
from app.core.clock import stopped_at
from app.core.db import reading, session, writing
from app.enterprises import service as enterprises
from app.hidden_hazards.escalating import escalate_overdue
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.reminding import remind_of_acceptance
from app.hidden_hazards.tiers import tiers_of
from app.risks.rules import EscalatedTo
from tests.world import HASH, Person, Plant, World, in_days


def being_rectified(world: World, *, days: float = 3, **given: Any) -> dict[str, Any]:
    """A general hidden hazard, rectified by the worker, due in so many days."""
    plant = world.plant
    hazard = dict(plant.move(plant.manager, plant.report(**given), "grade", gravity="general").json)
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(days)}
    answer = plant.move(plant.manager, hazard, "assign", **facts)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def titles(person: Person, kind: str = "hidden_hazard.escalated") -> list[str]:
    found = person.get("/messages", page_size=100).json["items"]
    return [item["title"] for item in reversed(found) if item["kind"] == kind]


def steps(world: World, hazard: dict[str, Any]) -> list[tuple[int, str]]:
    found = world.plant.manager.get(f"/hidden-hazards/{hazard['id']}/escalations").json["items"]
    return [(item["step"], item["to"]) for item in found]


def at_hour(hours: float, *, after_days: float = 3) -> datetime:
    """So many hours past a deadline of so many days."""
    return datetime.now(UTC) + timedelta(days=after_days, hours=hours, minutes=1)


def test_each_tier_is_told_when_its_time_has_come_and_once(world: World) -> None:
    plant, hazard = world.plant, being_rectified(world)
    assert escalate_overdue() == 0
    reached = []
    for hours in (0, 1, 24, 72, 167, 168, 900):
        with stopped_at(at_hour(hours)):
            reached.append(escalate_overdue())
            assert escalate_overdue() == 0
    assert reached == [1, 0, 1, 1, 0, 1, 0]
    assert steps(world, hazard) == [(0, "team"), (1, "workshop"), (2, "company"), (3, "regulator")]
    team = f"一般隐患 {hazard['code']} 逾期未整改，报班组"
    assert titles(plant.leader) == [team]
    assert titles(plant.worker) == [team]  # who rectifies
    assert [title[-2:] for title in titles(plant.manager)] == ["车间", "公司"]  # above this unit stands nobody else
    assert len(titles(plant.principal)) == 2
    assert len(titles(world.regulator)) == 1
    assert titles(plant.colleague) == titles(world.other.manager) == []
    kinds = [event["kind"] for event in plant.manager.get(f"/hidden-hazards/{hazard['id']}/timeline").json["items"]]
    assert kinds.count("hidden_hazard.escalated") == 4


def test_a_worker_that_slept_takes_every_step_that_is_due_at_once(world: World) -> None:
    hazard = being_rectified(world)
    with stopped_at(at_hour(80)):
        assert escalate_overdue() == 1
    assert steps(world, hazard) == [(0, "team"), (1, "workshop"), (2, "company")]


def test_one_submitted_in_time_goes_nowhere(world: World) -> None:
    hazard = world.plant.rectified(world.plant.report())
    with stopped_at(at_hour(900, after_days=7)):
        assert escalate_overdue() == 0
    assert steps(world, hazard) == []


def test_a_deadline_that_moved_begins_anew(world: World) -> None:
    hazard = being_rectified(world)
    with stopped_at(at_hour(24)):
        escalate_overdue()
    with writing():
        row = session().query(HiddenHazard).filter_by(code=hazard["code"]).one()
        row.deadline_at = at_hour(48)
    with stopped_at(at_hour(30)):
        assert escalate_overdue() == 0
    with stopped_at(at_hour(49)):
        assert escalate_overdue() == 1
    assert steps(world, hazard) == [(0, "team"), (1, "workshop"), (0, "team")]
    assert len(titles(world.plant.leader)) == 2


def test_the_rule_is_the_enterprises_but_the_last_step_is_the_regulator(world: World) -> None:
    plant, hazard = world.plant, being_rectified(world)
    manager = plant.manager
    quick = [{"after_hours": 1, "to": "company"}, {"after_hours": 2, "to": "regulator"}]
    settled = manager.patch("/risk-rules", {"escalation": {"steps": quick}})
    assert settled.json["escalation"]["steps"] == quick
    assert settled.json["escalation"]["accept_within_hours"] == 72
    for wrong in (
        [], quick[:1], quick[::-1], [quick[1], quick[1]],
        [{"after_hours": 5, "to": "company"}, {"after_hours": 2, "to": "regulator"}],
    ):  # fmt: skip
        answer = manager.patch("/risk-rules", {"escalation": {"steps": wrong}})
        assert answer.status_code == 422, wrong
        assert answer.json["errors"][0]["pointer"] == "/escalation/steps"
    with stopped_at(at_hour(2)):
        escalate_overdue()
    assert steps(world, hazard) == [(0, "company"), (1, "regulator")]
    assert titles(plant.leader) == []


def test_a_major_one_goes_up_faster(world: World) -> None:
    hazard = being_rectified(world)
    with writing():
        session().query(HiddenHazard).filter_by(code=hazard["code"]).one().gravity = "major"
    with stopped_at(at_hour(24)):
        escalate_overdue()
    assert steps(world, hazard) == [(0, "team"), (1, "workshop"), (2, "company"), (3, "regulator")]
    assert titles(world.regulator)[0].startswith("重大隐患")


def test_the_regulator_finds_what_was_escalated_to_the_office(world: World) -> None:
    first, second = being_rectified(world), being_rectified(world)
    assert first["code"] != second["code"]
    plant = world.plant
    with stopped_at(at_hour(100)):
        escalate_overdue()
        assert world.regulator.get("/supervision/hidden-hazards", escalated="true").json["items"] == []
    done = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    with stopped_at(at_hour(200)):
        escalate_overdue()
        found = world.regulator.get("/supervision/hidden-hazards", escalated="true").json["items"]
    assert {item["code"] for item in found} == {first["code"], second["code"]}
    assert done["code"] not in {item["code"] for item in found}


def test_the_tiers_are_the_nearest_leaders_those_above_and_the_offices_over_region_and_trade(world: World) -> None:
    plant = world.plant
    with writing():
        actor = plant.principal.actor
        team = enterprises.add_unit(actor, name="甲班", kind="team", parent_id=plant.unit.id)
        post = enterprises.add_unit(actor, name="泵岗", kind="post", parent_id=team.id)
        for code, region, trades in (
            ("CITY", "2199", ["chemical"]), ("GRAIN", "219901", ["grain"]), ("WEST", "219902", []),
        ):  # fmt: skip
            if region == "2199":
                enterprises.add_region(code=region, name="某市")
            enterprises.add_office(code=code, name=code, region_code=region, trades=trades)
    team_leader = plant.hire("team-leader", Role.LEADER, team)
    plant.hire("other-leader", Role.LEADER, plant.other_unit)
    with writing():
        point = plant.add_point(plant.manager.actor, name="循环泵", unit=post)
    offices = {office["code"]: office["id"] for office in world.admin.get("/offices").json["items"]}
    with writing():
        over = {code: accounts.add_regulator(UUID(offices[code]), login="r", name=code, password_hash=HASH)
                for code in ("CITY", "GRAIN", "WEST")}  # fmt: skip
    hazard = being_rectified(world, risk_point_id=str(point.id))
    told = _tiers(plant, hazard)
    assert told["team"] == {plant.worker.id, team_leader.id}
    assert told["workshop"] == {team_leader.id, plant.leader.id}
    assert told["company"] == {plant.manager.id, plant.principal.id}
    assert told["regulator"] == {world.regulator.id, over["CITY"].id}
    nowhere = being_rectified(world, risk_point_id=None, place="厂区大门")
    assert _tiers(plant, nowhere)["team"] == {plant.worker.id, plant.leader.id}  # the rectifier's own unit


def test_what_waits_for_acceptance_reminds_the_acceptor_then_the_principal_once_each(world: World) -> None:
    plant = world.plant
    plant.rectified(plant.report())
    reminded = []
    for hours in (1, 71, 73, 74, 145, 900):
        with stopped_at(datetime.now(UTC) + timedelta(hours=hours)):
            reminded.append(remind_of_acceptance())
    assert reminded == [0, 0, 1, 0, 1, 0]
    assert len(titles(plant.leader, "hidden_hazard.acceptance_waits")) == 1
    assert len(titles(plant.principal, "hidden_hazard.acceptance_still_waits")) == 1
    for person in (plant.worker, plant.manager, plant.principal):
        assert titles(person, "hidden_hazard.acceptance_waits") == []


def test_nobody_is_reminded_to_accept_what_he_rectified_himself(world: World) -> None:
    plant = world.plant
    plant.rectified(plant.report(), rectifier=plant.leader)
    with stopped_at(datetime.now(UTC) + timedelta(hours=73)):
        assert remind_of_acceptance() == 1
    assert titles(plant.leader, "hidden_hazard.acceptance_waits") == []
    assert len(titles(plant.manager, "hidden_hazard.acceptance_waits")) == 1


def _tiers(plant: Plant, hazard: dict[str, Any]) -> dict[str, set[Any]]:
    with reading() as current:
        row = current.query(HiddenHazard).filter_by(code=hazard["code"]).one()
        tiers = tiers_of(plant.manager.actor, [row])
        return {to.value: set(tiers.told(row, to)) for to in EscalatedTo}
