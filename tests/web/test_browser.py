"""The worker's way in a real Chromium at phone size, over a running server: scan, sign in, check, receipt."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app.accounts.models import User
from app.core.clock import today
from app.core.db import reading, session, writing
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import State
from app.inspections import checklists
from app.inspections.models import Inspection
from app.public_reports.models import PublicReport
from app.risks.points import change_point
from app.risks.sources import add_measure
from tests.briefings.asked import asked_for
from tests.plans.planned import body
from tests.web.phone import chromium, tag_of, with_password
from tests.world import PASSWORD, World, in_days, jpeg

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip

# Everything a thumb has to hit, everything a reader has to read, and whether the page fits the screen.
MEASURE = """() => {
  const seen = element => element.getClientRects().length > 0;
  const targets = [...document.querySelectorAll(
    "a, button, .choice, input:not([type=hidden], [type=radio]), textarea")];
  const texts = [...document.querySelectorAll("body *")].filter(
    element => seen(element) && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return {
    low: targets.filter(seen).filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80)),
    small: texts.filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 80)),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application, served on a free port; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True, locale="zh-CN",
        java_script_enabled=request.param,
    )  # fmt: skip
    yield context
    context.close()


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    """What the browser complained of: errors of script, blocked content, failed requests."""
    found: list[str] = []
    context.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: found.append(str(error.error)))
    context.on("requestfailed", lambda request: found.append(request.url))
    return found


@pytest.fixture
def posted(world: World) -> str:
    """The path of a posted code, at a point with a reading and steps."""
    plant, actor = world.plant, world.plant.manager.actor
    with_password(plant)
    with writing():
        change_point(actor, plant.point.id, emergency_steps=["向上风向撤离，拉响警报", "拨打应急电话，报告位置和伤亡"])
        add_measure(
            actor, source_id=plant.source.id, category="engineering", text="储罐压力高联锁，设定值 1.6 MPa，每班核对",
            check="储罐压力在规定范围内", how="看现场压力表并与 DCS 核对", standard="0.4–1.6 MPa，指针无抖动",
            reading={"unit": "MPa", "min": "0.4", "max": "1.6"},
        )  # fmt: skip
        checklists.publish_checklist(actor, plant.point.id)
    return f"/Q/{tag_of(plant).token}"


def fits(page: Page, pictures: Path | None = None, name: str = "") -> None:
    """Every button can be hit with a glove, every text be read, and nothing has to be moved sideways."""
    if pictures:
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
    assert page.evaluate(MEASURE) == {"low": [], "small": [], "wide": 0}


def rows(model: type[Any]) -> list[Any]:
    with reading():
        return list(session().query(model))


