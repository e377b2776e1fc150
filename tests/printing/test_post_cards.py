"""The four papers of a post 两单两卡: what is gathered for a unit, and how its papers are drawn and written."""

import io
import re
from datetime import timedelta
from typing import Any

import docx
import pytest
from sqlalchemy import event

from app.core.clock import now, stopped_at, today
from app.core.db import db, reading, writing
from app.core.errors import Forbidden
from app.enterprises.models import UnitKind
from app.plans.planning import add_plan
from app.plans.rounds import add_round
from app.plans.terms import CycleUnit, PlanKind, RoundKind
from app.printing.post_cards import post_cards
from app.printing.post_cards_word import post_cards_word
from app.printing.post_content import PostCards, PostMeasure, PostPerson, PostPlan, PostPoint, PostSource, PostTier
from app.printing.post_orders import POST_CARDS
from app.printing.post_papers import TITLES
from app.printing.stamp import Look, Paper
from app.printing.standing_duties import standing_duties
from app.risks.sources import add_measure
from app.risks.terms import MeasureCategory
from risk_models import RiskLevel
from tests.printing.ordering import printed as ordered
from tests.world import Person, World


def make_point(number: int = 1, **changes: Any) -> PostPoint:
    measures = (
        PostMeasure(category=MeasureCategory.EMERGENCY, text="洗眼器完好"),
        PostMeasure(
            category=MeasureCategory.ENGINEERING, text="高高联锁切断进料", check="液位在限值内", how="看仪表",
            standard="联锁投用", limits="≤ 85 %", photo=True,
        ),
        PostMeasure(category=MeasureCategory.MANAGEMENT, text="严禁烟火；动火办许可证"),
    )  # fmt: skip
    facts: dict[str, Any] = {
        "code": f"FX-{number:04}", "name": f"液氨储罐{number}", "place": "罐区 › 储罐区", "category": "设备",
        "level": RiskLevel.RED, "check_cycle": "每 2 小时", "responsible": "李建国", "phone": "13800000001",
        "sources": (PostSource(name="氨泄漏", accident_types=("中毒",), level=RiskLevel.ORANGE, measures=measures),),
        "emergency_steps": ("向上风向撤离", "戴呼吸器关阀"), "equipment": ("洗眼器完好",), "signs": ("no-fire",),
    }  # fmt: skip
    return PostPoint(**(facts | changes))


def make_cards(*points: PostPoint, **changes: Any) -> PostCards:
    facts: dict[str, Any] = {
        "enterprise": "东湖化工有限公司", "unit": "液氨岗", "kind": "岗位", "above": "储运车间",
        "emergency_phone": "厂内 8119", "points": points,
        "tiers": (PostTier(tier="岗位", unit="液氨岗", person="李建国", points="FX-0001 液氨储罐1"),),
        "people": (PostPerson(name="李建国", role="员工", duties=("负责：FX-0001", "排查：液氨巡检")),),
        "plans": (
            PostPlan(
                code="JH-2026-0001", kind="日常排查", name="液氨巡检", scope="罐区", content="看听闻摸",
                frequency="每班一次",
                responsible="李建国", points="FX-0001",
            ),
        ),
        "standing": standing_duties(),
    }  # fmt: skip
    return PostCards(**(facts | changes))


def test_each_paper_begins_a_page_that_says_which_it_is_and_can_be_checked(printed, stamp):
    paper = printed(post_cards([(make_cards(make_point()), stamp)]))
    assert len(paper.texts) == 4
    for number, (title, text) in enumerate(zip(TITLES, paper.texts, strict=True), 1):
        assert text.startswith(title)
        for said in ("液氨岗", "东湖化工有限公司", "查验码 7KQ2-M4XD", f"第 {number} / 4 页"):
            assert said in text
    assert [round(length / 72 * 25.4) for length in paper.sizes[0]] == [210, 297]
    assert all(all(font) for font in paper.fonts().values())
    risks, duties, operation, emergency = ("".join(text.split()) for text in paper.texts)
    assert "重大风险（红色）" in risks
    assert "较大风险（橙色）" in risks
    assert "《安全生产法》（2021）第五十五条" in duties
    assert "JH-2026-0001" in duties
    kinds = [operation.index(kind.label, operation.index("限值")) for kind in MeasureCategory]
    assert kinds == sorted(kinds)
    assert "禁止烟火" in operation
    assert "（需拍照）" in operation
    assert all(said in emergency for said in ("1向上风向撤离", "厂内8119", "火警119", "防护器材洗眼器完好"))


