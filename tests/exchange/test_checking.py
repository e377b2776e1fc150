"""From rows to a plan: what is new, what changed, and every problem at its cell."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.db import db, reading, writing
from app.core.events import Event, broken_at
from app.core.events import Ledger as EventLedger
from app.core.ids import new_id
from app.exchange.applying import apply
from app.exchange.checking import check
from app.exchange.plan import Change, Plan
from app.exchange.workbook.sheet import Field
from app.risks.models import Status
from app.risks.rollup import recounted, stored_counts
from tests.core.test_query_counts import counted
from tests.exchange.ledgers import Cells, column, ledger, row
from tests.surface import row_counts
from tests.world import Person, World

F = Field


def plan_of(person: Person, rows: list[Cells], **options: Any) -> Plan:
    with reading():
        return check(person.actor, ledger(rows), **options)


def written(person: Person, rows: list[Cells], **options: Any) -> Plan:
    with writing():
        plan = check(person.actor, ledger(rows), **options)
        assert plan.problems == []
        apply(person.actor, plan, import_id=new_id())
    return plan


def changes(plan: Plan) -> list[tuple[Change, tuple[Field, ...]]]:
    return [(outcome.change, outcome.fields) for outcome in plan.outcomes]


def test_a_new_row_is_written_with_its_zone_point_source_grade_and_measures(world: World) -> None:
    manager = world.plant.manager
    plan = written(manager, [row(ZONE="打磨间 › 一号位", CYCLE="每班", ASSESSED_ON="2026-01-05")])
    assert changes(plan) == [(Change.NEW, ())]
    assert plan.counts == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "problems": 0, "new_zones": 2}
    point = manager.get("/risk-points", text="砂轮机").json["items"][0]
    assert (point["category"], point["check_cycle"], point["status"]) == ("equipment", "每班", "draft")
    assert (point["shown_level"]["code"], point["assessed_on"]) == ("yellow", "2026-01-05")
    zone = manager.get(f"/risk-zones/{point['zone_id']}").json
    assert (zone["name"], zone["kind"], zone["shown_counts"]["yellow"]) == ("一号位", "area", 1)
    source = manager.get("/hazard-sources", risk_point_id=point["id"]).json["items"][0]
    assert (source["name"], source["accident_types"], source["factor_class"]) == ("砂轮破碎", ["物体打击"], "things")
    assessment = manager.get("/assessments", hazard_source_id=source["id"]).json["items"][0]
    assert (assessment["score"], assessment["basis"], assessment["occasion"]) == ("12", "residual", "import")
    measures = manager.get("/control-measures", hazard_source_id=source["id"]).json["items"]
    assert [(one["category"], one["text"]) for one in measures] == [
        ("management", "装设防护罩"), ("management", "定期更换砂轮"),
    ]  # fmt: skip


def known_row(world: World, **given: str) -> Cells:
    """The world's own source as a row, by its codes."""
    cells = {
        F.POINT_CODE: "FX-0001", F.SOURCE_CODE: "WX-00001", F.ZONE: "罐区", F.POINT: "液氨储罐", F.SOURCE: "氨泄漏",
        F.ACCIDENTS: "中毒", F.CONSEQUENCES: "人员中毒", F.AFFECTED: "巡检人员", F.L: "3", F.S: "5", F.UNIT: "一车间",
        F.PERSON: "HG01leader", F.MEASURES: "1. 压力表读数措施\n2. 切断阀开关措施",
    }  # fmt: skip
    cells.update({F[name]: text for name, text in given.items()})
    return cells


def test_known_rows_change_nothing_and_write_nothing_not_even_an_event(world: World) -> None:
    before = row_counts()
    for cells in (
        known_row(world),
        known_row(world, MEASURES="切断阀开关措施\n压力表读数措施", LEVEL="较大风险", SCORE="15"),
    ):
        plan = written(world.plant.manager, [cells])
        assert changes(plan) == [(Change.UNCHANGED, ())]
    assert row_counts() == before


