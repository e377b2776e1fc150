"""Who is asked to sign that they were told: when, by what, and in how few statements."""

from uuid import UUID

from app.accounts import service as accounts
from app.accounts.policy import Role
from app.briefings.content import told_of
from app.briefings.models import Briefing, Cause, Signature
from app.briefings.service import Asked, ask_many
from app.controls import duties
from app.core.db import db, insert_rows, reading, session, writing
from app.core.events import broken_at, timeline
from app.core.ids import new_id
from app.enterprises import service as enterprises
from app.enterprises.models import UnitKind
from app.messages.models import Message
from app.risks.models import RiskPoint
from tests.briefings.asked import all_briefings, asked_about
from tests.controls.steps import confirm, regrade
from tests.core.test_query_counts import counted
from tests.hidden_hazards.steps import moved, rectifying, submitted
from tests.world import World


def people_of(briefing: Briefing | None) -> list[UUID | None]:
    assert briefing
    with reading():
        return [one.person_id for one in session().query(Signature).filter_by(briefing_id=briefing.id)]


def test_those_of_the_unit_and_below_whoever_answers_and_who_has_a_duty_are_asked_once(world: World) -> None:
    plant = world.plant
    with writing():
        actor = plant.principal.actor
        team = enterprises.add_unit(actor, name="二班", kind="team", parent_id=plant.unit.id)
    below, controls = plant.hire("below", Role.WORKER, team), plant.hire("controls", Role.SAFETY_MANAGER)
    elsewhere, gone = plant.hire("elsewhere", Role.WORKER, plant.other_unit), plant.hire("gone", Role.WORKER, team)
    with writing():
        accounts.change_person(actor, gone.id, disabled=True)
        named = {"tier": UnitKind.TEAM, "unit_id": team.id, "person_id": controls.id}
        duties.name_duties(plant.manager.actor, plant.point.id, [named])
    people = people_of(asked_about(plant))
    assert len(people) == len(set(people))
    in_unit = {plant.leader.id, plant.worker.id, plant.colleague.id, below.id}
    assert in_unit | {controls.id} <= set(people) <= in_unit | {controls.id, plant.principal.id}
    assert not {elsewhere.id, gone.id, world.other.worker.id} & set(people)
    with reading():
        told = session().query(Message).filter_by(kind="briefing.asked").all()
        assert {one.recipient_id for one in told} == set(people)
        assert told[0].title == "请签收：FX-0001 液氨储罐，岗位安全风险告知卡"


def test_the_same_card_again_asks_nobody_and_a_new_version_ends_the_old(world: World) -> None:
    plant = world.plant
    first = asked_about(plant)
    closing = asked_about(plant, "hazard:a:1", cause=Cause.MAJOR_CLOSED)
    assert asked_about(plant, "hazard:b:1", cause=Cause.MAJOR_CLOSED)  # another one closed ends nothing of the first
    assert asked_about(plant) is None
    second = asked_about(plant, "card:2")
    back = asked_about(plant)  # what was posted first is posted again: nobody has signed for it as it stands now
    assert first
    assert closing
    assert second
    assert back
    found = {one.id: one for one in all_briefings()}
    assert [found[one.id].version for one in (first, second, back, closing)] == [1, 2, 3, 1]
    assert [found[one.id].ended_at is None for one in (first, second, back, closing)] == [False, False, True, True]
    with reading():
        event = timeline(plant.enterprise.id, second.id)[0]
        assert (event.kind, event.data["ended"], event.data["people"]) == (
            "briefing.asked", [str(first.id)], len(people_of(second)),
        )  # fmt: skip
        assert broken_at(plant.enterprise.id) is None


def test_a_version_that_was_asked_about_is_not_asked_about_again_once_it_has_ended(world: World) -> None:
    assert asked_about(world.plant, version=4)
    assert asked_about(world.plant, "card:2", version=5)
    assert asked_about(world.plant, version=4) is None
    assert [one.version for one in all_briefings()] == [4, 5]


def test_many_points_take_as_many_statements_as_one_and_a_person_gets_one_message(world: World) -> None:
    plant = world.plant
    rows = [
        {
            "enterprise_id": plant.enterprise.id, "id": new_id(), "code": f"FX-9{n:03}", "name": f"阀组{n}",
            "category": "equipment", "zone_id": plant.zone.id, "unit_id": plant.unit.id, "status": "draft",
            "responsible_id": plant.leader.id, "check_cycle": "", "emergency_steps": [],
            "created_at": plant.point.created_at,
        }
        for n in range(200)
    ]  # fmt: skip
    with writing():
        insert_rows(RiskPoint, rows)
    costs, made = [], []
    for some in (rows[:1], rows[1:]):
        with writing():
            points = session().query(RiskPoint).filter(RiskPoint.id.in_([row["id"] for row in some])).all()
            with counted(db.engine) as sent:
                told = told_of(plant.manager.actor, points)
                asked = [Asked(point, "card:1", "岗位安全风险告知卡", 1, told[point.id]) for point in points]
                made.append(ask_many(plant.manager.actor, asked, cause=Cause.NEW_CARD))
                session().flush()
            costs.append(len(sent))
    assert made == [1, 199]
    # PostgreSQL takes so many parameters in a statement, so that 600 rows come in a few.
    assert costs[1] <= costs[0] + 4, costs
    with reading():
        mine = session().query(Message).filter_by(recipient_id=plant.worker.id, kind="briefing.asked").all()
        assert sorted(one.title[:11] for one in mine) == ["请签收：199 个风险", "请签收：FX-9000"]
        assert session().query(Signature).filter_by(person_id=plant.worker.id).count() == 200
    assert plant.worker.get("/my-briefings", waiting="true").json["total"] == 200


def test_a_confirmed_level_is_told_when_it_is_new_or_another(world: World) -> None:
    plant = world.plant
    for level in ("orange", "orange", "yellow"):
        regrade(plant, level)
        confirm(plant)
    first, second = all_briefings()
    assert [one.cause for one in (first, second)] == [Cause.LEVEL_CONFIRMED] * 2
    assert first.told["news"] == ["风险等级经审核确认为较大风险（橙色）。"]
    assert second.told["news"] == ["风险等级经审核确认为一般风险（黄色），原为较大风险（橙色）。"]
    assert (first.ended_at is not None, second.ended_at, second.version) == (True, None, 2)
    assert first.told["main_risks"] == ["氨泄漏"]
    assert first.told["measures"] == ["压力表读数措施", "切断阀开关措施"]


def test_a_closed_major_hidden_hazard_is_told_of_and_a_general_one_is_not(world: World) -> None:
    plant = world.plant
    for gravity, closer in (("general", plant.manager), ("major", plant.principal)):
        assert all_briefings() == []
        hazard = moved(plant, closer, submitted(plant, rectifying(plant, gravity)), "accept", opinion="合格")
    briefing = all_briefings()[0]
    assert (briefing.cause, briefing.title) == (Cause.MAJOR_CLOSED, f"重大隐患 {hazard['code']} 已销号")
    assert briefing.told["news"][1] == f"隐患：{hazard['description']}"
    assert plant.worker.id in people_of(briefing)
