"""The check as a form, its receipt, and everything that must not get through it."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import now, stopped_at
from app.core.db import reading, session, writing
from app.core.events import broken_at
from app.evidence.service import photos_of
from app.hidden_hazards.models import HiddenHazard
from app.inspections import checklists
from app.inspections.judging import limits_text
from app.inspections.models import Inspection, InspectionItem
from app.risks.sources import add_measure
from app.signals.models import Signal
from app.signals.settling import settle_signals
from tests.web.phone import Phone, filled, hidden, photo, tag_of
from tests.world import Plant, World, announced, jpeg


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world.app, world.plant.worker)


@pytest.fixture
def path(world: World) -> str:
    return f"/check/{world.plant.point.id}"


@pytest.fixture
def gauge(world: World) -> int:
    """The place of an item with a reading, 0.4–0.6 MPa, on a further version of the checklist."""
    plant = world.plant
    with writing():
        add_measure(
            plant.manager.actor, source_id=plant.source.id, category="engineering", text="压力联锁", check="储罐压力",
            how="看压力表", standard="0.4–0.6 MPa", reading={"unit": "MPa", "min": "0.4", "max": "0.6"},
        )  # fmt: skip
        checklist = checklists.publish_checklist(plant.manager.actor, plant.point.id)
    return next(place for place, item in enumerate(checklist.items) if item["reading"])


def signals(plant: Plant) -> list[str]:
    """The kinds of what was noticed about checks, the newest check's last."""
    settle_signals()
    return [signal.kind for signal in rows(Signal)]


def rows(model: type[Any]) -> list[Any]:
    with reading():
        return list(session().query(model))


def test_the_form_asks_every_item_of_the_checklist(world: World, phone: Phone, path: str, gauge: int) -> None:
    text = phone.open(path).text
    for words in ("压力表读数", "切断阀开关", "储罐压力", "看压力表", "要求 0.4–0.6 MPa", "正常", "异常", "不涉及"):
        assert words in text
    assert text.count('accept="image/*" capture="environment"') == 3
    assert text.count(f'name="reading-{gauge}"') == text.count('name="reading-') == 1


def test_a_failed_item_with_its_photo_is_recorded_and_receipted(world: World, phone: Phone, path: str) -> None:
    plant, content = world.plant, jpeg(seed=5)
    form = filled(phone.open(path), "abnormal", "normal", note_0="法兰渗漏", photo_0=(content, "1.jpg"), note="夜班")
    answer = phone.send(path, form)
    assert answer.status_code == 200
    inspection = rows(Inspection)[0]
    hazard = rows(HiddenHazard)[0]
    for text in ("可以关闭页面", hazard.code, str(inspection.id), "法兰渗漏", "夜班", plant.point.code):
        assert text in answer.text
    assert inspection.inspector_id == plant.worker.id
    assert hazard.description == "法兰渗漏"
    shown = plant.manager.get(f"/hidden-hazards/{hazard.id}").json
    assert shown["complete"]
    assert [named["sha256"] for named in shown["photos"]] == [announced(content)["sha256"]]
    assert plant.worker.get(f"/photos/{announced(content)['sha256']}").status_code == 200
    with reading():
        assert broken_at(plant.enterprise.id) is None


def test_a_double_tap_is_one_inspection_with_one_receipt(phone: Phone, path: str) -> None:
    page = phone.open(path)
    first, second = (
        phone.send(path, filled(page, "abnormal", "normal", photo_0=(jpeg(seed=2), "a.jpg"))) for _ in range(2)
    )
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert len(rows(Inspection)) == len(rows(HiddenHazard)) == 1
    assert rows(HiddenHazard)[0].occurrences == 1


def test_the_same_form_with_other_answers_is_refused_in_plain_words(phone: Phone, path: str) -> None:
    page = phone.open(path)
    assert phone.send(path, filled(page, "normal", "normal")).status_code == 200
    answer = phone.send(path, filled(page, "normal", "abnormal", note_1="卡涩"))
    assert answer.status_code == 409
    assert "已经提交过" in answer.text
    assert f'href="{path}"' in answer.text
    assert len(rows(Inspection)) == 1


def test_an_open_hidden_hazard_found_again_is_told_on_the_receipt(phone: Phone, path: str) -> None:
    for _ in range(2):
        answer = phone.send(path, filled(phone.open(path), "abnormal", "normal", note_0="渗漏"))
    assert "第 2 次发现" in answer.text