CHANGED = [
    ({"POINT": "液氨储罐 A"}, (F.POINT,)),
    ({"CATEGORY": "场所"}, (F.CATEGORY,)),
    ({"UNIT": "二车间"}, (F.UNIT,)),
    ({"PERSON": "HG01worker"}, (F.PERSON,)),
    ({"ZONE": "罐区/东侧"}, (F.ZONE,)),
    ({"CYCLE": "每班"}, (F.CYCLE,)),
    ({"SOURCE": "液氨泄漏"}, (F.SOURCE,)),
    ({"FACTOR_CLASS": "管理"}, (F.FACTOR_CLASS,)),
    ({"ACCIDENTS": "中毒、窒息"}, (F.ACCIDENTS,)),
    ({"CONSEQUENCES": "多人中毒"}, (F.CONSEQUENCES,)),
    ({"L": "2"}, (F.L,)),
    ({"L": "2", "S": "3"}, (F.L, F.S)),
    ({"MEASURES": "压力表读数措施"}, (F.MEASURES,)),
    ({"MEASURES": "压力表读数措施；\n① 切断阀开关措施 ② 喷淋"}, (F.MEASURES,)),
    ({"BASIS": "固有", "L": "5"}, (F.L, F.S)),
]


@pytest.mark.parametrize(("given", "columns"), CHANGED, ids=str)
def test_what_a_row_changes_is_named_by_its_columns_and_then_stands(
    world: World, given: dict[str, str], columns: tuple[Field, ...]
) -> None:
    manager = world.plant.manager
    rows = [known_row(world, **given)]
    assert changes(plan_of(manager, rows)) == [(Change.CHANGED, columns)]
    written(manager, rows)
    assert changes(plan_of(manager, rows)) == [(Change.UNCHANGED, ())]


PROBLEMS: list[tuple[dict[str, str | None], Field, str]] = [
    ({"POINT": ""}, F.POINT, "请填写风险点"),
    ({"POINT_CODE": "编号 1"}, F.POINT_CODE, "1 到 20 位"),
    ({"SOURCE": ""}, F.SOURCE, "请填写危险源"),
    ({"SOURCE_CODE": "WX-00001"}, F.SOURCE_CODE, "属于风险点 FX-0001"),
    ({"UNIT": "三车间"}, F.UNIT, "本企业没有部门“三车间”，是不是：二车间、一车间"),
    ({"UNIT": ""}, F.UNIT, "需要责任单位"),
    ({"PERSON": "张三"}, F.PERSON, "没有在用的人员“张三”"),
    ({"PERSON": ""}, F.PERSON, "需要责任人"),
    ({"ZONE": ""}, F.ZONE, "需要区域"),
    ({"CATEGORY": "其他"}, F.CATEGORY, "工艺、设备、物品、场所、岗位、作业"),
    ({"FACTOR_CLASS": "天"}, F.FACTOR_CLASS, "人的因素"),
    ({"ACCIDENTS": ""}, F.ACCIDENTS, "需要可能事故"),
    ({"ACCIDENTS": "触电、触点"}, F.ACCIDENTS, "没有事故类型“触点”，是不是“触电”"),
    ({"ACCIDENTS": "中毒和窒息等"}, F.ACCIDENTS, "中毒（吸入"),
    ({"BASIS": "控制后"}, F.BASIS, "固有"),
    ({"L": "6"}, F.L, "可取"),
    ({"S": "五"}, F.S, "不能取“五”"),
    ({"L": ""}, F.L, "缺少因素 L"),
    ({"E": "3"}, F.S, "看不出用哪种方法"),
    ({"SCORE": "15"}, F.SCORE, "填写的是“15”，L=3、S=4（标准 ls-shandong）应为“12”"),
    ({"SCORE": "很高"}, F.SCORE, "应为数字"),
    ({"LEVEL": "较大风险"}, F.LEVEL, "应为“一般风险”"),
    ({"LEVEL": "3级"}, F.LEVEL, "看不出等级"),
    ({"L": "", "S": "", "LEVEL": "低风险"}, F.LEVEL, "没有 L、S"),
    ({"ASSESSED_ON": "2999-01-01"}, F.ASSESSED_ON, "应为日期"),
    ({"ASSESSED_ON": "2100-01-01"}, F.ASSESSED_ON, "不能晚于今天"),
    ({"ASSESSED_ON": "去年"}, F.ASSESSED_ON, "应为日期"),
]


