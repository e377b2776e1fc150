"""The rectification as a form, its receipt, and everything that must not get through it."""

from typing import Any

import pytest

from app.core.db import reading, session
from app.core.events import broken_at
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import State
from tests.web.phone import Phone, hidden, photo
from tests.world import Plant, World, announced, in_days, jpeg

ABSENT = "/rectify/019a3c5e-7c1e-7000-8000-000000000001"
MEASURES = "更换探测器并标定"


@pytest.fixture
def hazard(world: World) -> dict[str, Any]:
    """A hidden hazard assigned to the worker."""
    return assigned(world.plant)


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(world.app, world.plant.worker)


@pytest.fixture
def path(hazard: dict[str, Any]) -> str:
    return f"/rectify/{hazard['id']}"


def assigned(plant: Plant) -> dict[str, Any]:
    moved = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(7)}
    return dict(plant.move(plant.manager, moved, "assign", **facts).json)


def form(phone: Phone, path: str, *contents: bytes, **typed: str) -> dict[str, Any]:
    """The form filled in, with a photo in each place given."""
    photos = {f"photo-{place}": photo(content) for place, content in enumerate(contents)}
    return {**hidden(phone.open(path)), "measures": MEASURES, **photos, **typed}


def standing(hazard: dict[str, Any]) -> HiddenHazard:
    with reading():
        return session().query(HiddenHazard).filter_by(code=hazard["code"]).one()


def test_the_rectifier_submits_with_a_photo_and_holds_a_receipt(
    world: World, phone: Phone, hazard: dict[str, Any], path: str
) -> None:
    assert f'href="{path}"' in phone.open("/").text
    for words in (hazard["code"], hazard["description"], hazard["place"], "期限", "整改措施", "（必拍）"):
        assert words in phone.open(path).text
    content = jpeg(seed=3)
    answer = phone.send(path, form(phone, path, content, jpeg(seed=4), cost="380.50"))
    assert answer.status_code == 200
    for words in (hazard["code"], "待验收", "回执号", "序号", MEASURES, "380.50 元", "2 张"):
        assert words in answer.text
    shown = world.plant.manager.get(f"/hidden-hazards/{hazard['id']}").json
    assert (shown["state"], shown["measures"], shown["cost"]) == ("pending_acceptance", MEASURES, "380.50")
    assert shown["complete"]
    assert announced(content)["sha256"] in {named["sha256"] for named in shown["photos"]}
    assert world.plant.move(world.plant.manager, shown, "accept", opinion="合格").status_code == 201
    with reading():
        assert broken_at(world.plant.enterprise.id) is None


