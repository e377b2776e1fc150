"""The cards and the notice board as they are ordered, made from what is stored."""

import pypdfium2
import zxingcpp

from app.accounts.models import User
from app.core.clock import now
from app.core.db import reading, session, writing
from app.core.ids import new_id
from app.printing.card_orders import EMERGENCY_CARD, NOTICE_BOARD, WARNING_CARD
from app.printing.cards_gather import emergency_cards_of, warning_cards_of
from app.printing.gather import gather, ledger_rows
from app.printing.post_gather import post_cards_of
from app.printing.prints import content_of
from app.risks.models import RiskPoint
from app.risks.points import list_points
from tests.printing.ordering import printed
from tests.surface import problem_of
from tests.world import API, World


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range() for page in document).split())


def said(world: World, **asked: object) -> str:
    return text_of(printed(world.app, world.plant.manager, **asked))


def test_a_card_says_all_that_must_be_posted_and_its_code_opens_the_point(world: World) -> None:
    pdf = printed(world.app, world.plant.manager, "warning_card", landscape=True)
    text = text_of(pdf)
    for each in ("HG01有限公司", "罐区", "液氨储罐", "氨泄漏", "中毒", "人员中毒", "压力表读数措施", "切断阀开关",
                 "较大风险（橙色）", "本卡显示：现状风险等级", "未确认（草稿）", "HG01leader", "0427-119", "当心中毒",
                 "公司：", "（未指定）", "（未填写）"):  # fmt: skip
        assert each in text
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    assert width > height
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    (token,) = (code.text.rpartition("/")[2] for code in zxingcpp.read_barcodes(picture) if "/Q/" in code.text)
    assert world.anyone.get(f"{API}/scan/{token}").json["code"] == world.plant.point.code


def test_a_card_names_the_basis_its_level_comes_from_and_the_principal_of_a_red_point(world: World) -> None:
    graded = {"basis": "inherent", "method": "LS", "factors": {"L": 5, "S": 5}}
    body = {"risk_point_id": str(world.plant.point.id), "name": "储罐倾覆", "factor_class": "things"}
    source = world.plant.manager.post("/hazard-sources", {**body, "accident_types": ["坍塌"]}).json
    world.plant.manager.post("/assessments", {"hazard_source_id": source["id"], **graded})
    text = said(world, kind="warning_card")
    assert "重大风险（红色）" in text
    assert "本卡显示：固有风险等级" in text
    assert "公司：主要负责人" in text


def test_a_raised_level_is_said_beside_the_one_shown(world: World) -> None:
    plant = world.plant
    hazard = plant.show(plant.report())
    graded = plant.move(plant.manager, hazard, "grade", gravity="major", criteria="判定标准第三条")
    assert graded.status_code == 201, graded.text
    assert "现已升为重大风险（红色）" in said(world, kind="warning_card")
    assert "现已升为重大风险（红色）" in said(world, kind="notice_board")


def test_the_emergency_card_and_the_board_say_what_is_stored(world: World) -> None:
    steps = ["严禁徒手关阀；先撤离", "报告"]
    world.plant.manager.patch(f"/risk-points/{world.plant.point.id}", {"emergency_steps": steps})
    text = said(world, kind="emergency_card", paper="a5")
    for each in ("应急处置卡", "严禁徒手关阀；先撤离", "0427-119", "液氨储罐", "中毒"):
        assert each in text
    board = said(world, kind="notice_board", paper="a2", landscape=False)
    for each in (
        "安全风险公告栏",
        "液氨储罐",
        "较大风险",
        "氨泄漏",
        "压力表读数",
        "先撤离",
        "HG01leader",
        "0427-119",
        "12350",
    ):
        assert each in board
    assert "没有低风险（蓝色）的风险点" in said(world, kind="notice_board", level="blue")
    for kind in ("emergency_card", "notice_board"):
        assert printed(world.app, world.plant.manager, kind, format="docx").startswith(b"PK")


def test_a_regulator_prints_with_the_codes_there_are_and_issues_none(world: World) -> None:
    body = {"id": str(new_id()), "kind": "warning_card"}
    answer = world.regulator.post("/print-orders", body, enterprise_id=str(world.plant.enterprise.id))
    assert problem_of(answer)["code"] == "no_tag"
    assert world.plant.point.code in problem_of(answer)["detail"]
    world.plant.manager.post("/tags", {"risk_point_id": str(world.plant.point.id)})
    answer = world.regulator.post("/print-orders", body, enterprise_id=str(world.plant.enterprise.id))
    assert answer.status_code == 202, answer.text


def test_a_paper_a_kind_does_not_come_on_is_refused(world: World) -> None:
    for kind, paper in (("warning_card", "a1"), ("emergency_card", "a3"), ("notice_board", "a4")):
        answer = world.plant.manager.post("/print-orders", {"id": str(new_id()), "kind": kind, "paper": paper})
        assert (answer.status_code, problem_of(answer)["errors"][0]["pointer"]) == (422, "/paper")


def test_the_same_content_is_the_same_document_and_a_unit_stands_for_all_below_it(world: World) -> None:
    plant = world.plant
    with writing():
        plant.add_point(plant.manager.actor, name="别处", unit=plant.other_unit)
        actor = plant.manager.actor
        (own,) = WARNING_CARD.subjects(actor, {"unit_id": plant.unit.id})
        assert own == str(plant.point.id)
        board = NOTICE_BOARD.subjects(actor, {"zone_id": plant.zone.id, "level": "orange"})
    with reading():
        for kind, subjects in ((WARNING_CARD, [own]), (EMERGENCY_CARD, [own]), (NOTICE_BOARD, board)):
            first, second = (kind.gather(actor, subjects) for _ in range(2))
            hashes = [[content_of(one.document) for one in found.values()] for found in (first, second)]
            assert len(hashes[0]) == 1
            assert hashes[0] == hashes[1]


def test_what_changes_a_card_is_named(world: World) -> None:
    plant = world.plant
    with writing():
        (key,) = WARNING_CARD.subjects(plant.manager.actor, {})
    with reading():
        assert WARNING_CARD.concerns
        ids = WARNING_CARD.concerns(plant.manager.actor, [key])[key]
    assert {plant.point.id, plant.source.id, plant.leader.id, plant.zone.id, plant.unit.id, plant.enterprise.id} < ids
    assert len(ids) >= 10  # two measures, an assessment and a tag besides


def test_a_person_whose_account_is_disabled_is_not_printed_as_one_to_call(world: World) -> None:
    actor, point = world.plant.manager.actor, world.plant.point
    with writing():
        person = session().get_one(User, point.responsible_id)
        person.phone, person.disabled_at = "13800000001", now()
    told = f"{world.plant.leader.user.name}（账号已停用，请指定责任人）"
    subject = str(point.id)
    with reading():
        _, card = warning_cards_of(actor, [subject])[subject]
        _, emergency = emergency_cards_of(actor, [subject])[subject]
        (board,) = (NOTICE_BOARD.gather(actor, NOTICE_BOARD.subjects(actor, {}))).values()
        (post,) = post_cards_of(actor, [str(world.plant.unit.id)]).values()
        found = list_points(actor).where(RiskPoint.id == point.id)
        rows = ledger_rows(gather(actor, list(session().scalars(found))))
    for said_of in (card, emergency, board.document.rows[0], post.points[0]):
        assert (said_of.responsible, said_of.phone) == (told, None)
    assert all(row.responsible.endswith(told) for row in rows)
    assert emergency.status == "未确认（草稿）"