@pytest.mark.parametrize(("given", "field", "said"), PROBLEMS, ids=str)
def test_each_problem_stands_at_its_cell(world: World, given: dict[str, str | None], field: Field, said: str) -> None:
    rows = [row(POINT="别的", ZONE="罐区"), row(**given)]
    rows[0][field] = rows[0].get(field, "")  # the column is there
    rows[0].update({F.E: "", F.SCORE: ""})
    problems = plan_of(world.plant.manager, rows).problems
    assert [(one.sheet, one.row, one.heading) for one in problems] == [("台账", 3, field.value)], problems
    assert problems[0].column == column(rows, field)
    assert said in problems[0].message


CONTRADICTED = [("UNIT", "二车间"), ("PERSON", "HG01worker"), ("CATEGORY", "场所"), ("ZONE", "北区")]


@pytest.mark.parametrize(("name", "other"), CONTRADICTED)
def test_rows_of_one_point_agree_or_name_the_row_they_contradict(world: World, name: str, other: str) -> None:
    rows = [row(CATEGORY="设备"), row(SOURCE="粉尘", CATEGORY="设备", **{name: other}) if name != "CATEGORY" else row(
        SOURCE="粉尘", CATEGORY=other)]  # fmt: skip
    (problem,) = plan_of(world.plant.manager, rows).problems
    assert (problem.row, problem.heading) == (3, F[name].value)
    assert "与第 2 行不一致" in problem.message


def test_two_rows_of_one_key_are_a_problem_and_two_bases_are_none(world: World) -> None:
    manager = world.plant.manager
    (problem,) = plan_of(manager, [row(), row(L="2")]).problems
    assert (problem.row, "与第 2 行重复" in problem.message) == (3, True)
    rows = [row(BASIS="固有", L="5", S="5"), row(BASIS="现状", MEASURES="")]
    plan = written(manager, rows)
    assert plan.counts["new"] == 2
    point = manager.get("/risk-points", text="砂轮机").json["items"][0]
    assert [point[f"{which}_level"]["code"] for which in ("inherent", "residual", "shown")] == [
        "red",
        "yellow",
        "yellow",
    ]
    assert plan_of(manager, rows).counts["unchanged"] == 2


def test_a_residual_level_is_never_above_the_inherent_one_in_the_workbook_or_in_force(world: World) -> None:
    manager = world.plant.manager
    rows = [row(BASIS="固有", L="1"), row(BASIS="现状", L="5", S="5")]
    problems = plan_of(manager, rows).problems
    assert {problem.row for problem in problems} == {2, 3}
    assert "不能高于固有风险" in problems[0].message
    (problem,) = plan_of(manager, [known_row(world, BASIS="固有", L="1", S="1")]).problems
    assert (problem.row, problem.heading) == (2, "等级")


def test_an_old_ledger_never_replaces_a_later_assessment(world: World) -> None:
    for factors in ({}, {"L": "2"}):
        (problem,) = plan_of(world.plant.manager, [known_row(world, ASSESSED_ON="2020-01-01", **factors)]).problems
        assert (problem.heading, "早于现行评估" in problem.message) == ("评估日期", True)


def test_a_later_day_is_a_new_assessment_of_the_same_factors(world: World) -> None:
    manager = world.plant.manager
    written(manager, [row(ASSESSED_ON="2026-01-05")])
    plan = written(manager, [row(ASSESSED_ON="2026年3月1日")])
    assert changes(plan) == [(Change.CHANGED, (F.ASSESSED_ON,))]
    source = manager.get("/hazard-sources").json["items"][-1]
    assert source["assessed_on"] == "2026-03-01"
    history = manager.get("/assessments", hazard_source_id=source["id"], history="true").json["items"]
    assert [(one["assessed_on"], one["superseded_at"] is None) for one in history] == [
        ("2026-01-05", False), ("2026-03-01", True),
    ]  # fmt: skip


def test_a_direct_judgement_is_carried_over_never_undone(world: World) -> None:
    plant = world.plant
    body = {
        "hazard_source_id": str(plant.source.id), "basis": "residual", "method": "LS", "factors": {"L": 1, "S": 1},
        "direct_reason": "重大危险源",
    }  # fmt: skip
    assert plant.manager.post("/assessments", body).status_code == 201
    same = known_row(world, L="1", S="1", LEVEL="重大风险")
    assert changes(plan_of(plant.manager, [same])) == [(Change.UNCHANGED, ())]
    (problem,) = plan_of(plant.manager, [known_row(world, L="1", S="2", LEVEL="低风险")]).problems
    assert "直接判定应为“重大风险”" in problem.message
    written(plant.manager, [known_row(world, L="1", S="2")])
    now = plant.manager.get("/assessments", hazard_source_id=str(plant.source.id)).json["items"][-1]
    assert (now["score"], now["level"]["code"], now["direct_reason"]) == ("2", "red", "重大危险源")