def test_a_double_tap_is_one_submission_with_one_receipt(phone: Phone, hazard: dict[str, Any], path: str) -> None:
    filled = form(phone, path)
    first, second = (phone.send(path, {**filled, "photo-0": photo(jpeg(seed=2))}) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert standing(hazard).version == hazard["version"] + 1


def test_what_is_submitted_waits_in_plain_words(world: World, phone: Phone, hazard: dict[str, Any], path: str) -> None:
    phone.send(path, form(phone, path, jpeg()))
    home = phone.open("/").text
    assert hazard["code"] in home
    assert "等验收" in home
    assert f'href="{path}"' not in home
    page = phone.open(path)
    assert page.status_code == 200
    assert "整改已提交，等验收" in page.text
    assert "<form" not in page.text


def test_why_it_was_sent_back_is_told_and_it_can_be_submitted_again(
    world: World, phone: Phone, hazard: dict[str, Any], path: str
) -> None:
    phone.send(path, form(phone, path, jpeg(seed=1)))
    submitted = world.plant.manager.get(f"/hidden-hazards/{hazard['id']}").json
    world.plant.move(world.plant.manager, submitted, "reject", reason="标定证书没有拍到")
    assert "上次验收没有通过：标定证书没有拍到" in phone.open(path).text
    assert phone.send(path, form(phone, path, jpeg(seed=1))).status_code == 200


def test_only_the_assigned_rectifier_submits(world: World, hazard: dict[str, Any], path: str) -> None:
    mine = form(Phone(world.app, world.plant.worker), path, jpeg())
    colleague = Phone(world.app, world.plant.colleague)
    page = colleague.open(path)
    assert f"指派给{world.plant.worker.actor.name}整改" in page.text
    assert "<form" not in page.text
    csrf = hidden(colleague.open("/"))["csrf"]
    answer = colleague.send(path, {**mine, "csrf": csrf})
    assert answer.status_code == 403
    assert "只有整改人本人可以提交" in answer.text
    assert "没有提交" in answer.text
    assert standing(hazard).state is State.RECTIFYING


def test_what_is_missing_or_wrong_is_told_and_what_was_typed_stays(
    phone: Phone, hazard: dict[str, Any], path: str
) -> None:
    filled = form(phone, path, cost="三百")
    answer = phone.send(path, filled)
    assert answer.status_code == 422
    for words in ("还没有提交", "请至少拍一张整改后的照片", "费用：应为数字", MEASURES, 'value="三百"'):
        assert words in answer.text
    assert hidden(answer)["id"] == filled["id"]
    answer = phone.send(path, form(phone, path, jpeg(), measures="  ", cost="-1"))
    for words in ("整改措施：请写清楚", "费用不能为负", "照片需要重新"):
        assert words in answer.text
    assert standing(hazard).state is State.RECTIFYING


@pytest.mark.parametrize(("content", "said"), [(b"this is text", "只接受 JPEG"), (b"", "只接受 JPEG")])
def test_a_file_that_is_no_photo_submits_nothing(
    phone: Phone, hazard: dict[str, Any], path: str, content: bytes, said: str
) -> None:
    answer = phone.send(path, form(phone, path, jpeg(), content))
    assert answer.status_code == 422
    assert f"照片：{said}" in answer.text
    assert standing(hazard).state is State.RECTIFYING


def test_five_photos_are_too_many_and_the_same_twice_is_told(phone: Phone, hazard: dict[str, Any], path: str) -> None:
    five = [photo(jpeg(seed=seed)) for seed in range(5)]
    assert "最多 4 张照片" in phone.send(path, {**form(phone, path), "photo-0": five}).text
    assert "同一张照片只能列一次" in phone.send(path, form(phone, path, jpeg(), jpeg())).text
    assert standing(hazard).state is State.RECTIFYING


def test_a_page_older_than_the_hidden_hazard_is_refused_with_what_to_do(
    phone: Phone, hazard: dict[str, Any], path: str
) -> None:
    answer = phone.send(path, form(phone, path, jpeg(), version=str(hazard["version"] - 1)))
    assert answer.status_code == 409
    assert "请重新打开页面" in answer.text
    assert f'href="{path}"' in answer.text
    phone.send(path, form(phone, path, jpeg(seed=1)))
    answer = phone.send(path, {**form(phone, path, jpeg(seed=2)), **hidden(phone.open("/"))})
    assert answer.status_code == 422
    assert "等验收" in answer.text


def test_hidden_fields_that_were_tampered_with_give_a_fresh_form(
    phone: Phone, hazard: dict[str, Any], path: str
) -> None:
    for name, value in (("id", "1"), ("client_at", "yesterday"), ("version", "x"), ("id", "\x00")):
        answer = phone.send(path, form(phone, path, jpeg(), **{name: value}))
        assert answer.status_code == 422
        assert "核对下面各项" in answer.text
        assert hidden(answer)["version"] == str(hazard["version"])
    assert standing(hazard).state is State.RECTIFYING


def test_a_form_without_the_value_of_this_sign_in_is_refused(
    world: World, phone: Phone, hazard: dict[str, Any], path: str
) -> None:
    filled = form(phone, path)
    other = hidden(Phone(world.app, world.plant.colleague).open("/"))["csrf"]
    for forged in ({**filled, "csrf": ""}, {**filled, "csrf": other}, {}):
        answer = phone.send(path, {**forged, "photo-0": photo(jpeg())})
        assert answer.status_code == 403
        assert "没有提交" in answer.text
    assert standing(hazard).state is State.RECTIFYING


def test_another_enterprises_hidden_hazard_answers_exactly_like_an_absent_one(
    world: World, phone: Phone, path: str
) -> None:
    foreign = f"/rectify/{assigned(world.other)['id']}"
    assert phone.open(foreign).status_code == 404
    assert phone.open(foreign).data == phone.open(ABSENT).data
    sent = [phone.send(address, form(phone, path, jpeg())) for address in (foreign, ABSENT)]
    assert {answer.status_code for answer in sent} == {404}
    assert sent[0].data == sent[1].data
    assert "异企" not in sent[0].text


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(world: World, path: str) -> None:
    nobody = Phone(world.app)
    assert nobody.open(path).headers["Location"] == f"/sign-in?next={path}"
    assert nobody.send(path, {"csrf": "x"}).headers["Location"] == f"/sign-in?next={path}&unsaved=1"