def sign_in(page: Page) -> None:
    page.get_by_label("企业代码").fill("HG01")
    page.get_by_label("登录名").fill("wangqiang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def choose(page: Page, item: str, result: str) -> None:
    page.get_by_role("group", name=item).get_by_text(result, exact=True).click()


def test_a_worker_scans_signs_in_checks_and_holds_a_receipt(
    world: World, server: str, context: BrowserContext, complaints: list[str], posted: str, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(server + posted)
    expect(page.get_by_role("heading", level=1)).to_have_text("液氨储罐")
    fits(page, tmp_path, "1-scan")
    assert context.cookies() == []

    page.get_by_role("link", name="登录并检查").click()
    fits(page, tmp_path, "2-sign-in")
    sign_in(page)

    page.wait_for_url(f"**/check/{world.plant.point.id}?scan=*")
    fits(page, tmp_path, "3-check")
    choose(page, "压力表读数", "异常")
    choose(page, "切断阀开关", "正常")
    choose(page, "储罐压力", "正常")
    failed = page.get_by_role("group", name="压力表读数")
    failed.get_by_label("备注").fill("2# 表指针卡在 0.9，无检定标签")
    photo = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": jpeg(seed=7, width=1600, height=1200)}
    failed.get_by_label("照片").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_label("读数（要求").fill("1.2")
    fits(page, tmp_path, "4-filled")
    page.get_by_role("button", name="提交检查").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，可以关闭页面")
    hazard = rows(HiddenHazard)[0]
    assert hazard.code in page.content()
    assert str(rows(Inspection)[0].id) in page.content()
    assert "照片 1" in page.get_by_text("照片").inner_text()
    fits(page, tmp_path, "5-receipt")
    page.get_by_role("link", name="返回首页").click()
    fits(page, tmp_path, "6-home")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    assert complaints == []


def test_what_is_refused_stays_filled_in(
    world: World, server: str, context: BrowserContext, complaints: list[str], posted: str, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{server}/check/{world.plant.point.id}")
    sign_in(page)
    choose(page, "压力表读数", "异常")
    choose(page, "切断阀开关", "不涉及")
    choose(page, "储罐压力", "不涉及")
    failed = page.get_by_role("group", name="压力表读数")
    failed.get_by_label("备注").fill("表面破裂")
    fake = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"no photo at all"}
    failed.get_by_label("照片").set_input_files(fake)  # type: ignore[arg-type]
    page.get_by_role("button", name="提交检查").click()
    expect(failed).to_contain_text("只接受 JPEG")
    fits(page, tmp_path, "7-refused")
    expect(failed.get_by_label("备注")).to_have_value("表面破裂")
    expect(failed.get_by_label("异常")).to_be_checked()
    assert rows(Inspection) == []
    page.get_by_role("button", name="提交检查").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，可以关闭页面")
    assert len(rows(Inspection)) == 1
    page.goto(f"{server}/Q/REVOKED")
    fits(page, tmp_path, "8-unknown")
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(f"{server}/check/{world.plant.point.id}")
    fits(page, tmp_path, "9-narrow")
    page.goto(f"{server}/check/{world.other.point.id}")
    fits(page)
    assert not any("Content Security Policy" in text for text in complaints)


def test_a_reading_outside_its_limits_says_so_and_takes_its_tick_back(
    world: World, server: str, browser: Browser, posted: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server}/check/{world.plant.point.id}")
    sign_in(page)
    item = page.get_by_role("group", name="储罐压力")
    value, abnormal, normal = page.get_by_label("读数（要求"), item.get_by_label("异常"), item.get_by_label("正常")
    said = item.get_by_role("status")
    normal.check()
    value.press_sequentially("1.x")
    expect(said).to_have_text("请填数字，例如 0.5。")
    value.fill("1.9")
    value.blur()
    expect(said).to_have_text("超出要求，已按异常。")
    expect(abnormal).to_be_checked()
    value.fill("１.2")
    value.blur()
    expect(said).to_have_text("")
    expect(normal).to_be_checked()
    value.fill("1.9")
    value.blur()
    item.get_by_text("异常", exact=True).click()
    value.fill("1.2")
    value.blur()
    expect(abnormal).to_be_checked()
    context.close()


def test_a_worker_submits_a_rectification_from_the_home_page(
    world: World, server: str, context: BrowserContext, complaints: list[str], tmp_path: Path
) -> None:
    plant, worker = world.plant, with_password(world.plant)
    hazard = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    facts = {"rectifier_id": str(worker.id), "deadline_at": in_days(7)}
    assert plant.move(plant.manager, hazard, "assign", **facts).status_code == 201
    page = context.new_page()
    page.goto(f"{server}/sign-in")
    sign_in(page)
    fits(page, tmp_path, "10-home")
    page.get_by_role("link", name="提交整改").click()
    page.get_by_label("整改措施").fill("更换探测器并标定，见证书")
    page.get_by_label("费用").fill("380.5")
    photo = {"name": "IMG_0002.jpg", "mimeType": "image/jpeg", "buffer": jpeg(seed=9, width=1600, height=1200)}
    page.get_by_label("（必拍）").set_input_files(photo)  # type: ignore[arg-type]
    fits(page, tmp_path, "11-rectify")
    page.get_by_role("button", name="提交整改").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("整改已提交，可以关闭页面")
    fits(page, tmp_path, "12-rectified")
    assert rows(HiddenHazard)[0].state is State.PENDING_ACCEPTANCE
    page.get_by_role("link", name="返回首页").click()
    expect(page.get_by_text("等验收")).to_be_visible()
    fits(page, tmp_path, "13-submitted")
    assert complaints == []


def test_anyone_reports_without_signing_in_and_follows_the_report(
    server: str, context: BrowserContext, complaints: list[str], posted: str, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(server + posted)
    page.get_by_role("link", name="发现隐患").click()
    fits(page, tmp_path, "1-form")
    page.get_by_label("隐患情况").fill("三楼安全出口的门被货物堵住")
    photo = {"name": "IMG_0002.jpg", "mimeType": "image/jpeg", "buffer": jpeg(seed=9, width=1600, height=1200)}
    page.get_by_label("照片 1").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_role("button", name="提交").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("已收到")
    fits(page, tmp_path, "2-receipt")
    code = "".join(page.locator(".receipt span").all_inner_texts())
    assert len(code) == 20
    page.get_by_role("link", name="凭回执码查看结果").click()
    page.get_by_label("回执码").fill(code.lower())
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待核实")
    fits(page, tmp_path, "3-followed")
    assert context.cookies() == []
    assert complaints == []
    assert len(rows(PublicReport)) == 1


def test_the_page_of_my_work_fits_a_phone(
    world: World, server: str, context: BrowserContext, complaints: list[str], posted: str, tmp_path: Path
) -> None:
    plant = world.plant
    hazard = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    wang = next(user for user in rows(User) if user.login == "wangqiang")
    plant.move(plant.manager, hazard, "assign", rectifier_id=str(wang.id), deadline_at=in_days(1))
    daily = body(plant, assignee_id=str(wang.id), starts_on=today().isoformat())
    assert plant.manager.post("/inspection-plans", daily).status_code == 201
    asked_for(plant)
    page = context.new_page()
    page.goto(f"{server}/sign-in?next=/my")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("我的工作")
    fits(page, tmp_path, "my")
    expect(page.get_by_role("link", name="检查 FX-0001")).to_be_visible()
    expect(page.get_by_role("link", name="提交整改")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="看清并签收").click()
    fits(page, tmp_path, "briefing")
    page.get_by_role("button", name="我已知晓").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已签收，可以关闭页面")
    fits(page, tmp_path, "briefing-signed")
    assert complaints == []


def test_a_check_sent_without_signal_stays_filled_in_and_counts_once_when_sent_again(
    world: World, server: str, browser: Browser, posted: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server}/check/{world.plant.point.id}")
    sign_in(page)
    choose(page, "压力表读数", "异常")
    choose(page, "切断阀开关", "正常")
    choose(page, "储罐压力", "不涉及")
    note = page.get_by_role("group", name="压力表读数").get_by_label("备注")
    note.fill("指针卡住")
    context.set_offline(True)
    page.get_by_role("button", name="提交检查").click()
    expect(page.get_by_role("alert")).to_contain_text("没有网络，还没有提交")
    expect(page.get_by_role("button", name="提交检查")).to_be_enabled()
    expect(note).to_have_value("指针卡住")
    assert rows(Inspection) == []
    context.set_offline(False)
    page.get_by_role("button", name="重新提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，可以关闭页面")
    assert len(rows(Inspection)) == 1
    context.close()
