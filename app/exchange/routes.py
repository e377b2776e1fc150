"""Where workbooks come in and go out."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import Response

from app.core.actor import Actor
from app.core.clock import today
from app.core.endpoint import File, Routes
from app.enterprises.service import own_enterprise
from app.exchange import listings, service
from app.exchange import schemas as wire
from app.exchange.chain.packing import pack
from app.exchange.uploads import WORKBOOK, XLSX, taken_in
from app.hidden_hazards.schemas import FLAGS
from app.printing.workbooks import Table, as_csv, as_workbook

routes = Routes("exchange")
ZIP = "application/zip"
CSV = "text/csv"
AT_ONCE = 65_536  # bytes of a long file sent together


@routes.act(
    "/risk-imports",
    "exchange:import",
    query=wire.ImportQuery,
    upload=WORKBOOK,
    prepare=taken_in,
    answer=wire.ImportOut,
    status=202,
)
def begin_import(actor: Actor, query: dict[str, Any], sha256: str) -> dict[str, Any]:
    """上传风险台账（.xlsx 原始字节）核对，什么都不写入；进度和问题见 GET /risk-imports/{import_id}。

    按风险点编号、危险源编号对应已有内容，没有编号的按名称；序号不用，管控层级由系统推定。空着的单元格和没有的列保持
    不变。写了措施的，以所写为准：文字相近的沿用原措施及其检查项，不再列出的停用；措施分列时，空着的那一类不变。
    将新建的风险分区、将停用的带检查项的措施在 advice 中列出。
    """
    return service.show(actor, service.begin(actor, sha256=sha256, **query).id)


@routes.read("/risk-imports/<uuid:import_id>", "exchange:import", answer=wire.ImportOut)
def show_import(actor: Actor, import_id: UUID) -> dict[str, Any]:
    """一次导入的进度、统计、前 200 个问题和前 50 行变动；只有上传的人能看。"""
    return service.show(actor, import_id)


@routes.read("/risk-imports/<uuid:import_id>/workbook", "exchange:import", media_type=XLSX, refuses=(409,))
def download_marked(actor: Actor, import_id: UUID) -> File:
    """下载上传的工作簿，有问题的单元格已标出；没有问题时与上传的相同。"""
    return File(service.workbook_of(actor, import_id), XLSX, "核对结果.xlsx", attachment=True)


@routes.act(
    "/risk-imports/<uuid:import_id>/application", "exchange:import", answer=wire.ImportOut, status=202, refuses=(409,)
)
def apply_import(actor: Actor, import_id: UUID) -> dict[str, Any]:
    """导入一份核对过、没有问题的工作簿：要么全部写入，要么什么都不写；进度仍见 GET /risk-imports/{import_id}。"""
    service.begin_application(actor, import_id)
    return service.show(actor, import_id)


@routes.read("/risk-workbooks/template", "exchange:export", query=wire.TemplateQuery, media_type=XLSX)
def download_template(actor: Actor, query: dict[str, Any]) -> File:
    """下载空白的风险台账模板，带下拉列表和填写说明。"""
    layout = query["layout"]
    return File(service.template(actor, layout=layout), XLSX, f"风险台账模板-{layout.label}.xlsx", attachment=True)


@routes.read("/risk-workbooks/ledger", "exchange:export", query=wire.LedgerQuery, media_type=XLSX)
def download_ledger(actor: Actor, query: dict[str, Any]) -> File:
    """下载风险分级管控台账，筛选条件与风险点列表相同；负责人得到本部门（班组）的。改过后可以直接导入。"""
    content = service.ledger(actor, **query)
    return File(content, XLSX, f"风险分级管控台账-{today():%Y%m%d}.xlsx", attachment=True)


@routes.read("/hidden-hazard-ledger", "exchange:export", query=wire.HazardLedgerQuery, media_type=(XLSX, CSV))
def download_hazard_ledger(actor: Actor, query: dict[str, Any]) -> File:
    """下载隐患治理台账（xlsx 或 csv），筛选条件与隐患列表相同；负责人得到本部门（班组）风险点的。"""
    flags = {name: True for name in FLAGS if name in query}
    return _table(query.pop("format"), listings.hazard_listing(actor, **{**query, **flags}))


@routes.read("/enterprise-checklist-export", "exchange:export", query=wire.ItemsQuery, media_type=(XLSX, CSV))
def download_checklist(actor: Actor, query: dict[str, Any]) -> File:
    """下载“一企一清单”（xlsx 或 csv）：现场管理类和基础管理类的全部现行检查项。"""
    return _table(query.pop("format"), listings.enterprise_checklist(actor, **query))


def _table(kind: wire.TableFormat, table: Table) -> File:
    content = as_workbook(table) if kind is wire.TableFormat.XLSX else as_csv(table)
    return File(content, XLSX if kind is wire.TableFormat.XLSX else CSV, f"{table.title}-{today():%Y%m%d}.{kind}", True)


@routes.read("/chain-export", "chain:export", media_type=ZIP, one_moment=True)
def export_chain(actor: Actor) -> Response:
    """下载本企业的事件链（zip）：全部事件、链首、照片清单和可独立运行的核对程序；不含单独登记的个人信息，自由填写的文字原样在内。

    解压后运行 python verify.py 核对，不需要本系统；与留存在系统外的链首比对用 --head。
    """
    enterprise = own_enterprise(actor)
    file = TemporaryFile()  # noqa: SIM115 - it is closed with the answer, which is sent after this returns
    pack(enterprise, file)
    file.seek(0)
    answer = Response(_sent(file), mimetype=ZIP)
    answer.call_on_close(file.close)
    answer.headers.set("Content-Disposition", "attachment", filename=f"chain-{today():%Y%m%d}.zip")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(lambda: file.read(AT_ONCE), b"")