def test_what_is_missing_is_told_at_its_item_and_keeps_what_was_filled_in(
    world: World, phone: Phone, path: str, gauge: int
) -> None:
    results = ["normal"] * 3
    results[gauge - 1] = ""
    form = filled(phone.open(path), *results, note='<script>"夜班"</script>', photo_0=(jpeg(), "a.jpg"))
    answer = phone.send(path, form)
    assert answer.status_code == 422
    for text in ("还没有提交", "有 2 项需要改正", "请选择“正常”", "请填写读数（MPa）", "照片需要重新"):
        assert text in answer.text
    assert "&lt;script&gt;&#34;夜班&#34;&lt;/script&gt;" in answer.text
    assert hidden(answer)["id"] == form["id"]
    assert answer.text.count(" checked") == 2
    assert rows(Inspection) == []
    form = filled(answer, *["normal"] * 3, **{f"reading_{gauge}": "abc"})
    assert "读数：应为数字" in phone.send(path, form).text
    form = filled(answer, *["normal"] * 3, **{f"reading_{gauge}": "0.5"})
    assert phone.send(path, form).status_code == 200
    assert len(rows(Inspection)) == 1


def test_a_reading_outside_its_limits_judges_itself(phone: Phone, path: str, gauge: int) -> None:
    answer = phone.send(path, filled(phone.open(path), *["normal"] * 3, **{f"reading_{gauge}": "0.9"}))
    assert answer.status_code == 200
    assert "读数 0.9 MPa（要求 0.4–0.6 MPa）" in answer.text
    assert rows(HiddenHazard)[0].code in answer.text


def test_an_item_that_demands_a_photo_says_so_and_goes_nowhere_without(world: World, phone: Phone, path: str) -> None:
    plant = world.plant
    with writing():
        add_measure(
            plant.manager.actor, source_id=plant.source.id, category="engineering", text="围堰", check="围堰完好",
            photo_required=True,
        )  # fmt: skip
        keys = [item["check"] for item in checklists.publish_checklist(plant.manager.actor, plant.point.id).items]
    place = keys.index("围堰完好")
    page = phone.open(path)
    assert page.text.count("必须拍照") == 1
    refused = phone.send(path, filled(page, *["normal"] * 3))
    assert refused.status_code == 422
    assert "请拍下“围堰完好”的现场照片" in refused.text
    shown = {f"photo_{place}": (jpeg(seed=6), "a.jpg")}
    assert phone.send(path, filled(refused, *["normal"] * 3, **shown)).status_code == 200


def test_equal_limits_read_as_one_value() -> None:
    assert limits_text({"min": "0", "max": "0.0", "unit": "条"}) == "0 条"


def test_a_page_opened_before_a_new_version_still_counts(world: World, phone: Phone, path: str) -> None:
    page, plant = phone.open(path), world.plant
    with writing():
        add_measure(
            plant.manager.actor, source_id=plant.source.id, category="engineering", text="新措施", check="喷淋试验"
        )
        checklists.publish_checklist(plant.manager.actor, plant.point.id)
    assert phone.send(path, filled(page, "normal", "not_applicable")).status_code == 200
    assert rows(Inspection)[0].checklist_version == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"this is text", "只接受 JPEG"), (b"", "只接受 JPEG"), (jpeg(seed=9)[:-500], "照片不完整")],
)
def test_a_file_that_is_no_photo_records_nothing(phone: Phone, path: str, content: bytes, said: str) -> None:
    answer = phone.send(path, filled(phone.open(path), "abnormal", "normal", photo_0=(content, "photo.jpg")))
    assert answer.status_code == 422
    assert f"照片：{said}" in answer.text
    assert answer.mimetype == "text/html"
    assert rows(Inspection) == rows(InspectionItem) == rows(HiddenHazard) == []


def test_the_same_photo_for_two_items_is_told(phone: Phone, path: str) -> None:
    form = filled(phone.open(path), "abnormal", "abnormal", photo_0=(jpeg(), "a.jpg"), photo_1=(jpeg(), "b.jpg"))
    answer = phone.send(path, form)
    assert answer.status_code == 422
    assert "同一张照片只能列一次" in answer.text


def test_too_many_and_too_large_photos_are_refused_with_words(world: World, phone: Phone, path: str) -> None:
    form = filled(phone.open(path), "abnormal", "normal")
    many = phone.send(path, {**form, "photo-0": [photo(jpeg(seed=n)) for n in range(10)]})
    assert many.status_code == 422
    assert "最多 9 张照片" in many.text
    large = phone.send(path, filled(many, "abnormal", "normal", photo_0=(b"\xff" * 15_000_001, "a.jpg")))
    assert large.status_code == 422
    assert "超过 15 MB" in large.text
    together = phone.client.post(path, data=b"x" * 61_000_001, content_type="multipart/form-data; boundary=x")
    assert together.status_code == 413
    assert "合计" in together.text
    assert f'href="{path}"' in together.text
    assert rows(Inspection) == []


