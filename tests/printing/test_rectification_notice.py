"""The rectification notice says what was found and what is asked of whom, and comes back with a signed slip."""

import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import docx
import pytest
from docx.oxml.ns import qn

from app.core.db import reading, writing
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.ids import new_id
from app.printing.forms import Photos
from app.printing.notice_document import notice_document
from app.printing.paper_orders import RECTIFICATION_NOTICE
from app.printing.rectification_notice import ORDER, TITLE, NoticeItem, RectificationNotice, rectification_notices
from app.supervision import orders
from tests.world import Plant, World, in_days, jpeg

AWKWARD = "看<b>此</b>处 &amp; <img src=x> {%s} \\ =SUM(A1) ℃"
OWNER = UUID(int=7)


def item(number=1, **changes):
    facts = {
        "code": f"YH-2026-{number:06}", "gravity": "一般隐患", "place": "2#罐区东侧", "description": AWKWARD,
        "source": "企业自查（日常排查）", "found_at": "2026-11-20 08:30", "grounds": "判定标准第十二条",
        "deadline": "2026-11-28 18:00", "interim_measures": "专人监护", "photos": Photos(OWNER, ("1", "2"), 6),
    }  # fmt: skip
    return NoticeItem(**(facts | changes))


def notice(*items, **changes):
    facts = {
        "title": TITLE, "enterprise": "东湖化工", "issuer": "东湖化工", "number": "YH-2026-000001",
        "addressee": "一车间　李四", "opening": "经排查，请按期完成。", "items": items,
        "requirements": ("按期整改", "落实临时措施"), "contact": "联系人：张三　电话 138",
        "issued": (("签发人（签字）", ""), ("签发日期", "2026-11-21")), "received": (("接收人（签字）", ""),),
        "receipt": "本人已收到通知书。",
    }  # fmt: skip
    return RectificationNotice(**(facts | changes))


def photo(owner, sha256):
    return jpeg(seed=int(sha256), width=200)


SAID = (
    TITLE, "一车间　李四：", AWKWARD, "2#罐区东侧", "2026-11-20 08:30", "判定标准第十二条", "2026-11-28 18:00",
    "专人监护", "共 6 张，显示 2 张", "1. 按期整改", "联系人：张三", "签发人（签字）", "2026-11-21", "回　执",
    "本人已收到通知书", "接收日期", "7KQ2-M4XD",
)  # fmt: skip


def squeezed(text):
    return "".join(text.split())


def test_everything_stands_on_one_page(printed, stamp):
    paper = printed(rectification_notices([(notice(item()), stamp)], photo))
    assert len(paper.texts) == 1
    assert paper.stays_on_its_pages()
    for text in SAID:
        assert squeezed(text) in paper.text, text


def test_many_items_and_long_texts_go_on_with_nothing_lost(printed, stamp):
    long = "更换探测器并标定，联锁试验。" * 150
    paper = printed(rectification_notices([(notice(*map(item, range(5)), item(9, description=long)), stamp)], photo))
    assert len(paper.texts) > 3
    assert paper.stays_on_its_pages()
    assert paper.text.count("锁") == 150
    assert all(f"YH-2026-{number:06}" in paper.text for number in (0, 1, 2, 3, 4, 9))
    assert all(f"第 {number} / {len(paper.texts)} 页" in text for number, text in enumerate(paper.texts, 1))


def test_the_document_says_the_same_as_text_in_a_chinese_typeface(stamp):
    content = notice_document([(notice(item()), stamp), (notice(item(2), title=ORDER), stamp)], photo)
    document = docx.Document(io.BytesIO(content))
    runs = [run for run in document.element.body.iter(qn("w:r")) if run.text]
    text = squeezed("".join(run.text for run in runs))
    for said in (*SAID, ORDER):
        assert squeezed(said) in text, said
    assert all(run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs if run.text.strip())
    assert len(document.inline_shapes) == 6  # two photos and the check symbol of each
    assert not list(document.element.body.iter(qn("w:hyperlink"), qn("w:fldSimple"), qn("w:instrText")))


