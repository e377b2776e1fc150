"""The closure certificate says how a hidden hazard ended, and names the event of the ledger that vouches for it."""

import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.core.db import reading
from app.core.errors import Conflict, Invalid
from app.core.events import Event
from app.core.ids import new_id
from app.printing.closure_certificate import TITLE, ClosureCertificate, Link, closure_certificates
from app.printing.forms import MOST_PHOTOS, Photos
from app.printing.paper_orders import CLOSURE_CERTIFICATE
from tests.world import World, announced, jpeg

OWNER = UUID(int=7)
THEN = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
AWKWARD = "看<b>此</b>处 &amp; <img src=x> {%s} \\ (未闭合 [1] =SUM(A1) ℃ ☑"


def days(number: int) -> datetime:
    return THEN + timedelta(days=number)


@pytest.fixture
def certificate() -> ClosureCertificate:
    """Of a major one that was found by the government, listed and delisted."""
    return ClosureCertificate(
        enterprise="东湖精细化工有限公司",
        code="YH-2026-000123",
        place="FX-0007 液氨储罐（2#罐区东侧）",
        description="2#罐区东侧 GDS-07 可燃气体探测器故障",
        gravity="重大隐患",
        criteria="判定标准第十二条",
        source="政府检查（执法检查）",
        finder="张监管",
        found_at=THEN,
        measures="更换探测器并标定",
        rectifier="李四",
        extensions=1,
        original_deadline_at=days(20),
        deadline_at=days(30),
        submitted_at=days(25),
        acceptor="王五",
        accepted_at=days(26),
        rechecker="张监管",
        rechecked_at=days(27),
        listing="县级　东应急挂〔2026〕3号　监管责任人：张三　企业责任人：赵六",
        listed_at=days(1),
        delisted_at=days(28),
        stopped_at=THEN,
        resumed_at=days(29),
        closed_at=days(28),
        before=Photos(OWNER, ("1",), 1),
        after=Photos(OWNER, ("2", "3", "4", "5"), MOST_PHOTOS + 2),
        closing=Link(1234, "ab12cd34" * 8, "sm3", days(30)),
    )


@pytest.fixture
def drawn(printed, stamp):
    """Print a certificate and read it back."""

    def make(said: ClosureCertificate):
        return printed(closure_certificates([(said, stamp)], lambda owner, sha256: jpeg(seed=int(sha256), width=200)))

    return make


def test_it_says_everything_on_one_page(certificate, drawn):
    paper = drawn(certificate)
    assert len(paper.texts) == 1
    assert paper.stays_on_its_pages()
    words = [value for value in dataclasses.asdict(certificate).values() if isinstance(value, str)]
    dates = ["2026-11-21 08:30", "2026-12-16 08:30", "2026-12-17 08:30", "2026-12-18 08:30", "2026-12-19 08:30"]
    for text in (
        TITLE,
        *words,
        *dates,
        "原定 2026-12-11 08:30",
        "1 次",
        "第 1234 号",
        certificate.closing.hash,
        "共 6 张，显示 4 张",
    ):
        assert "".join(text.split()) in paper.text, text


def test_a_listing_is_shown_only_where_there_was_one(certificate, drawn):
    plain = dataclasses.replace(certificate, listing="", listed_at=None, delisted_at=None)
    assert "挂牌" not in drawn(plain).text
    assert "摘牌时间" in drawn(certificate).text


def test_long_text_goes_on_to_a_second_page_with_nothing_lost(certificate, drawn):
    long = "更换探测器并标定，联锁试验。" * 120
    paper = drawn(dataclasses.replace(certificate, measures=long, description=AWKWARD * 9))
    assert len(paper.texts) == 2
    assert paper.stays_on_its_pages()
    assert paper.text.count("锁") == 120
    assert certificate.closing.hash in paper.text
    assert paper.text.count("".join(AWKWARD.split())) == 9


def test_it_is_printed_of_a_closed_one_alone_and_names_the_event_that_closed_it(world: World, printed, stamp) -> None:
    plant = world.plant
    photo = jpeg(seed=9, width=333)
    hazard = plant.report(photos=[announced(photo)])
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
    asked = {"hidden_hazard_ids": [UUID(hazard["id"])]}
    with reading(), pytest.raises(Conflict, match="销号后才能打印") as refused:
        CLOSURE_CERTIFICATE.subjects(plant.manager.actor, asked)
    assert (refused.value.code, refused.value.facts["state"]) == ("not_closed", "reported")
    assert plant.move(plant.manager, plant.rectified(hazard), "accept", opinion="符合").status_code == 201
    with reading() as session:
        (subject,) = CLOSURE_CERTIFICATE.subjects(plant.manager.actor, asked)
        (said,) = CLOSURE_CERTIFICATE.gather(plant.manager.actor, [subject]).values()
        closing = session.get_one(Event, (plant.enterprise.id, said.document.closing.seq))
    plant.report()  # what happens later changes nothing of what it says
    with reading():
        (again,) = CLOSURE_CERTIFICATE.gather(plant.manager.actor, [subject]).values()
        assert CLOSURE_CERTIFICATE.gather(world.other.manager.actor, [subject]) == {}
        with pytest.raises(Invalid):
            CLOSURE_CERTIFICATE.subjects(world.other.manager.actor, asked)
        with pytest.raises(Invalid):
            CLOSURE_CERTIFICATE.subjects(plant.manager.actor, {"hidden_hazard_ids": [new_id()]})
    assert again == said
    assert (closing.hash, closing.kind) == (said.document.closing.hash, "hidden_hazard.accept")
    paper = printed(CLOSURE_CERTIFICATE.draws["pdf"]([(said.document, stamp)], {}))
    for text in (
        hazard["code"],
        closing.hash,
        f"第{closing.seq}号",
        plant.worker.user.name,
        "发现时照片",
        "整改后照片",
    ):
        assert text in paper.text