def test_a_form_without_the_value_of_this_sign_in_is_refused(world: World, phone: Phone, path: str) -> None:
    form = filled(phone.open(path), "normal", "normal")
    colleague = Phone(world.app, world.plant.colleague)
    for forged in ({**form, "csrf": ""}, {**form, "csrf": hidden(colleague.open(path))["csrf"]}, {}):
        answer = phone.send(path, forged)
        assert answer.status_code == 403
        assert "没有提交" in answer.text
    answer = phone.client.post(path, json={"csrf": form["csrf"]})
    assert answer.status_code == 403
    assert rows(Inspection) == []


def test_hidden_fields_that_were_tampered_with_give_a_fresh_form(phone: Phone, path: str) -> None:
    form = filled(phone.open(path), "normal", "normal")
    for name, value in (("id", "1"), ("client_at", "yesterday"), ("checklist_version", "99"), ("id", "\x00")):
        answer = phone.send(path, {**form, name: value})
        assert answer.status_code == 422
        assert "核对下面各项" in answer.text
        assert hidden(answer)["id"] != form["id"]
        assert phone.open(path).status_code == 200
    assert rows(Inspection) == []


def test_control_characters_and_long_notes_are_told_at_their_item(phone: Phone, path: str) -> None:
    form = filled(phone.open(path), "normal", "normal", note_0="a\x00b", note_1="长" * 1001, note="x\x07")
    answer = phone.send(path, form)
    assert answer.status_code == 422
    assert answer.text.count("备注：含有不可见的控制字符") == 2
    assert "备注：长度应在" in answer.text


def test_another_enterprises_point_answers_exactly_like_an_absent_one(world: World, phone: Phone) -> None:
    foreign, absent = f"/check/{world.other.point.id}", "/check/019a3c5e-7c1e-7000-8000-000000000001"
    assert phone.open(foreign).status_code == 404
    assert phone.open(foreign).data == phone.open(absent).data
    form = filled(phone.open(f"/check/{world.plant.point.id}"), "normal", "normal")
    sent = [phone.send(path, form) for path in (foreign, absent)]
    assert {answer.status_code for answer in sent} == {404}
    assert sent[0].data == sent[1].data
    assert "异企" not in sent[0].text
    assert rows(Inspection) == []


def test_photos_belong_to_the_inspection_and_its_hidden_hazard(world: World, phone: Phone, path: str) -> None:
    form = filled(phone.open(path), "normal", "abnormal", photo_0=(jpeg(seed=1), "a"), photo_1=(jpeg(seed=2), "b"))
    assert phone.send(path, form).status_code == 200
    inspection, hazard = rows(Inspection)[0], rows(HiddenHazard)[0]
    with reading():
        named = photos_of(world.plant.worker.actor, [inspection.id, hazard.id])
    assert len(named[inspection.id]) == 2
    assert len(named[hazard.id]) == 1
    assert all(photo["arrived"] for photos in named.values() for photo in photos)


def test_a_scan_goes_along_to_the_check_and_without_one_that_is_told(world: World, phone: Phone, path: str) -> None:
    plant = world.plant
    with stopped_at(now() - timedelta(hours=3)):
        tag = tag_of(plant)
    onward = re.search(r'href="(/check/[^"]+)"', Phone(world.app).open(f"/q/{tag.token}").text)[1]  # type: ignore[index]
    assert tag.token not in onward
    refused = Phone(world.app).open(onward)  # signing in keeps the scan
    assert refused.headers["Location"].endswith(onward.replace("?", "%3F").replace("=", "%3D"))
    form = phone.open(onward)
    assert tag.token not in form.text
    assert phone.send(onward, filled(form, "normal", "normal")).status_code == 200
    scanned = rows(Inspection)[0]
    assert (scanned.tag_id, signals(plant)) == (tag.id, [])
    assert abs(scanned.scanned_at - scanned.received_at) < timedelta(minutes=1)
    forged = onward[:-1] + ("A" if onward[-1] != "A" else "B") + "x"
    for bare in (path, forged):
        assert phone.send(bare, filled(phone.open(bare), "normal", "normal")).status_code == 200
    assert [one.tag_id for one in rows(Inspection) if one.id != scanned.id] == [None, None]
    assert signals(plant) == ["no_fresh_scan", "no_fresh_scan"]


def test_a_scan_of_long_ago_is_told_as_such(world: World, phone: Phone, path: str) -> None:
    with stopped_at(now() - timedelta(hours=2)):
        page = Phone(world.app).open(f"/q/{tag_of(world.plant).token}").text
    onward = re.search(r'href="(/check/[^"]+)"', page)[1]  # type: ignore[index]
    phone.send(onward, filled(phone.open(onward), "normal", "normal"))
    settle_signals()
    assert rows(Signal)[0].data["why"] == "scanned_before"