def test_a_known_grade_keeps_its_profile_and_a_named_one_grades_anew(world: World) -> None:
    manager = world.plant.manager
    rows = [known_row(world)]
    assert changes(plan_of(manager, rows, profile="ls-shandong")) == [(Change.UNCHANGED, ())]
    plan = plan_of(manager, rows, profile="ls-d")
    assert plan.outcomes[0].change is Change.CHANGED
    assert [source.judged["residual"].graded.profile for source in plan.points[0].sources] == ["ls-d"]


def test_lec_is_told_by_its_columns(world: World) -> None:
    rows = [row(S=None, E="6", C="15", SCORE="270", LEVEL="橙色/较大风险")]
    plan = plan_of(world.plant.manager, rows)
    assert plan.problems == []
    assert plan.points[0].sources[0].judged["residual"].graded.method == "LEC"
    assert "缺少因素 C" in plan_of(world.plant.manager, [row(S=None, E="6")]).problems[0].message


def test_measures_of_five_columns_have_their_category_and_only_columns_that_are_there_retire(world: World) -> None:
    manager, source_id = world.plant.manager, str(world.plant.source.id)
    five = {F.ENGINEERING: "压力表读数措施", F.PPE: "佩戴防毒面具", F.MANAGEMENT: "每班巡检"}
    cells = {field: text for field, text in known_row(world).items() if field is not F.MEASURES} | five
    plan = written(manager, [cells])
    assert changes(plan) == [(Change.CHANGED, (F.ENGINEERING, F.MANAGEMENT, F.PPE))]
    measures = manager.get("/control-measures", hazard_source_id=source_id).json["items"]
    assert {(one["category"], one["text"]) for one in measures} == {
        ("engineering", "压力表读数措施"), ("ppe", "佩戴防毒面具"), ("management", "每班巡检"),
    }  # fmt: skip
    without = {field: text for field, text in cells.items() if field not in (F.PPE, F.MANAGEMENT)}
    assert changes(plan_of(manager, [without])) == [(Change.UNCHANGED, ())]


def test_a_measure_listed_under_another_category_keeps_its_check(world: World) -> None:
    manager, source_id = world.plant.manager, str(world.plant.source.id)
    cells = {field: text for field, text in known_row(world).items() if field is not F.MEASURES}
    written(manager, [{**cells, F.ENGINEERING: "压力表读数措施", F.MANAGEMENT: "切断阀开关措施"}])
    found = manager.get("/control-measures", hazard_source_id=source_id).json["items"]
    assert {(one["category"], one["text"], one["check"]) for one in found} == {
        ("engineering", "压力表读数措施", "压力表读数"), ("management", "切断阀开关措施", "切断阀开关"),
    }  # fmt: skip


def test_a_measure_of_several_lines_is_one_measure_when_it_comes_back(world: World) -> None:
    manager = world.plant.manager
    body = {
        "hazard_source_id": str(world.plant.source.id),
        "category": "training",
        "text": "培训：\n1. 上岗前\n2. 每年",
    }
    assert manager.post("/control-measures", body).status_code == 201
    listed = "1. 压力表读数措施\n2. 切断阀开关措施\n3. 培训：\n1. 上岗前\n2. 每年"
    assert changes(plan_of(manager, [known_row(world, MEASURES=listed)])) == [(Change.UNCHANGED, ())]


def test_a_column_that_is_missing_says_nothing(world: World) -> None:
    cells = {F.POINT_CODE: "FX-0001", F.SOURCE_CODE: "WX-00001", F.L: "3", F.S: "5"}
    assert changes(plan_of(world.plant.manager, [cells])) == [(Change.UNCHANGED, ())]