@pytest.mark.parametrize("paper", [Paper.A4, Paper.A3])
def test_long_texts_go_on_under_repeated_headings_and_none_is_lost(printed, stamp, paper):
    marks = iter(range(10_000))

    def long(times: int) -> str:
        return "".join(f"措施{next(marks):05}；" for _ in range(times))

    measure = PostMeasure(category=MeasureCategory.ENGINEERING, text=long(200), check=long(20), standard=long(20))
    source = PostSource(name=long(15), accident_types=("中毒", "火灾"), level=None, measures=(measure,))
    points = [make_point(n, name=long(8), sources=(source,), emergency_steps=(long(150),)) for n in (1, 2)]
    drawn = printed(post_cards([(make_cards(*points, unit="班" * 60, enterprise="司" * 100), stamp)], Look(paper)))
    assert drawn.stays_on_its_pages()
    found = set(re.findall(r"措施(\d{5})", drawn.text))
    assert found == {f"{n:05}" for n in range(next(marks))}
    assert len(drawn.texts) > 7
    assert all("班班" in text and "查验码" in text for text in drawn.texts)
    assert sum("（续）" in text for text in drawn.texts) >= len(drawn.texts) - 4
    assert all("厂内 8119" in text for text in drawn.texts if text.startswith("岗位应急处置卡"))


def test_a_unit_of_which_little_is_known_says_what_is_missing(printed, stamp):
    bare = make_point(sources=(), emergency_steps=(), equipment=(), signs=(), level=None, phone="", check_cycle="")
    cards = make_cards(bare, tiers=(), people=(), plans=(), emergency_phone="")
    for said in (
        "尚未辨识危险源",
        "没有登记人员",
        "没有安排排查任务",
        "还没有检查内容",
        "未填写应急处置步骤",
        "未评估",
    ):
        assert said in printed(post_cards([(cards, stamp)])).text
    with pytest.raises(ValueError, match="两单两卡"):
        post_cards([])


def test_the_cards_forbid_nothing_but_what_steps_and_measures_say_in_full_and_say_what_is_unconfirmed(printed, stamp):
    point = make_point(emergency_steps=("禁止下池施救，报中控室",), status="未确认（草稿）", phone=None)
    *_, operation, emergency = printed(post_cards([(make_cards(point), stamp)])).texts
    assert operation.count("严禁") == 1
    assert emergency.count("禁止下池施救") == 1
    for text in (operation, emergency):
        assert "未确认（草稿）" in text
    assert "电话（未填写）" not in emergency


def test_the_word_document_has_headings_and_tables_and_says_what_was_typed(stamp):
    typed = "<b>=1+1</b> & \x07"
    sources = (make_point().sources[0], PostSource(name=typed, accident_types=(), level=None, measures=()))
    content = post_cards_word([(make_cards(make_point(sources=sources)), stamp)])
    document = docx.Document(io.BytesIO(content))
    titles = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert titles == [f"{title}　液氨岗" for title in TITLES]
    assert sum(one.style.name == "Heading 2" for one in document.paragraphs) == 7
    risks = document.tables[0]
    assert risks.cell(2, 1).text == "<b>=1+1</b> & 〓"
    assert risks.cell(1, 0)._tc is risks.cell(2, 0)._tc  # the sources of a point share its cell
    assert "安全标志：禁止烟火" in [one.text for one in document.paragraphs]


def said(person: Person, **asked: Any) -> list[PostCards]:
    with reading():
        subjects = POST_CARDS.subjects(person.actor, asked)
        gathered = POST_CARDS.gather(person.actor, subjects)
        return [gathered[subject].document for subject in subjects]


