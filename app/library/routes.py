"""Where the library is reached."""

from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, Routes
from app.core.paging import page_of_list
from app.library import schemas as wire
from app.library import service
from app.library.entries import Entry, trades
from app.library.matching import search

routes = Routes("library")


@routes.read("/library/trades", "point:see", within=ANYWHERE, answer=wire.TradeListOut)
def list_trades() -> dict[str, Any]:
    """列出危险源库的行业和各自的条目数，通用的在后。例：`GET /library/trades`。"""
    return {"items": trades()}


@routes.read("/library/entries", "point:see", within=ANYWHERE, query=wire.EntryQuery, answer=wire.FoundOut, paged=True)
def list_entries(query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """检索危险源库：按行业、场所、设备、事故类型、风险点类别和文字。各条件同时满足；有文字时最相符的在前，并说明理由。

    同义的写法视为相同（配电房即配电室）；没有条目含全部文字时，给出含其中一部分的，理由写“近似”。

    例：`GET /library/entries?accident_type=中毒&text=硫化氢 污水`。
    """
    return page_of_list(search(**query), **paging)


@routes.read("/library/entries/<entry_id>", "point:see", within=ANYWHERE, answer=wire.EntryOut)
def show_entry(entry_id: str) -> Entry:
    """查看危险源库的一个条目及其措施、依据和检查项。例：`GET /library/entries/machining.press-hand-caught`。"""
    return service.get_entry(entry_id)


@routes.read(
    "/risk-points/<uuid:point_id>/suggestions", "point:see", query=wire.SuggestionQuery, answer=wire.SuggestionListOut
)
def list_suggestions(actor: Actor, point_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """按风险点的名称和类别推荐危险源库的条目，最相符的在前，说明理由；已有同名危险源的不再推荐。

    企业本行业的条目优先，其次是各行业通用的，再次是其他行业的。

    名称应写出设备或场所，例如“3#冲压机”“液氨罐区”；只写“一车间”时没有推荐。
    例：`GET /risk-points/{point_id}/suggestions?limit=5`。
    """
    return {"items": service.suggest_for(actor, point_id, **query)}


@routes.create(
    "/risk-points/<uuid:point_id>/adoptions",
    "risk:identify",
    body=wire.AdoptionIn,
    answer=wire.AdoptionOut,
    once=True,
    refuses=(409,),
)
def adopt(actor: Actor, point_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """把危险源库的条目一次采用到风险点：生成危险源、管控措施和检查项，随即可以修改和评估。

    例：`{"id": "019a3c5e-7c1e-7000-8000-0000000000a5", "entry_ids": ["machining.press-hand-caught"]}`。
    """
    return {"items": service.adopt(actor, point_id, entry_ids=body["entry_ids"])}