def test_points_are_known_by_code_else_by_a_name_only_one_bears(world: World) -> None:
    manager = world.plant.manager
    by_name = {field: text for field, text in known_row(world).items() if field not in (F.POINT_CODE, F.SOURCE_CODE)}
    assert changes(plan_of(manager, [by_name])) == [(Change.UNCHANGED, ())]
    with writing():
        world.plant.add_point(manager.actor, name="液氨储罐")
    (problem,) = plan_of(manager, [by_name]).problems
    assert "有 2 个风险点叫“液氨储罐”，请填写风险点编号" in problem.message
    assert changes(plan_of(manager, [known_row(world)])) == [(Change.UNCHANGED, ())]


def test_an_own_code_is_kept_and_numbers_go_around_it(world: World) -> None:
    manager = world.plant.manager
    rows = [
        row(POINT_CODE="FX-0002", SOURCE_CODE="WX-00002"), row(POINT="磨床"), row(POINT_CODE="甲", POINT="车床"),
    ]  # fmt: skip
    assert plan_of(manager, rows).problems[0].heading == "风险点编号"
    written(manager, [*rows[:2], row(POINT="砂轮机", SOURCE="粉尘")])
    codes = {point["name"]: point["code"] for point in manager.get("/risk-points").json["items"]}
    assert codes == {"液氨储罐": "FX-0001", "砂轮机": "FX-0002", "磨床": "FX-0003"}
    sources = {one["name"]: one["code"] for one in manager.get("/hazard-sources").json["items"]}
    assert sources["粉尘"].startswith("WX-0000")
    assert len(set(sources.values())) == len(sources)


def test_a_retired_code_is_not_used_again(world: World) -> None:
    manager = world.plant.manager
    with writing() as session:
        point = session.merge(world.plant.point)
        point.retired_at = point.created_at
    (problem,) = plan_of(manager, [known_row(world)]).problems
    assert (problem.heading, "已停用" in problem.message) == ("风险点编号", True)


def test_rows_without_a_zone_go_to_the_one_that_was_chosen_else_stay(world: World) -> None:
    manager, other = world.plant.manager, new_zone(world)
    without = {field: text for field, text in known_row(world).items() if field is not F.ZONE}
    assert changes(plan_of(manager, [without])) == [(Change.UNCHANGED, ())]
    assert changes(plan_of(manager, [without], zone_id=other)) == [(Change.CHANGED, (F.ZONE,))]
    written(manager, [row(ZONE=None)], zone_id=other)
    assert manager.get("/risk-points", text="砂轮机").json["items"][0]["zone_id"] == str(other)


def new_zone(world: World) -> UUID:
    answer = world.plant.manager.post("/risk-zones", {"name": "动力站", "kind": "area"})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json["id"])


def test_names_borne_twice_are_told_apart_by_path_and_login(world: World) -> None:
    manager, plant = world.plant.manager, world.plant
    for parent in (plant.unit, plant.other_unit):
        made = manager.post("/org-units", {"name": "甲班", "kind": "team", "parent_id": str(parent.id)})
        assert made.status_code == 201
    for login in ("li1", "li2"):
        body = {"login": login, "name": "李伟", "password": "long enough text", "role": "worker"}
        assert manager.post("/users", body).status_code == 201
    problems = plan_of(manager, [row(UNIT="甲班", PERSON="李伟")]).problems
    assert "一车间/甲班" in problems[0].message
    assert "李伟（li1）" in problems[1].message
    assert plan_of(manager, [row(UNIT="二车间/甲班", PERSON="李伟(li2)")]).problems == []
    cells = row(UNIT="二车间/甲班", PERSON="李伟（li2）")
    written(manager, [cells])
    assert changes(plan_of(manager, [{**cells, F.UNIT: "甲班", F.PERSON: "李伟"}])) == [(Change.UNCHANGED, ())]


def test_a_leader_imports_for_his_own_units_alone(world: World) -> None:
    leader = world.plant.leader
    assert plan_of(leader, [row(), known_row(world)]).problems == []
    for cells in (row(UNIT="二车间"), known_row(world, UNIT="二车间")):
        (problem,) = plan_of(leader, [cells]).problems
        assert (problem.heading, "只能导入本部门" in problem.message) == ("责任单位", True)


def test_names_of_another_enterprise_are_neither_matched_nor_suggested(world: World) -> None:
    given = {"UNIT": "异企一车间", "PERSON": "LK01leader", "POINT": "异企液氨储罐", "SOURCE": "异企氨泄漏"}
    plan = plan_of(world.plant.manager, [row(**given)])
    said = "".join(problem.message for problem in plan.problems)
    assert len(plan.problems) == 2
    assert "异企二车间" not in said
    assert "LK01worker" not in said
    assert plan.outcomes[0].change is Change.NEW
    assert plan_of(world.plant.manager, [row(ZONE="异企罐区")]).zones == {("异企罐区",): None}