def test_a_units_papers_say_who_does_what_at_its_own_points(world: World) -> None:
    plant = world.plant
    with writing():
        actor = plant.manager.actor
        plant.add_point(actor, name="砂轮机", unit=plant.other_unit)
        walk = add_round(actor, name="液氨线", kind=RoundKind.POST, unit_id=plant.unit.id, stops=[plant.point.id])
        add_plan(
            actor, name="巡检", kind=PlanKind.DAILY, tier=UnitKind.POST, scope={"round_id": walk.id},
            cycle_unit=CycleUnit.DAY, cycle_every=1, workdays_only=False, shifts=[], pauses=[], grace_hours=0,
            ends_on=None,
            unit_id=plant.unit.id, assignee_id=plant.worker.id, starts_on=today(),
        )  # fmt: skip
    own, other = said(plant.manager)
    assert (own.unit, other.unit) == ("一车间", "二车间")
    (point,) = own.points
    assert (point.name, point.level, len(point.measures)) == ("液氨储罐", RiskLevel.ORANGE, 2)
    assert [one.tier for one in own.tiers] == ["公司", "部门/车间", "班组", "岗位"]
    assert own.tiers[1].person == plant.leader.user.name
    people = {one.name: one for one in own.people}
    assert next(iter(people)) == plant.leader.user.name
    assert any("巡检" in duty for duty in people[plant.worker.user.name].duties)
    (plan,) = own.plans
    assert (plan.responsible, plan.points) == (plant.worker.user.name, "FX-0001 液氨储罐")
    assert "液氨线" in plan.scope
    assert other.plans == ()
    assert [one.name for one in other.people] == [plant.leader.user.name]
    assert [one.unit for one in said(plant.manager, unit_id=plant.other_unit.id)] == ["二车间"]


def test_a_leader_prints_the_papers_of_his_own_units_alone(world: World) -> None:
    plant = world.plant
    with writing():
        plant.add_point(plant.manager.actor, name="砂轮机", unit=plant.other_unit)
    assert [one.unit for one in said(plant.leader)] == ["一车间"]
    with reading():
        with pytest.raises(Forbidden):
            POST_CARDS.subjects(plant.leader.actor, {"unit_id": plant.other_unit.id})
        assert POST_CARDS.gather(plant.leader.actor, [str(plant.other_unit.id)]) == {}
        assert POST_CARDS.gather(world.other.manager.actor, [str(plant.unit.id)]) == {}


def test_more_units_ask_for_no_more_queries(world: World) -> None:
    plant, asked = world.plant, [0]

    def queries() -> int:
        asked[0] = 0
        said(plant.manager)
        return asked[0]

    def count(*_: Any) -> None:
        asked[0] += 1

    event.listen(db.engine, "before_cursor_execute", count)
    before = queries()
    with writing():
        for unit in (plant.unit, plant.other_unit):
            plant.add_point(plant.manager.actor, name="砂轮机", unit=unit)
    after = queries()
    event.remove(db.engine, "before_cursor_execute", count)
    assert after == before


def test_papers_hold_until_a_measure_of_the_unit_changes(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    assert ordered(world.app, manager, "post_cards", unit_id=str(plant.unit.id)).startswith(b"%PDF")
    assert ordered(world.app, manager, "post_cards", format="docx", paper="a3").startswith(b"PK")
    later = now() + timedelta(hours=1)
    with stopped_at(later), writing():
        add_measure(manager.actor, source_id=plant.source.id, category="management", text="严禁烟火")
    (listed,) = manager.get("/outdated-prints", kind="post_cards").json["items"]
    assert (listed["standing"], listed["since"][:16]) == ("superseded", later.isoformat()[:16])
    manager.post(f"/risk-points/{plant.point.id}/retirement", {"reason": "拆除"})
    (listed,) = manager.get("/outdated-prints", kind="post_cards").json["items"]
    assert listed["standing"] == "withdrawn"
    assert listed["since"]
    assert (
        manager.post("/print-orders", {"id": str(plant.point.id), "kind": "post_cards", "paper": "a1"}).status_code
        == 422
    )
