"""The tour: the main job over HTTP against the running product, one line a step, each step checked."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp

from app.accounts.policy import Role
from app.core.ids import new_id
from app.demo import tour_of_loop as loop
from app.demo import tour_of_risks as govern
from app.demo.drawing import Scene, photograph
from app.demo.sign_ins import Credentials, SignIn
from app.demo.visitor import Answer, Say, Tour, TourFailed, Visitor

ADDRESS = "打印件指向的地址.txt"


def play(address: str, credentials: Credentials, folder: Path, *, say: Say) -> None:
    """Play the tour against a running product. Raises TourFailed at the first step that does not hold."""
    tour = Tour(address, credentials, folder, say)
    say("巡览：通过 HTTP 走一遍主要流程")
    _, regulator = tour.sign_in(Role.REGULATOR)
    account, manager = tour.sign_in(Role.SAFETY_MANAGER)
    enterprise_id = manager.get("/auth/me")["enterprise_id"]
    before = _rate(regulator, enterprise_id)
    point = _identify(tour, manager)
    govern.adopt_from_library(tour, manager, point)
    govern.foresee_another_table(tour, manager)
    govern.import_a_ledger(tour, manager, point)
    token = _print_and_scan(tour, manager, point)
    plan = loop.plan_a_round(tour, manager, account, point)
    hazard = _inspect(tour, manager, point, token, account.code)
    _close(tour, manager, account, hazard)
    loop.come_back_from_no_signal(tour, account, plan, point)
    loop.report_unnamed(tour, manager, token, photo=_photo_named)
    listed = loop.list_and_delist(tour, manager, account, regulator, enterprise_id, move=_move, photo=_photo_named)
    loop.prove(tour, manager, listed)
    _check_paper(tour, manager, point)
    after = _rate(regulator, enterprise_id)
    if after == before:
        raise TourFailed(f"整改率没有变化：{after}")
    tour.step(f"监管人员看到该企业自查隐患整改率由 {_shown(before)} 变为 {_shown(after)}")
    _leave_prints(tour, manager, point)
    say(f"巡览完成，打印件在 {folder.absolute()}")


def _identify(tour: Tour, manager: Visitor) -> Answer:
    """Add a point with two sources, assess one by LS and one by LEC, and see the colour carried upward."""
    me = manager.get("/auth/me")
    tour.step(f"安全管理员 {me['name']} 登录")
    zone = next(zone for zone in reversed(manager.get("/risk-zones?page_size=100")["items"]) if zone["polygon"])
    unit = manager.get("/org-units?page_size=100")["items"][0]
    xs, ys = zip(*zone["polygon"], strict=True)
    point = manager.post("/risk-points", {
        "name": "液化石油气瓶组间", "category": "place", "zone_id": zone["id"], "unit_id": unit["id"],
        "responsible_id": me["id"], "x": sum(xs) // len(xs), "y": sum(ys) // len(ys), "check_cycle": "每日",
        "emergency_steps": ["关闭总阀，切断气源", "禁止一切火花，撤离无关人员", "开门窗通风，浓度降至安全后再进入"],
    })  # fmt: skip
    tour.step(f"登记风险点 {point['code']} {point['name']}，所在分区“{zone['name']}”")
    leak = manager.post("/hazard-sources", {
        "risk_point_id": point["id"], "name": "连接软管老化漏气遇火花", "factor_class": "things",
        "accident_types": ["可燃气体爆炸", "火灾"], "consequences": "气体积聚遇点火源爆炸，造成人员伤亡",
        "affected": "换瓶工、食堂人员",
    })  # fmt: skip
    cylinder = manager.post("/hazard-sources", {
        "risk_point_id": point["id"], "name": "搬运气瓶滑落砸伤", "factor_class": "people",
        "accident_types": ["物体打击"], "consequences": "足部骨折", "affected": "换瓶工",
    })  # fmt: skip
    _control(manager, leak, cylinder)
    by_ls = manager.post("/assessments", {
        "hazard_source_id": leak["id"], "basis": "residual", "method": "LS", "factors": {"L": 4, "S": 5},
        "note": "软管无更换记录，报警器未与排风联锁",
    })  # fmt: skip
    by_lec = manager.post("/assessments", {
        "hazard_source_id": cylinder["id"], "basis": "residual", "method": "LEC", "factors": {"L": 3, "E": 3, "C": 3},
    })  # fmt: skip
    tour.step(f"LS 评估“{leak['name']}”：4×5 = {by_ls['score']}，{_level(by_ls['level'])}")
    tour.step(f"LEC 评估“{cylinder['name']}”：3×3×3 = {by_lec['score']}，{_level(by_lec['level'])}")
    point = manager.get(f"/risk-points/{point['id']}")
    seen = [point["shown_level"], manager.get(f"/risk-zones/{zone['id']}")["shown_level"]]
    seen.append(manager.get("/risk-levels")["shown_level"])
    if [level["code"] for level in seen] != ["red"] * 3:
        raise TourFailed(f"风险点、分区、企业应取最高等级红，得到 {seen}")
    tour.step("风险点、所在分区和企业都取最高等级：" + "、".join(_level(level) for level in seen))
    return dict(point)


def _control(manager: Visitor, leak: Answer, cylinder: Answer) -> None:
    for source, category, text, check, standard in (
        (
            leak,
            "engineering",
            "可燃气体报警器与排风机联锁，报警值 20 %LEL",
            "报警器与排风机联锁试验",
            "20 %LEL 时风机启动",
        ),
        (
            leak,
            "management",
            "软管每 18 个月更换，换瓶后用肥皂水试漏",
            "软管在有效期内且接头不漏",
            "有效期 18 个月，无气泡",
        ),
        (cylinder, "ppe", "搬运使用专用小车，穿防砸鞋", "气瓶小车完好，人员穿防砸鞋", "车轮、链扣完好"),
    ):
        manager.post("/control-measures", {
            "hazard_source_id": source["id"], "category": category, "text": text, "check": check, "how": "看、试",
            "standard": standard, "basis": "企业燃气安全管理制度",
        })  # fmt: skip


def _print_and_scan(tour: Tour, manager: Visitor, point: Answer) -> str:
    """Issue the code, print the label, read it back as a phone would, and open what it says."""
    manager.post("/tags", {"risk_point_id": point["id"]})
    label = manager.file("/qr-labels", {"risk_point_ids": [point["id"]]})
    path = tour.leave("标签-单个.pdf", label)
    read = _codes_in(label)
    if len(read) != 1:
        raise TourFailed(f"标签页上应读出一个二维码，读出 {len(read)} 个")
    tour.step(f"签发二维码并打印标签 {path.name}，从渲染的页面读出 {_masked(read[0])}")
    token = read[0].rpartition("/")[2]
    page = Visitor(tour.address).page(f"{tour.address}/Q/{token}")
    if point["code"] not in page or "重大风险" not in page:
        raise TourFailed("扫码页面没有显示该风险点及其等级")
    tour.step(f"打开二维码指向的页面（{len(page.encode()) / 1000:.1f} KB），看到 {point['code']} 和“重大风险”")
    return token


def _inspect(tour: Tour, manager: Visitor, point: Answer, token: str, code: str) -> Answer:
    """A worker fetches the checklist and submits an inspection with one failed item and a photo."""
    manager.post(f"/risk-points/{point['id']}/checklist")
    account, worker = tour.sign_in(Role.WORKER, code=code)
    card = worker.get(f"/scan/{token}")
    checklist = worker.get(f"/risk-points/{point['id']}/checklist")
    items = len(checklist["items"])
    tour.step(f"员工 {account.name} 登录，取得 {card['code']} 的排查清单第 {checklist['version']} 版，共 {items} 项")
    found = _photo("2# 可燃气体报警器", point["name"], "整改前")
    failed = checklist["items"][0]
    body = {
        "id": str(new_id()), "risk_point_id": point["id"], "checklist_version": checklist["version"],
        "client_at": datetime.now(UTC).isoformat(),
        "items": [
            {"key": item["key"], "result": "abnormal" if item is failed else "normal",
             "note": "2# 报警器通电无显示，风机不联动" if item is failed else ""}
            for item in checklist["items"]
        ],
        "photos": [{**_named(found), "item_key": failed["key"]}],
    }  # fmt: skip
    answer = worker.post("/inspections", body)
    sent = worker.put(f"/inspections/{answer['id']}/photos/{_named(found)['sha256']}", found)
    if worker.post("/inspections", body)["receipt"] != answer["receipt"] or not sent["complete"]:
        raise TourFailed("重复提交应得到同一回执，照片应已收齐")
    receipt = answer["receipt"]
    tour.step(f"提交排查：一项异常、一张照片；回执序号 {receipt['sequence']}，重复提交得到同一回执")
    hazard = worker.get(f"/hidden-hazards/{answer['hidden_hazards'][0]['id']}")
    if hazard["state"] != "reported" or not hazard["complete"]:
        raise TourFailed(f"隐患应已上报且照片齐全：{hazard['state']}")
    tour.step(f"隐患 {hazard['code']} 立即存在：{hazard['description']}（{hazard['state_label']}）")
    return dict(hazard)


def _close(tour: Tour, manager: Visitor, manages: SignIn, hazard: Answer) -> None:
    """Grade, assign, rectify with an after photo, and have another person accept."""
    account, worker = tour.sign_in(Role.WORKER, code=manages.code)
    worker_id = worker.get("/auth/me")["id"]
    hazard = _move(manager, hazard, "grade", gravity="general")
    deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    hazard = _move(manager, hazard, "assign", rectifier_id=worker_id, deadline_at=deadline)
    tour.step(f"安全管理员定级为一般隐患，指派 {account.name} 三日内整改（{hazard['state_label']}）")
    fixed = _photo("2# 可燃气体报警器", hazard["place"], "整改后")
    measures = "更换 2# 报警器探头，标定后做联锁试验，20 %LEL 时风机启动"
    hazard = _move(worker, hazard, "submit", measures=measures, cost="680", photos=[_named(fixed)])
    worker.put(f"/hidden-hazards/{hazard['id']}/photos/{_named(fixed)['sha256']}", fixed)
    tour.step(f"员工提交整改和整改后照片（{hazard['state_label']}）")
    try:
        _move(worker, hazard, "accept", opinion="自己验收")
    except TourFailed as refused:
        if "403" not in str(refused):
            raise
    else:
        raise TourFailed("整改人不应能验收自己的整改")
    hazard = _move(manager, hazard, "accept", opinion="现场试验，联锁正常")
    if hazard["state"] != "closed":
        raise TourFailed(f"隐患应已销号：{hazard['state']}")
    tour.step(f"整改人自己验收被拒绝；{manages.name} 验收通过，{hazard['code']} {hazard['state_label']}")


def printed_for(folder: Path) -> str:
    """The address the prints in a folder point at; empty where there are none."""
    kept = folder / ADDRESS
    return kept.read_text(encoding="utf-8") if kept.exists() else ""


def print_again(address: str, credentials: Credentials, folder: Path, *, say: Say) -> None:
    """Leave the prints anew, for a product that is now reached at another address."""
    tour = Tour(address, credentials, folder, say)
    _, manager = tour.sign_in(Role.SAFETY_MANAGER)
    _leave_prints(tour, manager, manager.get("/risk-points?page_size=1")["items"][0])


def _leave_prints(tour: Tour, manager: Visitor, point: Answer) -> None:
    tour.leave("标签.pdf", manager.file("/qr-labels", {}))
    tour.leave("告知卡.pdf", manager.printed("warning_card", risk_point_ids=[point["id"]]))
    plan = manager.get("/floor-plans")["items"][0]
    tour.leave("四色图.pdf", manager.printed("four_colour_map", floor_plan_id=plan["id"]))
    tour.leave("风险分级管控清单.pdf", manager.printed("risk_ledger"))
    tour.leave(ADDRESS, tour.address.encode())
    tour.step("打印全部标签、告知卡、四色图和风险分级管控清单")


def _check_paper(tour: Tour, manager: Visitor, point: Answer) -> None:
    """Change what a card says, and see the paper on the wall found out by whoever scans its check code."""
    card = manager.printed("warning_card", risk_point_ids=[point["id"]])
    (check,) = (text for text in _codes_in(card) if "/P/" in text)
    path = f"/print-check/{check.rpartition('/')[2]}"
    fresh = Visitor(tour.address).get(path)
    steps = [*point["emergency_steps"], "拨打 119，在路口引导消防车"]
    manager.patch(f"/risk-points/{point['id']}", {"emergency_steps": steps})
    old = Visitor(tour.address).get(path)
    if (fresh["standing"], old["standing"]) != ("current", "superseded"):
        raise TourFailed(f"改动前后扫查验码应为现行、已过期，得到 {fresh['standing']}、{old['standing']}")
    manager.printed("warning_card", outdated=True)
    if manager.get("/outdated-prints?kind=warning_card")["total"]:
        raise TourFailed("重印过期的告知卡以后，过期清单应为空")
    tour.step("改动应急措施后，扫墙上旧告知卡的查验码显示“已过期”；一键重印过期的，清单归零")


def _codes_in(pdf: bytes) -> list[str]:
    """What a phone reads on the first page of a print."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def _photo(subject: str, place: str, shows: str) -> bytes:
    return photograph(Scene(subject, place, shows, datetime.now(UTC)), seed=str(new_id()))


