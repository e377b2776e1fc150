"""The part of the tour that governs risks: the library, a change of table foreseen, an import."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from app.core.ids import new_id
from app.demo.visitor import Answer, Tour, TourFailed, Visitor

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