def assigned(plant: Plant, **given) -> dict:
    """A hidden hazard somebody is to put right."""
    hazard = plant.report(**given)
    for action, facts in (
        ("grade", {"gravity": "general"}),
        ("assign", {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(7)}),
    ):
        hazard = plant.move(plant.manager, hazard, action, **facts).json
    return hazard


def test_each_person_gets_one_notice_of_what_is_to_be_put_right(world: World, printed, stamp) -> None:
    plant = world.plant
    first, second = assigned(plant), assigned(plant, description=AWKWARD, risk_point_id=None, place="厂门口")
    reported = plant.report()
    ids = [UUID(hazard["id"]) for hazard in (second, first)]
    asked = {"hidden_hazard_ids": ids}
    with reading():
        (subject,) = RECTIFICATION_NOTICE.subjects(plant.manager.actor, asked)
        (said,) = RECTIFICATION_NOTICE.gather(plant.manager.actor, [subject]).values()
        assert RECTIFICATION_NOTICE.concerns(plant.manager.actor, [subject]) == {subject: set(ids)}
        assert RECTIFICATION_NOTICE.gather(world.other.manager.actor, [subject]) == {}
        with pytest.raises(Conflict, match="指派了整改人"):
            RECTIFICATION_NOTICE.subjects(plant.manager.actor, {"hidden_hazard_ids": [UUID(reported["id"])]})
        # The second is at no point, so it is nobody's but the enterprise's.
        with pytest.raises(Forbidden):
            RECTIFICATION_NOTICE.subjects(plant.leader.actor, asked)
        (own,) = RECTIFICATION_NOTICE.subjects(plant.leader.actor, {"hidden_hazard_ids": ids[1:]})
        assert RECTIFICATION_NOTICE.gather(plant.leader.actor, [subject, own]).keys() == {own}
        for wrong in ({}, {**asked, "rectification_order_id": new_id()}, {"hidden_hazard_ids": [new_id()]}):
            with pytest.raises(Invalid):
                RECTIFICATION_NOTICE.subjects(plant.manager.actor, wrong)
    assert len(subject) <= 200
    paper = printed(RECTIFICATION_NOTICE.draws["pdf"]([(said.document, stamp)], {}))
    for text in (first["code"], second["code"], AWKWARD, "厂门口", f"一车间{plant.worker.user.name}", "等2项",
                 f"联系人：{plant.manager.user.name}"):  # fmt: skip
        assert squeezed(text) in paper.text, text


def test_the_notice_of_a_government_order_says_what_the_office_entered(world: World, printed, stamp) -> None:
    plant, office = world.plant, world.regulator
    day = datetime.now(UTC).date() - timedelta(days=2)
    found = {"id": new_id(), "description": "围堰破损", "place": "罐区", "clause": "安全生产法第三十六条"}
    with writing():
        actor = world.app.extensions["door"].place(office.actor, plant.enterprise.id)
        order = orders.issue(
            actor, new_id(), number="（东）应急责改〔2026〕12号", place="厂区", inspected_on=day, served_on=day,
            officers=[{"name": "张监管", "certificate": "21-001"}, {"name": "李监管", "certificate": "21-002"}],
            signed_by="赵厂长", appeal="可在 60 日内申请行政复议。", client_at=None,
            items=[{**found, "deadline_at": datetime.now(UTC) + timedelta(days=20)}],
        )  # fmt: skip
    with reading():
        (subject,) = RECTIFICATION_NOTICE.subjects(plant.manager.actor, {"rectification_order_id": order.id})
        (said,) = RECTIFICATION_NOTICE.gather(plant.manager.actor, [subject]).values()
        assert RECTIFICATION_NOTICE.gather(world.other.manager.actor, [subject]) == {}
        concerned = RECTIFICATION_NOTICE.concerns(plant.manager.actor, [subject])[subject]
    assert concerned == {order.id, found["id"]}
    paper = printed(RECTIFICATION_NOTICE.draws["pdf"]([(said.document, stamp)], {}))
    for text in (ORDER, order.number, world.office.name, plant.enterprise.name, "围堰破损", "安全生产法第三十六条",
                 "张监管（执法证号21-001）", "赵厂长", day.isoformat(), "60日内申请行政复议"):  # fmt: skip
        assert squeezed(text) in paper.text, text
