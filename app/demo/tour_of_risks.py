"""The part of the tour that governs risks: the library, a change of table foreseen, an import, what is shown now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from app.accounts.policy import Role
from app.core.ids import new_id
from app.demo.sign_ins import SignIn
from app.demo.visitor import Answer, Tour, TourFailed, Visitor

Move = Callable[..., Answer]
Photo = Callable[..., tuple[bytes, Answer]]
OTHER_TABLE = "ls-g"
COLOURS = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}


def adopt_from_library(tour: Tour, manager: Visitor, point: Answer) -> None:
    """Have entries suggested for the point from its name and type, and adopt one with its measures and check items."""
    first = manager.get(f"/risk-points/{point['id']}/suggestions?limit=5")["items"][0]
    body = {"id": str(new_id()), "entry_ids": [first["entry"]["id"]]}
    (adopted,) = manager.post(f"/risk-points/{point['id']}/adoptions", body)["items"]
    items = sum(bool(measure["check"]) for measure in adopted["measures"])
    if adopted["source"]["name"] != first["entry"]["hazard_source"] or not items:
        raise TourFailed(f"采用的条目与推荐的不符：{adopted['source']['name']}")
    tour.step(
        f"危险源库推荐“{adopted['source']['name']}”（{'；'.join(first['why'])}），"
        f"采用后带来 {len(adopted['measures'])} 项措施、{items} 项检查内容"
    )
    manager.post("/assessments", {
        "hazard_source_id": adopted["source"]["id"], "basis": "residual", "method": "LS", "factors": {"L": "2"},
        "dimensions": {"S": {"人员": "4", "声誉": "3"}}, "note": "按采用的措施落实后评估",
    })  # fmt: skip


def foresee_another_table(tour: Tour, manager: Visitor) -> None:
    """See which points would change colour under another table; nothing is written."""
    body = {"method": "LS", "to": OTHER_TABLE}
    before = manager.get("/risk-points/counts")
    told = manager.post("/profile-changes/preview", body)
    if manager.get("/risk-points/counts") != before:
        raise TourFailed("试算不应改变任何等级。")
    counts = "，".join(
        f"{name} {told['points']['before'][level]}→{told['points']['once_confirmed'][level]}"
        for level, name in COLOURS.items()
    )
    tour.step(f"试算 LS 改用 {OTHER_TABLE}：{told['changed']['total']} 个风险点变色（{counts}），未写入任何内容")


def import_a_ledger(tour: Tour, manager: Visitor, point: Answer) -> None:
    """Export the ledger, spoil it and be told where, then change one cell and import it."""
    ledger = manager.file("/risk-workbooks/ledger")
    tour.leave("风险台账.xlsx", ledger)
    spoilt = _checked(manager, _edited(ledger, point["code"], {"可能性（L）": 7, "责任人": "查无此人"}))
    places = "；".join(f"{one['sheet']} {one['column']}{one['row']} {one['message']}" for one in spoilt["problems"][:2])
    if not spoilt["counts"]["problems"]:
        raise TourFailed("写错的台账应被指出问题。")
    marked = tour.leave("风险台账-标出问题.xlsx", manager.file(f"/risk-imports/{spoilt['id']}/workbook"))
    tour.step(f"导入写错的台账：{spoilt['counts']['problems']} 个问题，什么都没有写入，已标在 {marked.name}。{places}")
    said = f"气体积聚遇火源爆炸，造成人员伤亡（{datetime.now(UTC):%H%M%S} 复核）"
    changed = _checked(manager, _edited(ledger, point["code"], {"事故后果": said}))
    if changed["counts"]["changed"] != 1 or changed["counts"]["problems"]:
        raise TourFailed(f"应只有一行变动：{changed['counts']} {changed['problems'][:3]}")
    manager.post(f"/risk-imports/{changed['id']}/application")
    done = manager.wait_for(f"/risk-imports/{changed['id']}")
    sources = manager.get(f"/hazard-sources?risk_point_id={point['id']}")["items"]
    if not done["applied"] or said not in [source["consequences"] for source in sources]:
        raise TourFailed(f"导入后应有新的内容：{done}")
    counts = done["counts"]
    tour.step(f"改一格再导入：{counts['rows']} 行中 {counts['changed']} 行变动，{counts['unchanged']} 行不变，已写入")


def raise_and_fall_back(
    tour: Tour, manager: Visitor, manages: SignIn, *, move: Move, photo: Callable[..., Any]
) -> None:
    """Let a major hidden hazard raise what a calm point shows now, and see it fall back when it is closed."""
    point = manager.get("/risk-points?level=blue&current_level=blue&page_size=1")["items"][0]
    account, worker = tour.sign_in(Role.WORKER, code=manages.code)
    hazard = worker.post("/hidden-hazards", {
        "id": str(new_id()), "risk_point_id": point["id"], "client_at": datetime.now(UTC).isoformat(),
        "description": "可燃气体报警装置被停用，现场无替代监测",
    })  # fmt: skip
    hazard = move(manager, hazard, "grade", gravity="major", criteria="判定标准：可燃气体报警装置未正常投用")
    tour.step(f"{point['code']} {point['name']}出现重大隐患 {hazard['code']}：{_levels(manager, point, now='red')}")
    present = datetime.now(UTC)
    plan = {
        "goal": "恢复报警装置投用", "measures": "修复供电，逐点标定并做联锁试验", "funds": "2 万元，备用探头 2 只",
        "people": f"{account.name}负责，安全科监督", "time_limit": "3 日内完成",
        "safety_and_emergency": "整改期间停止动火，专人携便携式检测仪监护，按现场处置方案执行",
    }  # fmt: skip
    report = {"to_regulator_at": present.isoformat(), "to_workers_congress_at": present.isoformat()}
    deadline = (present + timedelta(days=3)).isoformat()
    hazard = move(
        manager, hazard, "assign", rectifier_id=worker.get("/auth/me")["id"], deadline_at=deadline,
        treatment_plan=plan, dual_report=report,
    )  # fmt: skip
    content, named = photo("可燃气体报警装置", point["name"], "整改后")
    hazard = move(worker, hazard, "submit", measures="供电已恢复，逐点标定合格，联锁试验正常", photos=[named])
    worker.put(f"/hidden-hazards/{hazard['id']}/photos/{named['sha256']}", content)
    hazard = move(manager, hazard, "accept", opinion="现场核实，报警与联锁正常")
    tour.step(f"{hazard['code']} 验收{hazard['state_label']}，当前等级落回：{_levels(manager, point, now='blue')}")


def _levels(manager: Visitor, point: Answer, *, now: str) -> str:
    found = manager.get(f"/risk-points/{point['id']}/levels")
    if (found["shown_level"]["code"], found["current_level"]["code"]) != ("blue", now):
        raise TourFailed(f"展示等级应为蓝，当前等级应为 {now}：{found}")
    why = "".join(f"，因为{one['reason']}" for one in found["raised_by"])
    return f"展示{found['shown_level']['colour_name']}，当前{found['current_level']['colour_name']}{why}"


def _checked(manager: Visitor, workbook: bytes) -> Answer:
    begun = manager.send("/risk-imports", workbook)
    return dict(manager.wait_for(f"/risk-imports/{begun['id']}"))


def _edited(content: bytes, code: str, cells: dict[str, Any]) -> bytes:
    """The ledger with other values in the first row of a point, by heading."""
    book: Workbook = load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows())
    heading = next(row for row in rows if "风险点编号" in [cell.value for cell in row])
    columns = {cell.value: cell.column for cell in heading}
    first = next(row for row in rows if row[columns["风险点编号"] - 1].value == code)
    for name, value in cells.items():
        sheet.cell(first[0].row, columns[name], value)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()
