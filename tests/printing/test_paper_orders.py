"""What the ledgers and the yearly plan are gathered from: what was chosen, whose it is, and how it is named."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from app.core.db import db, reading, writing
from app.core.errors import Forbidden, Invalid
from app.core.ids import new_id
from app.hidden_hazards.terms import Gravity, State
from app.inspections.models import Chapter, Half
from app.printing.catalogue import Kind
from app.printing.choosing import chosen_by
from app.printing.gather_ledgers import check_row
from app.printing.paper_orders import CHECK_LEDGER, HAZARD_LEDGER, RISK_LEDGER, YEARLY_PLAN
from app.risks.terms import Category
from risk_models import RiskLevel
from tests.world import Person, World


def said(kind: Kind, person: Person, **asked: Any) -> Any:
    """What the one document of an order says."""
    with reading():
        (subject,) = kind.subjects(person.actor, asked)
        assert len(subject) <= 200
        (prepared,) = kind.gather(person.actor, [subject]).values()
        return prepared.document


def test_a_risk_ledger_lists_every_source_with_its_assessment_and_tiers(world: World) -> None:
    document = said(RISK_LEDGER, world.plant.manager)
    (row,) = document.rows
    assert (row.code, row.hazard_source, row.level) == ("FX-0001", "氨泄漏", RiskLevel.ORANGE)
    assert "ls-shandong" in row.assessment
    assert row.control_tier.split("\n") == ["公司", "部门/车间", "班组", "岗位"]


def test_a_ledger_holds_what_was_chosen_and_says_what(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    with writing():
        plant.add_point(manager.actor, name="砂轮机", unit=plant.other_unit)
    chosen: list[tuple[dict[str, Any], int, str]] = [
        ({}, 2, ""),
        ({"level": RiskLevel.ORANGE}, 1, "等级：较大风险"),
        ({"category": Category.EQUIPMENT, "zone_id": plant.zone.id}, 2, "区域：罐区"),
        ({"unit_id": plant.other_unit.id}, 1, "部门：二车间"),
    ]
    for asked, count, heading in chosen:
        document = said(RISK_LEDGER, manager, **asked)
        assert len(document.rows) == count
        assert heading in document.chosen
    with reading(), pytest.raises(Invalid):
        RISK_LEDGER.subjects(manager.actor, {"zone_id": new_id()})


@pytest.mark.parametrize("kind", [RISK_LEDGER, CHECK_LEDGER, HAZARD_LEDGER], ids=lambda kind: str(kind.kind))
def test_a_leaders_ledger_is_another_document_of_his_own_units(world: World, kind: Kind) -> None:
    plant = world.plant
    with writing():
        plant.add_point(plant.manager.actor, name="外部门砂轮机", unit=plant.other_unit)
    plant.report()
    plant.report(risk_point_id=None, place="厂门口")
    assert len(said(kind, plant.leader).rows) == (2 if kind is CHECK_LEDGER else 1)
    assert "部门：一车间" in said(kind, plant.leader).chosen
    with reading():
        (whole,) = kind.subjects(plant.manager.actor, {})
        (own,) = kind.subjects(plant.leader.actor, {})
        (foreign,) = kind.subjects(plant.manager.actor, {"unit_id": plant.other_unit.id})
        assert kind.gather(plant.leader.actor, [whole, own, foreign]).keys() == {own}
        assert kind.gather(plant.manager.actor, [whole, own, foreign]).keys() == {whole, own, foreign}
        with pytest.raises(Forbidden):
            kind.subjects(plant.leader.actor, {"unit_id": plant.other_unit.id})


def test_the_check_ledger_has_both_halves(world: World) -> None:
    manager = world.plant.manager
    template = manager.get("/management-templates").json
    assert template
    rows = said(CHECK_LEDGER, manager).rows
    assert [row.check for row in rows] == [item["check"] for item in world.plant.checklist.items]
    assert said(CHECK_LEDGER, manager, half=Half.FIELD, zone_id=world.plant.zone.id).rows == rows
    assert said(CHECK_LEDGER, manager, half=Half.MANAGEMENT).rows == ()


@pytest.mark.parametrize("chapter", Chapter)
def test_an_item_of_the_management_half_stands_under_its_chapter_in_chinese(chapter: Chapter) -> None:
    item = {"chapter": chapter.value, "check": "提取台账", "how": "查", "standard": "", "basis": ""}
    absent = ("point_code", "point_name", "unit_name", "responsible_name", "responsible_disabled_at", "check_cycle")
    row = SimpleNamespace(item=item, half=Half.MANAGEMENT, checklist_version=1, **dict.fromkeys(absent))
    assert check_row(row).place == chapter.label


def test_the_hazard_ledger_holds_what_its_choices_choose(world: World) -> None:
    plant = world.plant
    closed = plant.rectified(plant.report())
    assert plant.move(plant.manager, closed, "accept", opinion="已更换").status_code == 201
    plant.report()
    assert [row.state for row in said(HAZARD_LEDGER, plant.manager).rows] == ["已上报", "已销号"]
    chosen = {"state": State.CLOSED, "gravity": Gravity.GENERAL, "found_from": date(2020, 1, 1), "overdue": False}
    document = said(HAZARD_LEDGER, plant.manager, **chosen, unit_id=plant.unit.id, zone_id=plant.zone.id)
    (row,) = document.rows
    assert (row.code, row.acceptor, row.rectifier) == (closed["code"], "HG01manager", "HG01worker")
    assert "状态：已销号" in document.chosen
    assert said(HAZARD_LEDGER, plant.manager, overdue=True).rows == ()
    assert said(HAZARD_LEDGER, plant.manager, found_until=date(2020, 1, 1)).rows == ()


def test_what_a_subject_names_is_read_from_it_again(world: World) -> None:
    asked = {"state": State.PENDING_ACCEPTANCE, "gravity": Gravity.GENERAL, "overdue": True}
    asked |= {"found_from": date(2026, 1, 1), "found_until": date(2026, 12, 31)}
    asked |= {"unit_id": world.plant.unit.id, "zone_id": world.plant.zone.id}
    with reading():
        (subject,) = HAZARD_LEDGER.subjects(world.plant.manager.actor, asked)
    assert len(subject) <= 200
    assert chosen_by(subject) == asked
    assert chosen_by("all") == {}


@pytest.mark.parametrize("kind", [RISK_LEDGER, CHECK_LEDGER, HAZARD_LEDGER], ids=lambda kind: str(kind.kind))
def test_many_ledgers_are_gathered_by_no_more_queries_than_one(world: World, kind: Kind) -> None:
    plant = world.plant
    counted: list[str] = []
    listen = (db.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    with reading():
        actor = plant.manager.actor
        asked = [{}, {"unit_id": plant.unit.id}, {"unit_id": plant.other_unit.id}, {"zone_id": plant.zone.id}]
        subjects = [subject for one in asked for subject in kind.subjects(actor, one)]
    event.listen(*listen)
    try:
        needed = []
        for some in (subjects[1:2] + subjects[3:], subjects):
            counted.clear()
            with reading():
                assert len(kind.gather(plant.manager.actor, some)) == len(some)
            needed.append(len(counted))
    finally:
        event.remove(*listen)
    assert needed[0] == needed[1]


def test_the_plan_of_a_year_is_named_by_it(world: World) -> None:
    document = said(YEARLY_PLAN, world.plant.manager, year=2031)
    assert (document.year, document.rows) == (2031, ())
