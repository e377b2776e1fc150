"""The part of the tour that goes round the loop: a task, a phone without signal, a tip-off, a major one, the proof."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.accounts.policy import Role
from app.core.clock import today
from app.core.ids import new_id
from app.demo.sign_ins import SignIn
from app.demo.visitor import Answer, Tour, TourFailed, Visitor

Move = Callable[..., Answer]
Photo = Callable[..., tuple[bytes, Answer]]


def plan_a_round(tour: Tour, manager: Visitor, manages: SignIn, point: Answer) -> Answer:
    """Plan a daily inspection of the point for the worker, and see its task for today."""
    account, worker = tour.sign_in(Role.WORKER, code=manages.code)
    plan = manager.post("/inspection-plans", {
        "name": f"{point['name']}每日排查", "kind": "daily", "tier": "post", "content": "按排查清单逐项检查",
        "scope": {"risk_point_ids": [point["id"]]}, "cycle_unit": "day", "unit_id": point["unit_id"],
        "assignee_id": worker.get("/auth/me")["id"], "starts_on": today().isoformat(),
    })  # fmt: skip
    task = _task(worker, plan)
    tour.step(f"编制排查计划 {plan['code']}（{plan['frequency']}），{account.name} 当天的任务：{task['state_label']}")
    return dict(plan)


def come_back_from_no_signal(tour: Tour, manages: SignIn, plan: Answer, point: Answer) -> None:
    """Send what a phone kept for two days, out of order and one of it twice: each once, and the task is done."""
    account, worker = tour.sign_in(Role.WORKER, code=manages.code)
    checklist = worker.get(f"/risk-points/{point['id']}/checklist")
    batch = [_inspection(point, checklist, hours_ago=hours) for hours in (3, 51, 27)]
    answers = [worker.post("/inspections", body) for body in [*batch, batch[0]]]
    if answers[0]["receipt"] != answers[3]["receipt"] or len({answer["id"] for answer in answers}) != 3:
        raise TourFailed("重复补传的排查应得到同一回执")
    late = "、".join(f"{answer['delay_seconds'] // 3600} 小时" for answer in answers[:3])
    task = _task(worker, plan)
    if task["state"] not in ("done", "done_late"):
        raise TourFailed(f"排查已收到，任务应已完成：{task['state']}")
    tour.step(
        f"{account.name} 恢复信号后乱序补传 3 次排查（分别晚到 {late}），重传一次仍是同一回执；"
        f"任务{task['state_label']}"
    )


def list_and_delist(
    tour: Tour, manager: Visitor, manages: SignIn, regulator: Visitor, enterprise_id: str, *, move: Move, photo: Photo
) -> Answer:
    """A major hidden hazard raises what a calm point shows, is listed, treated, reviewed and delisted."""
    point = manager.get("/risk-points?level=blue&current_level=blue&page_size=1")["items"][0]
    account, worker = tour.sign_in(Role.WORKER, code=manages.code)
    hazard = worker.post("/hidden-hazards", {
        "id": str(new_id()), "risk_point_id": point["id"], "client_at": datetime.now(UTC).isoformat(),
        "description": "可燃气体报警装置被停用，现场无替代监测",
    })  # fmt: skip
    hazard = move(worker, hazard, "stop_work", stop_kinds=["work"], reason="报警装置停用，先停止动火作业")
    clause = manager.get(f"/hidden-hazards/{hazard['id']}/criteria")["items"][0]
    hazard = move(manager, hazard, "grade", gravity="major", clauses=[clause["key"]])
    tour.step(
        f"{point['code']} {point['name']}先停止作业，"
        f"按“{clause['title']}”{clause['clause']}定为重大隐患 {hazard['code']}"
    )
    tour.step(f"当前等级随之抬高：{_levels(manager, point, now='red')}")
    hazard = move(manager, hazard, "assign", **_treatment(account, worker))
    hazard = move(regulator, hazard, "list", within=enterprise_id, listing={
        "level": "county", "number": f"督办〔{today().year}〕{hazard['code'][-4:]}号",
        "regulator_owner": "县应急局危化股", "enterprise_owner": manages.name,
    })  # fmt: skip
    tour.step(f"双报告、治理方案和五落实齐备后指派整改；监管人员挂牌督办 {hazard['listing']['number']}")
    content, named = photo("可燃气体报警装置", point["name"], "整改后")
    hazard = move(worker, hazard, "submit", measures="供电已恢复，逐点标定合格，联锁试验正常", photos=[named])
    worker.put(f"/hidden-hazards/{hazard['id']}/photos/{named['sha256']}", content)
    hazard = move(manager, hazard, "accept", opinion="现场核实，报警与联锁正常")
    accepted = hazard["state_label"]
    hazard = move(regulator, hazard, "delist", within=enterprise_id, opinion="现场核查，整改到位，同意摘牌")
    hazard = move(manager, hazard, "resume_work", opinion="核查通过，恢复作业")
    tour.step(
        f"企业验收后{accepted}，监管人员核查摘牌，{hazard['state_label']}，恢复作业；"
        f"当前等级落回：{_levels(manager, point, now='blue')}"
    )
    return hazard


def report_unnamed(tour: Tour, manager: Visitor, token: str, *, photo: Photo) -> None:
    """Someone without an account reports by the scanned code; it is admitted, and the receipt says how it goes."""
    content, named = photo("安全出口", "瓶组间门口", "举报时")
    body = {
        "id": str(new_id()), "secret": new_id().hex, "description": "瓶组间的门被货物堵住，打不开", "photos": [named],
    }  # fmt: skip
    passer_by = Visitor(tour.address)
    receipt = passer_by.post(f"/scan/{token}/reports", body)["receipt"]
    follower = Visitor(tour.address, receipt=receipt)
    follower.put(f"/reports/photos/{named['sha256']}", content)
    first = follower.get("/reports/status")["verdict_label"]
    waiting = manager.get("/public-reports?verdict=quarantined")["items"][0]
    admitted = manager.post(f"/public-reports/{waiting['id']}/admission")
    hazard = manager.get(f"/hidden-hazards/{admitted['hazard_id']}")
    if hazard["found_by"] is not None or hazard["source"] != "public":
        raise TourFailed(f"匿名举报不应留下发现人：{hazard}")
    then = follower.get("/reports/status")["hazard"]["state_label"]
    tour.step(f"路人扫码匿名上报（带照片），回执码可查：{first} → 受理后成为 {hazard['code']}，{then}")


def prove(tour: Tour, manager: Visitor, hazard: Answer) -> None:
    """Export the chain and verify it by the program in the export alone, against the head on the certificate."""
    certificate = manager.printed("closure_certificate", hidden_hazard_ids=[hazard["id"]])
    paper = tour.leave("隐患销号证明.pdf", certificate)
    tour.leave("隐患治理台账.xlsx", manager.file("/hidden-hazard-ledger"))
    tour.leave("年度排查计划.pdf", manager.printed("yearly_plan", year=today().year))
    exported = manager.file("/chain-export")
    tour.leave("事件链.zip", exported)
    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(BytesIO(exported)) as archive:
            archive.extractall(folder)
        said = _verified(Path(folder))
        events = Path(folder, "events.jsonl").read_bytes()
        Path(folder, "events.jsonl").write_bytes(events.replace("报警装置".encode(), "报警装備".encode(), 1))
        spoilt = _verified(Path(folder))
    if "完整" not in said:
        raise TourFailed(f"导出的事件链应完整：{said}")
    if "断裂" not in spoilt:
        raise TourFailed(f"改过的事件链应被发现：{spoilt}")
    tour.step(
        f"打印销号证明 {paper.name}；导出事件链，用其中自带的程序核对：{_first(said)}；改动一个字后：{_first(spoilt)}"
    )


def _verified(folder: Path) -> str:
    command = [sys.executable, "-I", "verify.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - the export's own program
    return (done.stdout + done.stderr).strip()


def _first(said: str) -> str:
    return re.split(r"[\n]", said)[0][:60]


def _task(worker: Visitor, plan: Answer) -> Answer:
    tasks = worker.get(f"/inspection-tasks?plan_id={plan['id']}&mine=true&page_size=1")["items"]
    if not tasks:
        raise TourFailed("计划应已生成当天的任务")
    return dict(tasks[0])


def _inspection(point: Answer, checklist: Answer, *, hours_ago: int) -> Answer:
    return {
        "id": str(new_id()), "risk_point_id": point["id"], "checklist_version": checklist["version"],
        "client_at": (datetime.now(UTC) - timedelta(hours=hours_ago)).isoformat(),
        "items": [{"key": item["key"], "result": "normal"} for item in checklist["items"]],
        "note": "无信号时填写，恢复后补传",
    }  # fmt: skip


def _treatment(account: SignIn, worker: Visitor) -> dict[str, Any]:
    present = datetime.now(UTC)
    return {
        "rectifier_id": worker.get("/auth/me")["id"], "deadline_at": (present + timedelta(days=3)).isoformat(),
        "treatment_plan": {
            "goal": "恢复报警装置投用", "measures": "修复供电，逐点标定并做联锁试验", "funds": "2 万元，备用探头 2 只",
            "people": f"{account.name}负责，安全科监督", "time_limit": "3 日内完成",
            "safety_and_emergency": "整改期间停止动火，专人携便携式检测仪监护，按现场处置方案执行",
        },
        "dual_report": {"to_regulator_at": present.isoformat(), "to_workers_congress_at": present.isoformat()},
        "guarantees": {
            "responsibility": f"{account.name}整改，安全科监督", "measures": "修复供电、逐点标定、联锁试验",
            "funds": "2 万元，从安全费用列支", "time_limit": "3 日内", "plan": "按可燃气体泄漏现场处置方案执行",
        },
        "interim_measures": "停止动火，专人携便携式检测仪每小时检测一次",
    }  # fmt: skip


def _levels(manager: Visitor, point: Answer, *, now: str) -> str:
    found = manager.get(f"/risk-points/{point['id']}/levels")
    if (found["shown_level"]["code"], found["current_level"]["code"]) != ("blue", now):
        raise TourFailed(f"展示等级应为蓝，当前等级应为 {now}：{found}")
    why = "".join(f"，因为{one['reason']}" for one in found["raised_by"])
    return f"展示{found['shown_level']['colour_name']}，当前{found['current_level']['colour_name']}{why}"
