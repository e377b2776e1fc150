"""Tasks: made ahead and once, done by inspections, late, missed, excused, handed over, told of once."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.clock import stopped_at, today
from app.core.db import db, reading, session, writing
from app.core.events import broken_at, timeline
from app.core.ids import new_id
from app.plans import generating, planning, tasks
from app.plans.completion import completion
from app.plans.listing import list_tasks
from app.plans.models import TaskStop
from app.plans.terms import CycleUnit, TaskState, state_of
from app.plans.ticking import settle_tasks
from app.risks.models import RiskPoint
from app.risks.retiring import retire_point
from tests.core.test_query_counts import counted
from tests.plans.planned import another_point, at, day, inspect, local, planned, states, tasks_of, told
from tests.world import World

OPENS, DUE, GRACE = local("11-16"), local("11-17"), local("11-17 06:00")
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("done", "excused", "now", "state"),
    [
        (None, None, OPENS - A_MOMENT, "pending"), (None, None, OPENS, "open"), (None, None, DUE, "open"),
        (None, None, DUE + A_MOMENT, "late"), (None, None, GRACE, "late"), (None, None, GRACE + A_MOMENT, "missed"),
        (DUE, None, GRACE, "done"), (DUE + A_MOMENT, None, GRACE, "done_late"), (None, OPENS, GRACE, "excused"),
    ],
)  # fmt: skip
def test_how_a_task_stands(done: datetime | None, excused: datetime | None, now: datetime, state: str) -> None:
    task = SimpleNamespace(opens_at=OPENS, due_at=DUE, grace_until=GRACE, done_at=done, excused_at=excused)
    assert state_of(task, now) == state


def test_a_new_plan_has_the_tasks_of_the_days_ahead_and_a_tick_makes_no_more_of_them(world: World) -> None:
    plan = planned(world.plant, "11-16 09:00")
    assert list(tasks_of(plan)) == [f"2026-11-{n}" for n in range(16, 24)]
    with stopped_at(local("11-16 10:00")):
        assert settle_tasks() == 0
    with stopped_at(local("11-19 10:00")):  # nobody served for three days
        assert settle_tasks() == 1
        assert settle_tasks() == 0
    assert list(tasks_of(plan)) == [f"2026-11-{n}" for n in range(16, 27)]
    with at("11-19 11:00"):
        assert generating.generate(world.plant.manager.actor, day("11-28")) == 1
        assert generating.generate(world.plant.manager.actor, day("11-28")) == 0
    assert broken_at(world.plant.enterprise.id) is None


def test_tasks_are_made_once_though_asked_for_twice_from_the_start(world: World) -> None:
    plan = planned(world.plant, "11-16 09:00")
    with at("11-16 10:00"):
        again = session().get_one(type(plan), (plan.enterprise_id, plan.id))
        again.made_to = day("11-16")
        assert generating.generate(world.plant.manager.actor) == 0
    assert len(tasks_of(plan)) == 8


@pytest.mark.parametrize(
    ("unit", "given", "ahead"),
    [
        ("hour", {"cycle_every": 12}, 5),  # tonight, and two days of two
        ("shift", {"shifts": [{"name": "夜班", "from": "20:00", "to": "08:00"}]}, 3),
        ("week", {}, 4), ("month", {}, 3), ("quarter", {}, 5), ("year", {}, 2), ("once", {"ends_on": "11-20"}, 1),
    ],
)  # fmt: skip
def test_each_rhythm_is_made_its_own_days_ahead(world: World, unit: str, given: dict[str, Any], ahead: int) -> None:
    given = {**given, "ends_on": day(given["ends_on"])} if "ends_on" in given else given
    plan = planned(world.plant, "11-16 09:00", cycle_unit=CycleUnit(unit), **given)
    assert len(tasks_of(plan)) == ahead


def test_an_inspection_does_the_open_task_in_time_late_or_not_at_all(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16", grace_hours=6)
    first = inspect(plant, plant.worker, "11-16 08:00")
    inspect(plant, plant.worker, "11-18 05:00")  # yesterday's, within its grace
    inspect(plant, plant.worker, "11-20 07:00")
    assert first.task_id == tasks_of(plan)["2026-11-16"].id
    now = states(plan, "11-21 07:00")
    assert [now[f"2026-11-{n}"] for n in range(16, 22)] == ["done", "done_late", "missed", "missed", "done", "open"]


def test_an_inspection_is_the_inspectors_own_task_before_anybody_elses(world: World) -> None:
    plant = world.plant
    own = planned(plant, "11-16")
    weekly = planned(plant, "11-16", cycle_unit=CycleUnit.WEEK)
    others = planned(plant, "11-16", assignee_id=plant.colleague.id)
    inspect(plant, plant.worker, "11-16 08:00")
    assert states(own, "11-16 09:00")["2026-11-16"] == states(weekly, "11-16 09:00")["2026-W47"] == "done"
    assert states(others, "11-16 09:00")["2026-11-16"] == "open"
    inspect(plant, plant.leader, "11-16 10:00")  # who has none does the others'
    assert states(others, "11-16 11:00")["2026-11-16"] == "done"


def test_a_task_that_is_named_is_the_only_one_and_a_strange_one_is_nobodys(world: World) -> None:
    plant = world.plant
    own, others = planned(plant, "11-16"), planned(plant, "11-16", assignee_id=plant.colleague.id)
    named = tasks_of(others)["2026-11-16"].id
    assert inspect(plant, plant.worker, "11-16 08:00", task_id=named).task_id == named
    assert states(own, "11-16 09:00")["2026-11-16"] == "open"
    assert inspect(plant, plant.worker, "11-16 08:10", task_id=new_id()).task_id is None
    tomorrow = tasks_of(own)["2026-11-17"].id
    assert inspect(plant, plant.worker, "11-16 08:20", task_id=tomorrow).task_id is None


def test_a_task_of_several_stops_is_done_with_the_last(world: World) -> None:
    plant = world.plant
    second = another_point(plant)
    plan = planned(plant, "11-16", scope={"point_ids": [second.id, plant.point.id]})
    inspect(plant, plant.worker, "11-16 08:00")
    assert states(plan, "11-16 09:00")["2026-11-16"] == "open"
    with at("11-16 10:00"):
        counted_for = tasks.settle_stops(
            plant.worker.actor,
            point_id=second.id,
            inspection_id=new_id(),
            task_id=None,
            received_at=local("11-16 10:00"),
        )
    task = tasks_of(plan)["2026-11-16"]
    assert (counted_for, task.done_at) == (task.id, local("11-16 10:00"))
    with reading():
        assert timeline(plan.enterprise_id, task.id)[-1].kind == "inspection_task.done"


def test_the_management_half_is_a_task_without_a_point(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16", scope={"management": True}, cycle_unit=CycleUnit.MONTH)
    with at("11-20"):
        tasks.settle_stops(
            plant.worker.actor, point_id=None, inspection_id=new_id(), task_id=None, received_at=local("11-20")
        )
    assert states(plan, "11-20")["2026-11"] == "done"


def test_looking_for_tasks_costs_an_inspection_one_query(world: World) -> None:
    given: Any = {"point_id": world.plant.point.id, "inspection_id": new_id(), "task_id": None}
    with at("11-16"), counted(db.engine) as statements:
        tasks.settle_stops(world.plant.worker.actor, received_at=local("11-16"), **given)
    assert len(statements) == 1


def test_people_are_told_once_of_what_is_late_and_of_what_is_missed(world: World) -> None:
    plant = world.plant
    planned(plant, "11-16", ends_on=day("11-16"), cycle_unit=CycleUnit.ONCE, grace_hours=6)
    for moment in ("11-16 23:59", "11-17 00:01", "11-17 00:02", "11-17 06:01", "11-17 06:02"):
        with stopped_at(local(moment)):
            settle_tasks()
    assert told(plant.worker) == ["task_late", "task_missed"]
    assert told(plant.manager) == told(plant.leader) == ["task_missed"]
    assert told(plant.colleague) == told(plant.principal) == []


def test_what_is_late_and_done_is_not_missed(world: World) -> None:
    plant = world.plant
    planned(plant, "11-16", ends_on=day("11-16"), cycle_unit=CycleUnit.ONCE, grace_hours=6)
    with stopped_at(local("11-17 00:01")):
        settle_tasks()
    inspect(plant, plant.worker, "11-17 05:00")
    with stopped_at(local("11-17 06:01")):
        assert settle_tasks() == 0
    assert told(plant.worker) == ["task_late"]


def test_a_retired_point_is_asked_of_nobody(world: World) -> None:
    plant = world.plant
    second = another_point(plant)
    both = planned(plant, "11-16", scope={"point_ids": [plant.point.id, second.id]})
    alone = planned(plant, "11-16", scope={"point_ids": [second.id]})
    inspect(plant, plant.worker, "11-16 08:00")
    with at("11-16 10:00"):
        retire_point(plant.manager.actor, second.id, reason="拆除")
    with stopped_at(local("11-16 10:01")):
        assert settle_tasks() == 1
    assert states(both, "11-16 11:00")["2026-11-16"] == "done"
    assert tasks_of(both)["2026-11-16"].done_at == local("11-16 08:00")
    assert states(alone, "11-16 11:00")["2026-11-16"] == "excused"
    assert states(alone, "11-16 11:00")["2026-11-17"] == "pending"  # it may be restored until then
    with stopped_at(local("11-19 10:00")):
        settle_tasks()
    assert "2026-11-26" in tasks_of(both)
    assert "2026-11-26" not in tasks_of(alone)


def test_what_was_missed_stays_missed_though_its_point_is_retired_later(world: World) -> None:
    plant = world.plant
    second = another_point(plant)
    plan = planned(plant, "11-16", scope={"point_ids": [second.id]}, ends_on=day("11-16"), cycle_unit=CycleUnit.ONCE)
    with at("11-18"):
        retire_point(plant.manager.actor, second.id, reason="拆除")
    with stopped_at(local("11-18 00:01")):
        settle_tasks()
    assert states(plan, "11-18 00:02") == {"once": "missed"}


def test_a_change_makes_anew_what_has_not_opened_and_leaves_what_has(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16 09:00")
    kept = tasks_of(plan)["2026-11-16"].id
    with at("11-16 15:00"):
        planning.change_plan(plant.manager.actor, plan.id, cycle_every=2, assignee_id=plant.colleague.id)
    now = tasks_of(plan)
    assert list(now) == ["2026-11-16", "2026-11-18+", "2026-11-20+", "2026-11-22+"]
    assert (now["2026-11-16"].id, now["2026-11-16"].assignee_id) == (kept, plant.worker.id)
    assert now["2026-11-18+"].assignee_id == plant.colleague.id
    with reading():
        assert timeline(plan.enterprise_id, plan.id)[-1].data["tasks_taken_back"] == 7
        assert session().query(TaskStop).count() == 4


def test_a_stopped_plan_makes_nothing_more_and_what_is_open_stays_due(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16 09:00")
    with at("11-16 15:00"):
        planning.stop_plan(plant.manager.actor, plan.id, reason="并入综合检查")
    with stopped_at(local("11-20")):
        settle_tasks()
    assert states(plan, "11-20") == {"2026-11-16": "missed"}


def test_a_standing_enterprise_misses_nothing(world: World) -> None:
    pauses = [{"from": day("11-17"), "to": day("11-19"), "reason": "检修停产"}]
    plan = planned(world.plant, "11-16", pauses=pauses)
    assert list(tasks_of(plan))[:3] == ["2026-11-16", "2026-11-20", "2026-11-21"]
    with stopped_at(local("11-20 12:00")), reading():
        shown = completion(world.plant.manager.actor, from_day=day("11-16"), to_day=day("11-18"))
    assert (shown["due"], shown["paused"]) == (1, 2)


def test_the_condition_of_a_query_says_what_the_rule_says(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16", grace_hours=6)
    inspect(plant, plant.worker, "11-16 08:00")
    inspect(plant, plant.worker, "11-18 05:00")
    with at("11-18 09:00"):
        tasks.excuse(plant.manager.actor, tasks_of(plan)["2026-11-18"].id, reason="台风停工")
    for moment in ("11-19 12:00", "11-20 03:00", "11-20 06:00", "11-20 07:00"):
        ruled = states(plan, moment)
        with stopped_at(local(moment)), reading():
            for state in TaskState:
                found = {task.slot for task in session().scalars(list_tasks(plant.manager.actor, state=state))}
                assert found == {slot for slot, each in ruled.items() if each == state}, (moment, state)


def test_completion_counts_each_due_task_once_and_no_excuse_cleans_it(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16", grace_hours=6)
    inspect(plant, plant.worker, "11-16 08:00")
    inspect(plant, plant.worker, "11-18 05:00")
    with at("11-18 09:00"):
        tasks.excuse(plant.manager.actor, tasks_of(plan)["2026-11-18"].id, reason="台风停工")
    with at("11-20 09:00"):
        tasks.excuse(plant.manager.actor, tasks_of(plan)["2026-11-19"].id, reason="忘记登记")
    with stopped_at(local("11-22 03:00")), reading():
        found = completion(plant.manager.actor, from_day=day("11-16"), to_day=day("11-30"))
    names = ("due", "done_in_time", "done_late", "late", "missed", "excused_late", "excused")
    assert [found[name] for name in names] == [5, 1, 1, 1, 1, 1, 1]
    assert (found["completion"]["numerator"], found["completion"]["rate"]) == (1, "20.0%")
    with stopped_at(local("11-16 12:00")), reading():
        assert completion(plant.manager.actor, from_day=day("11-16"))["completion"]["rate"] is None


def test_a_restored_point_is_in_the_next_tasks(world: World) -> None:
    plant = world.plant
    plan = planned(plant, "11-16", scope={"zone_ids": [plant.zone.id]})
    another_point(plant)
    with stopped_at(local("11-20")):
        settle_tasks()
    with writing():
        stops = session().query(TaskStop).filter_by(task_id=tasks_of(plan)["2026-11-27"].id).count()
        points = session().query(RiskPoint).filter_by(enterprise_id=plan.enterprise_id).count()
    assert stops == points == 2


def test_an_inspection_is_kept_whatever_task_it_names_and_another_enterprises_is_like_none(world: World) -> None:
    plant, other = world.plant, world.other
    daily = {
        "name": "日检", "kind": "daily", "tier": "team", "cycle_unit": "day", "unit_id": str(other.unit.id),
        "scope": {"risk_point_ids": [str(other.point.id)]}, "assignee_id": str(other.worker.id),
        "starts_on": today().isoformat(),
    }  # fmt: skip
    assert other.manager.post("/inspection-plans", daily).status_code == 201
    foreign = other.manager.get("/inspection-tasks").json["items"][0]["id"]
    for task_id in (foreign, str(new_id())):
        answer = plant.worker.post("/inspections", plant.inspection(task_id=task_id))
        assert (answer.status_code, answer.json["task_id"]) == (201, None)
    assert other.manager.get(f"/inspection-tasks/{foreign}").json["state"] != "done"
