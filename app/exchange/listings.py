"""Lists people take away: the ledger of hidden hazards, and everything the enterprise looks at (一企一清单)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts.models import User
from app.core.actor import Actor
from app.core.clock import local_text, today
from app.core.db import session
from app.enterprises.service import own_enterprise
from app.exchange.workbook.tables import Table, columns
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.searching import list_hazards
from app.hidden_hazards.terms import State
from app.inspections.checklists import list_enterprise_items
from app.inspections.judging import limits_text
from app.risks.models import RiskPoint
from app.risks.points import of_own_units

AT_ONCE = 500  # rows fetched together
HAZARD_COLUMNS = columns(
    ("序号", 6), ("隐患编号", 16), ("发现时间", 16), ("地点", 22), ("隐患描述", 40), ("来源", 10), ("排查类型", 14),
    ("隐患级别", 10), ("判定依据", 30), ("状态", 10), ("发现人", 10), ("整改责任人", 10), ("原定期限", 16),
    ("现行期限", 16), ("延期次数", 8), ("整改措施", 36), ("整改费用（元）", 12), ("提交整改", 16), ("企业验收", 16),
    ("验收人", 14), ("政府复查", 16), ("挂牌", 16), ("摘牌", 16), ("销号", 16), ("退回次数", 8),
    ("降级次数", 8), ("重新打开次数", 8), ("发现次数", 8), ("是否逾期", 8),
)  # fmt: skip
ITEM_COLUMNS = columns(
    ("序号", 6), ("类别", 10), ("风险点编号", 14), ("风险点（章节）", 20), ("检查内容", 40), ("检查方法", 12),
    ("标准", 30), ("读数限值", 14), ("须拍照", 8), ("依据", 26), ("责任部门", 14), ("责任人", 10), ("检查周期", 10),
    ("清单版本", 8),
)  # fmt: skip


def hazard_ledger(actor: Actor, **filters: Any) -> Table:
    """隐患治理台账: the hidden hazards a filter chooses, newest first; a leader's are of his own units."""
    statement = list_hazards(actor, **filters)
    if actor.role == "leader":
        own = of_own_units(actor, select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise))
        statement = statement.where(HiddenHazard.point_id.in_(own.with_only_columns(RiskPoint.id)))
    return Table("隐患治理台账", _note(actor), HAZARD_COLUMNS, _hazard_rows(actor, statement))


def enterprise_checklist(actor: Actor, **filters: Any) -> Table:
    """一企一清单: every item in force, field and management halves."""
    return Table("隐患排查清单", _note(actor), ITEM_COLUMNS, _item_rows(list_enterprise_items(actor, **filters)))


def _note(actor: Actor) -> str:
    return f"{own_enterprise(actor).name}  导出日期：{today().isoformat()}"


def _hazard_rows(actor: Actor, statement: Select[HiddenHazard]) -> Iterator[list[str]]:
    names = _names(actor)
    found = session().scalars(statement.execution_options(yield_per=AT_ONCE))
    for number, hazard in enumerate(found, start=1):
        accepted_by = names.get(hazard.accepted_by, "") if hazard.accepted_by else _entrusted(hazard)
        yield [
            str(number), hazard.code, local_text(hazard.found_at), hazard.place, hazard.description,
            hazard.source.label, hazard.channel.label, hazard.gravity.label if hazard.gravity else "未定级",
            _grounds(hazard), hazard.state.label, names.get(hazard.found_by, "匿名" if not hazard.found_by else ""),
            names.get(hazard.rectifier_id, ""), local_text(hazard.original_deadline_at),
            local_text(hazard.deadline_at), str(hazard.extensions), hazard.measures or "",
            "" if hazard.cost is None else format(hazard.cost, "f"), local_text(hazard.submitted_at),
            local_text(hazard.accepted_at), accepted_by, local_text(hazard.rechecked_at), local_text(hazard.listed_at),
            local_text(hazard.delisted_at), local_text(hazard.closed_at if hazard.state is State.CLOSED else None),
            str(hazard.rejections), str(hazard.regradings_down), str(hazard.reopenings), str(hazard.occurrences),
            "是" if hazard.overdue else "",
        ]  # fmt: skip


def _item_rows(statement: Select[Any]) -> Iterator[list[str]]:
    for number, row in enumerate(session().scalars(statement.execution_options(yield_per=AT_ONCE)), start=1):
        item = row.item
        yield [
            str(number), row.half.label, row.point_code or "", row.point_name or item.get("chapter", ""), item["check"],
            item["how"], item["standard"], limits_text(item["reading"]) if item.get("reading") else "",
            "是" if item.get("photo_required") else "", item["basis"], row.unit_name or "", row.responsible_name or "",
            row.check_cycle or "", str(row.checklist_version),
        ]  # fmt: skip


def _entrusted(hazard: HiddenHazard) -> str:
    return f"{hazard.entrusted['name']}（委托）" if hazard.entrusted else ""


def _grounds(hazard: HiddenHazard) -> str:
    named = "；".join(f"{clause['title']} {clause['clause']}" for clause in hazard.clauses)
    return named or hazard.criteria or ""


def _names(actor: Actor) -> dict[UUID | None, str]:
    """Who may stand in the ledger by name: the enterprise's own people; an office's go by their office's papers."""
    rows = session().execute(select(User.id, User.name).where(User.enterprise_id == actor.enterprise))
    return {row.id: row.name for row in rows}