def _photo_named(subject: str, place: str, shows: str) -> tuple[bytes, Answer]:
    content = _photo(subject, place, shows)
    return content, _named(content)


def _move(visitor: Visitor, hazard: Answer, action: str, *, within: str = "", **facts: Any) -> Answer:
    """One move; an office names the enterprise it acts within."""
    body = {"id": str(new_id()), "action": action, "version": hazard["version"], **facts}
    named = f"?enterprise_id={within}" if within else ""
    return dict(visitor.post(f"/hidden-hazards/{hazard['id']}/transitions{named}", body))


def _rate(regulator: Visitor, enterprise_id: str) -> tuple[int, int]:
    """Closed and found of the enterprise's own checks, this year so far."""
    for row in regulator.get("/supervision/rates?group_by=enterprise")["items"]:
        if row["key"] == enterprise_id:
            rate = row["sources"]["self_check"]["rates"]["rectification"]
            return rate["numerator"], rate["denominator"]
    raise TourFailed("监管人员看不到这家企业的整改率")


def _shown(rate: tuple[int, int]) -> str:
    return f"{rate[0]}/{rate[1]}（{100 * rate[0] / rate[1]:.1f}%）"


def _level(level: dict[str, str]) -> str:
    return f"{level['colour_name']}（{level['label']}）"


def _masked(address: str) -> str:
    start, _, token = address.rpartition("/")
    return f"{start}/{token[:4]}…"


def _named(content: bytes) -> Answer:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