def test_an_old_accident_type_is_taken_and_its_successor_told(world: World) -> None:
    plan = plan_of(world.plant.manager, [row(ACCIDENTS="机械伤害/中毒和窒息"), row(POINT="甲", ACCIDENTS="机械伤害")])
    assert plan.problems == []
    assert next((one.row, one.message) for one in plan.advice) == (
        2, "“机械伤害”是旧标准的名称，GB 6441-2025 中为：机械致害。",
    )  # fmt: skip
    assert len(plan.advice) == 2


CATEGORIES = [
    ("动火作业", "operation"), ("叉车岗", "post"), ("危化品库", "place"), ("配电室", "place"), ("成品堆场", "place"),
    ("二车间", "place"), ("加油站", "place"), ("反应釜", "equipment"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "category"), CATEGORIES)
def test_the_category_is_told_by_the_name_where_the_workbook_does_not_say(
    world: World, name: str, category: str
) -> None:
    assert plan_of(world.plant.manager, [row(POINT=name)]).points[0].values["category"] == category


def test_a_point_alone_may_be_listed(world: World) -> None:
    manager = world.plant.manager
    cells = {F.ZONE: "罐区", F.POINT: "空地", F.UNIT: "一车间", F.PERSON: "HG01leader", F.SOURCE: "", F.L: "", F.S: ""}
    assert written(manager, [cells]).counts["new"] == 1
    assert manager.get("/risk-points", text="空地").json["items"][0]["shown_level"] is None
    assert changes(plan_of(manager, [cells])) == [(Change.UNCHANGED, ())]


def test_the_counts_of_zones_follow_what_was_imported(world: World) -> None:
    manager = world.plant.manager
    written(manager, [row(POINT=f"泵{n}", ZONE=f"动力站/{n % 3}区", L=str(n % 5 + 1)) for n in range(30)])
    written(manager, [row(POINT=f"泵{n}", ZONE=f"动力站/{n % 2}区", L=str(n % 4 + 1)) for n in range(30)])
    with reading():
        assert stored_counts(manager.actor.enterprise) == recounted(manager.actor.enterprise)


def test_the_events_hold_everything_that_was_written(world: World) -> None:
    manager = world.plant.manager
    before = last_seq(world)
    written(manager, [row(ASSESSED_ON="2026-01-05"), known_row(world, L="2", MEASURES="压力表读数措施\n喷淋")])
    with reading() as session:
        kept = session.scalars(
            select(Event).where(Event.enterprise_id == manager.actor.enterprise, Event.seq > before).order_by(Event.seq)
        )
        found = list(kept)
        assert broken_at(manager.actor.enterprise) is None
    kinds = [event.kind for event in found]
    assert kinds.count("point.imported") == 2
    assert kinds.count("ledger.imported") == 1
    new, changed = (event.data for event in found if event.kind == "point.imported")
    assert new["new"]
    assert new["point"]["name"] == "砂轮机"
    assert new["point"]["code"] == "FX-0002"
    assert new["sources"][0]["assessments"][0]["factors"] == {"L": "3", "S": "4"}
    assert [one["text"] for one in new["sources"][0]["measures"]] == ["装设防护罩", "定期更换砂轮"]
    assert not changed["new"]
    assert len(changed["sources"][0]["superseded"]) == len(changed["sources"][0]["retired"]) == 1
    assert [one["text"] for one in changed["sources"][0]["measures"]] == ["喷淋"]


def last_seq(world: World) -> int:
    with reading() as session:
        return session.get_one(EventLedger, world.plant.enterprise.id).seq


def test_a_check_costs_as_many_statements_for_many_rows_as_for_one(world: World) -> None:
    manager = world.plant.manager
    costs = []
    for many in (1, 40):
        rows = [row(POINT=f"泵{n}", ZONE=f"区{n}") for n in range(many)]
        with counted(db.engine) as sent:
            plan_of(manager, rows)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 14, costs


