"""The commands that look whether everything stored is as it was written, and give the ledger to whoever checks it."""

import sys
from collections.abc import Iterator
from itertools import chain as following
from pathlib import Path

import click
from sqlalchemy import select

from app.core.chain import Finding, broken_links, lost_commitments
from app.core.db import reading, reading_one_moment, session
from app.core.events import Ledger
from app.enterprises.models import Enterprise
from app.evidence import proof as photos_proof
from app.exchange.chain.packing import pack
from app.hidden_hazards import proof as hidden_hazards_proof
from app.inspections import proof as inspections_proof
from app.risks.rollup import lost_zones, recounted, stored_counts

PROOFS = (
    broken_links,
    lost_commitments,
    hidden_hazards_proof.findings,
    inspections_proof.findings,
    photos_proof.findings,
)


def findings(enterprise: Enterprise, *, photos: bool = False) -> Iterator[Finding]:
    """Everything of an enterprise that is not as its events say; with `photos` every stored file is read too."""
    files = (photos_proof.altered_files,) if photos else ()
    return following.from_iterable(proof(enterprise.id) for proof in (*PROOFS, *files))


@click.command("verify-chain")
@click.option("--enterprise", "code", default="", help="企业代码；不填为全部企业")
@click.option("--photos", is_flag=True, help="逐字节核对照片文件，较慢")
def verify_chain(code: str, photos: bool) -> None:
    """核对每家企业的事件链，以及隐患、排查记录、照片与事件是否相符；不符的逐项列出并以 1 退出。"""
    wrong = 0
    with reading_one_moment():
        for enterprise in _named(code):
            found = 0
            for finding in findings(enterprise, photos=photos):
                found += 1
                click.echo(f"{enterprise.code} {enterprise.name}　{finding}")
            ledger = session().get_one(Ledger, enterprise.id)
            said = f"{found} 处不符" if found else f"完整，共 {ledger.seq} 个事件，链首 {ledger.seq}:{ledger.hash}"
            click.echo(f"{enterprise.code} {enterprise.name}：{said}")
            wrong += found
    sys.exit(1 if wrong else 0)


@click.command("export-chain")
@click.option("--enterprise", "code", required=True, help="企业代码")
@click.option("--to", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写入的 zip 文件")
def export_chain(code: str, path: Path) -> None:
    """把一家企业的事件链连同核对程序写成 zip；不含个人信息，任何人都可以据此核对。"""
    with reading_one_moment(), path.open("wb") as file:
        for enterprise in _named(code):
            pack(enterprise, file)
    click.echo(f"已写入 {path}。解压后运行 python verify.py 核对。")


@click.command("check-rollup")
def check_rollup() -> None:
    """重新计算每家企业各分区的等级数量，与存储的核对；不一致时以 1 退出。"""
    wrong = 0
    with reading() as current:
        for enterprise_id in current.scalars(select(Ledger.enterprise_id)).all():
            stored, right = stored_counts(enterprise_id), recounted(enterprise_id)
            for node, counts in right.items():
                if stored.get(node, {}) != counts:
                    wrong += 1
                    click.echo(f"{enterprise_id} 的 {node}：存储 {stored.get(node)}，应为 {counts}")
            for zone_id in lost_zones(enterprise_id):
                wrong += 1
                click.echo(f"{enterprise_id} 的分区 {zone_id}：路径与上级不符")
    click.echo("全部一致。" if not wrong else f"{wrong} 处不一致。")
    sys.exit(1 if wrong else 0)


def _named(code: str) -> list[Enterprise]:
    """The enterprise of this code, or all of them."""
    statement = select(Enterprise).order_by(Enterprise.code)
    found = list(session().scalars(statement.where(Enterprise.code == code) if code else statement))
    if code and not found:
        raise click.ClickException(f"没有代码为 {code} 的企业，请核对后重试。")
    return found
