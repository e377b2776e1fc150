"""The closure certificate says how a hidden hazard ended, and carries the head of the ledger that vouches for it."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from app.core.db import reading
from app.core.events import Ledger
from app.printing.closure_certificate import MOST_PHOTOS, TITLE, ClosureCertificate, Photos, closure_certificate
from tests.surface import problem_of
from tests.world import World, announced, jpeg

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
        before=Photos((jpeg(seed=1),), 1),
        after=Photos(tuple(jpeg(seed=turn, width=200) for turn in range(MOST_PHOTOS)), MOST_PHOTOS + 2),
        seq=1234,
        hash="ab12cd34" * 8,
        algorithm="sm3",
        printed_at=days(30),
    )


def test_it_says_everything_on_one_page(certificate, printed):
    paper = printed(closure_certificate(certificate))
    assert len(paper.texts) == 1
    assert paper.stays_on_its_pages()
    words = [value for value in dataclasses.asdict(certificate).values() if isinstance(value, str)]
    dates = ["2026-11-21 08:30", "2026-12-16 08:30", "2026-12-17 08:30", "2026-12-18 08:30", "2026-12-19 08:30"]
    for text in (TITLE, *words, *dates, "原定 2026-12-11 08:30", "1 次", "第 1234 号", "共 6 张，显示 4 张"):
        assert "".join(text.split()) in paper.text, text


def test_a_listing_is_shown_only_where_there_was_one(certificate, printed):
    plain = dataclasses.replace(certificate, listing="", listed_at=None, delisted_at=None)
    assert "挂牌" not in printed(closure_certificate(plain)).text
    assert "摘牌时间" in printed(closure_certificate(certificate)).text


def test_long_text_goes_on_to_a_second_page_with_nothing_lost(certificate, printed):
    long = "更换探测器并标定，联锁试验。" * 120
    paper = printed(closure_certificate(dataclasses.replace(certificate, measures=long, description=AWKWARD * 9)))
    assert len(paper.texts) == 2
    assert paper.stays_on_its_pages()
    assert paper.text.count("锁") == 120
    assert certificate.hash in paper.text
    assert paper.text.count("".join(AWKWARD.split())) == 9


def test_it_is_printed_of_a_closed_one_alone_and_names_the_head(world: World, printed) -> None:
    plant = world.plant
    photo = jpeg(seed=9, width=333)
    hazard = plant.report(photos=[announced(photo)])
    plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
    address = f"/hidden-hazards/{hazard['id']}/closure-certificate.pdf"
    refused = problem_of(plant.manager.get(address))
    assert (refused["code"], refused["state"]) == ("not_closed", "reported")
    assert plant.move(plant.manager, plant.rectified(hazard), "accept", opinion="符合").status_code == 201
    answer = plant.manager.get(address)
    assert answer.status_code == 200, answer.text
    paper = printed(answer.data)
    with reading() as session:
        head = session.get_one(Ledger, plant.enterprise.id)
    for text in (hazard["code"], head.hash, f"第{head.seq}号", plant.worker.user.name, "发现时照片", "整改后照片"):
        assert text in paper.text
    assert world.regulator.get(address, enterprise_id=str(plant.enterprise.id)).status_code == 200
    assert plant.worker.get(address).status_code == 403
    assert world.other.manager.get(address).status_code == 404