def test_a_plan_costs_hardly_more_statements_for_many_points(world: World) -> None:
    manager, costs = world.plant.manager, []
    for many in (2, 40):
        rows = [row(POINT=f"{many}号泵{n}", ASSESSED_ON="2026-01-05") for n in range(many)]
        with counted(db.engine) as sent:
            written(manager, rows)
        costs.append(len(sent))
    assert costs[1] <= costs[0] + 4, costs


def measures_now(world: World) -> dict[str, tuple[str, str]]:
    source_id = str(world.plant.source.id)
    found = world.plant.manager.get("/control-measures", hazard_source_id=source_id).json["items"]
    return {one["text"]: (one["category"], one["check"]) for one in found}


MENDED = ["压力表读数措施。", "3、压力表的读数措施；", "压力表读数的措施"]


@pytest.mark.parametrize("text", MENDED)
def test_a_measure_whose_words_were_mended_keeps_its_check_and_the_event_has_both_texts(
    world: World, text: str
) -> None:
    category = measures_now(world)["压力表读数措施"][0]
    before = last_seq(world)
    plan = written(world.plant.manager, [known_row(world, MEASURES=f"{text}\n切断阀开关措施")])
    assert (changes(plan), plan.advice) == ([(Change.CHANGED, (F.MEASURES,))], [])
    now = text.removeprefix("3、")
    assert measures_now(world) == {
        now: (category, "压力表读数"), "切断阀开关措施": (category, "切断阀开关")
    }  # fmt: skip
    with reading() as session:
        found = session.scalars(select(Event).where(Event.seq > before, Event.kind == "point.imported"))
        (changed,) = next(iter(found)).data["sources"][0]["changed"]
    assert (changed["was"], changed["now"]) == ({"text": "压力表读数措施"}, {"text": now})


def test_of_two_like_texts_the_nearer_is_the_measure_and_the_other_is_new(world: World) -> None:
    plan = plan_of(
        world.plant.manager, [known_row(world, MEASURES="切断阀开关措施\n压力表读数新措施\n压力表读数措施，")]
    )
    source = plan.points[0].sources[0]
    assert [now for _, now in source.reworded] == [{"text": "压力表读数措施，"}]
    assert [text for _, text in source.added] == ["压力表读数新措施"]
    assert source.retired == ()


def test_a_measure_that_would_go_with_its_check_is_named(world: World) -> None:
    rows = [known_row(world, MEASURES="切断阀开关措施\n喷淋")]
    plan = plan_of(world.plant.manager, rows)
    assert plan.problems == []
    (advice,) = plan.advice
    assert (advice.row, advice.column, advice.heading) == (2, column(rows, F.MEASURES), "管控措施")
    assert "导入后将停用带检查项的措施“压力表读数措施”" in advice.message


@pytest.mark.parametrize("field", [field for field in F if field not in (F.POINT_CODE, F.SOURCE_CODE)])
def test_a_blank_cell_changes_nothing(world: World, field: Field) -> None:
    manager = world.plant.manager
    full = {"CYCLE": "每班", "CATEGORY": "设备", "FACTOR_CLASS": "物", "BASIS": "现状"}
    written(manager, [known_row(world, **full)])
    cells = {**known_row(world, **full), field: ""}
    if field in (F.L, F.S):
        cells |= {F.L: "", F.S: ""}
    assert changes(plan_of(manager, [cells])) == [(Change.UNCHANGED, ())]


def test_a_blank_column_leaves_the_measures_of_its_category_alone(world: World) -> None:
    manager = world.plant.manager
    cells = {field: text for field, text in known_row(world).items() if field is not F.MEASURES}
    five = {F.ENGINEERING: "压力表读数措施", F.MANAGEMENT: "切断阀开关措施", F.PPE: "佩戴防毒面具"}
    written(manager, [{**cells, **five}])
    stood = measures_now(world)
    blank = {**cells, F.ENGINEERING: "", F.MANAGEMENT: "切断阀开关措施", F.PPE: ""}
    assert changes(plan_of(manager, [blank])) == [(Change.UNCHANGED, ())]
    written(manager, [{**blank, F.MANAGEMENT: "每班巡检"}])
    assert measures_now(world) == {
        "每班巡检": ("management", ""), **{text: one for text, one in stood.items() if text != "切断阀开关措施"},
    }  # fmt: skip


