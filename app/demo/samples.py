"""One sample of every kind of print, ordered over HTTP from the running product as a manager would."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.accounts.policy import Role
from app.core.clock import today
from app.demo.sign_ins import Credentials
from app.demo.visitor import Answer, Say, Tour, TourFailed, Visitor


@dataclass(frozen=True)
class Sample:
    """A print and the name its file bears."""

    name: str
    kind: str
    asked: dict[str, Any] = field(default_factory=dict)


def make_samples(address: str, credentials: Credentials, folder: Path, *, say: Say) -> None:
    """Leave every sample in a folder. Raises TourFailed at the first that cannot be made."""
    tour = Tour(address, credentials, folder, say)
    account, manager = tour.sign_in(Role.SAFETY_MANAGER)
    say(f"以 {account.name} 的账号打印样张，放在 {folder.absolute()}")
    for sample in _samples(manager):
        form = sample.asked.get("format", "pdf")
        content = manager.printed(sample.kind, **sample.asked)
        path = tour.leave(f"{sample.name}.{form}", content)
        tour.step(f"{path.name}（{len(content) / 1000:.0f} KB）")
    stock = manager.file("/qr-labels/calibration?stock=a4-24")
    tour.leave("标签校准页.pdf", stock)
    tour.step("标签校准页.pdf")


def _samples(manager: Visitor) -> list[Sample]:
    points = manager.get("/risk-points?page_size=100")["items"]
    worst = _first(points, "没有重大风险的风险点", shown="red")
    few = [point["id"] for point in points[:6]]
    closed = _closed(manager)
    open_hazards = manager.get("/hidden-hazards?state=rectifying&page_size=2")["items"]
    one = {"risk_point_ids": [worst["id"]]}
    return [
        *(Sample(f"标签-{stock}", "labels", {"stock": stock}) for stock in ("a4-24", "a4-40", "a4-65")),
        *(
            Sample(f"标签-{stock}", "labels", {"stock": stock, "risk_point_ids": few})
            for stock in ("roll-40x30", "roll-50x30", "roll-60x40", "roll-100x70")
        ),
        Sample("二维码图片", "labels", {"format": "zip", "risk_point_ids": few}),
        Sample("标签数据", "labels", {"format": "csv"}),
        *(
            Sample(f"告知卡-{paper}-{way}", "warning_card", {**one, "paper": paper, "landscape": way == "横"})
            for paper in ("a4", "a3")
            for way in ("竖", "横")
        ),
        Sample("应急处置卡", "emergency_card", one),
        Sample("应急处置卡", "emergency_card", {**one, "format": "docx"}),
        Sample("公告栏", "notice_board", {"paper": "a3", "landscape": True}),
        Sample("两单两卡", "post_cards", {"unit_id": worst["unit_id"]}),
        Sample("两单两卡", "post_cards", {"unit_id": worst["unit_id"], "format": "docx"}),
        Sample("四色图-现状", "four_colour_map", {"map_level": "residual", "paper": "a3", "landscape": True}),
        Sample("四色图-当前-a1", "four_colour_map", {"map_level": "current", "paper": "a1", "landscape": True}),
        Sample("风险分级管控清单", "risk_ledger"),
        Sample("隐患排查清单", "check_ledger"),
        Sample("隐患治理台账", "hazard_ledger"),
        Sample("年度排查计划", "yearly_plan", {"year": today().year}),
        Sample("销号证明", "closure_certificate", {"hidden_hazard_ids": [closed["id"]]}),
        Sample("整改通知书", "rectification_notice", {"hidden_hazard_ids": [one["id"] for one in open_hazards]}),
        Sample(
            "整改通知书",
            "rectification_notice",
            {"hidden_hazard_ids": [one["id"] for one in open_hazards], "format": "docx"},
        ),
        *(
            Sample(name, kind, {"format": "xlsx"})
            for name, kind in (("风险分级管控清单", "risk_ledger"), ("隐患排查清单", "check_ledger"),
                               ("隐患治理台账", "hazard_ledger"))
        ),
    ]  # fmt: skip


def _first(points: list[Answer], missing: str, *, shown: str) -> Answer:
    for point in points:
        if (point["shown_level"] or {}).get("code") == shown:
            return point
    raise TourFailed(missing)


def _closed(manager: Visitor) -> Answer:
    """A major hidden hazard that is closed, else any."""
    for query in ("state=closed&gravity=major", "state=closed"):
        found = manager.get(f"/hidden-hazards?{query}&page_size=1")["items"]
        if found:
            return dict(found[0])
    raise TourFailed("没有已销号的隐患，请先运行 flask tour")