def test_new_zones_are_named_once_with_what_they_may_be_a_slip_for(world: World) -> None:
    rows = [
        row(),
        row(POINT="甲", ZONE="厂区 › 储罐区"),
        row(POINT="乙", ZONE="厂区 › 储罐区"),
        row(POINT="丙", ZONE="xyz"),
    ]
    told = [(one.row, one.heading, one.message) for one in plan_of(world.plant.manager, rows).advice]
    assert told[-1] == (5, "区域", "将新建风险分区“xyz”。")
    assert (3, "区域", "将新建风险分区“厂区 › 储罐区”；如为笔误请改为“罐区”。") in told
    assert [one[0] for one in told] == [3, 3, 5]


@pytest.mark.parametrize("coded_first", [True, False])
def test_a_new_source_given_with_its_code_and_without_is_one(world: World, coded_first: bool) -> None:
    manager = world.plant.manager
    coded, bare = row(SOURCE_CODE="Y-1", BASIS="固有", L="5"), row(BASIS="现状", SOURCE_CODE="")
    written(manager, [coded, bare] if coded_first else [bare, coded])
    point = manager.get("/risk-points", text="砂轮机").json["items"][0]
    (source,) = manager.get("/hazard-sources", risk_point_id=point["id"]).json["items"]
    assert source["code"] == "Y-1"
    assert len(manager.get("/assessments", hazard_source_id=source["id"]).json["items"]) == 2


def test_two_new_sources_of_one_name_leave_a_row_without_code_unclear(world: World) -> None:
    rows = [row(SOURCE_CODE="Y-1"), row(SOURCE_CODE="Y-2"), row(SOURCE_CODE="", BASIS="固有", L="5")]
    (problem,) = plan_of(world.plant.manager, rows).problems
    assert (problem.row, "有 2 个危险源叫“砂轮破碎”，请填写危险源编号" in problem.message) == (4, True)


def test_a_new_point_given_with_its_code_and_without_keeps_the_code(world: World) -> None:
    written(world.plant.manager, [row(POINT_CODE=""), row(POINT_CODE="P-9", SOURCE="粉尘")])
    (point,) = world.plant.manager.get("/risk-points", text="砂轮机").json["items"]
    assert point["code"] == "P-9"


IDENTIFIED = [
    ({"CYCLE": "每班", "UNIT": "二车间", "PERSON": "HG01worker"}, True), ({"POINT": "液氨储罐 A"}, False),
    ({"CATEGORY": "场所"}, False), ({"MEASURES": "喷淋"}, False), ({"L": "2"}, False), ({"AFFECTED": "承包商"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("given", "stays"), IDENTIFIED, ids=str)
def test_only_what_was_identified_takes_a_confirmed_point_back(
    world: World, given: dict[str, str], stays: bool
) -> None:
    with writing() as session:
        session.merge(world.plant.point).status = Status.CONFIRMED
    written(world.plant.manager, [known_row(world, **given)])
    point = world.plant.manager.get(f"/risk-points/{world.plant.point.id}").json
    assert point["status"] == ("confirmed" if stays else "draft")


def test_moving_many_points_costs_hardly_more_statements_than_moving_two(world: World) -> None:
    manager, costs = world.plant.manager, []
    rows = [row(POINT=f"{n}号泵", ASSESSED_ON="2026-01-05") for n in range(40)]
    written(manager, [*rows, row(POINT="甲", ZONE="东区"), row(POINT="乙", ZONE="西区")])
    for some, zone in ((rows[:2], "东区"), (rows[2:], "西区")):
        with counted(db.engine) as sent:
            written(manager, [{**cells, F.ZONE: zone} for cells in some])
        costs.append(len(sent))
    assert costs[1] <= costs[0] + 4, costs
    with reading():
        assert stored_counts(manager.actor.enterprise) == recounted(manager.actor.enterprise)


def test_an_unknown_code_beside_a_known_name_is_doubted_but_not_refused(world: World) -> None:
    manager, point = world.plant.manager, world.plant.point
    plan = plan_of(manager, [row(POINT_CODE="FX-9999", POINT=point.name, ZONE="罐区")])
    assert plan.problems == []
    assert [one.message for one in plan.advice if "FX-9999" in one.message and point.code in one.message]
    plan = plan_of(manager, [row(POINT_CODE="A-1", POINT="全新的风险点", ZONE="罐区")])
    assert not [one for one in plan.advice if "A-1" in one.message]
