"""How a workbook's bytes come in and where they lie: refused at once or on the disk, before any lock is taken."""

import hashlib
from typing import Any

from app.core.actor import Actor
from app.core.declared import Upload
from app.core.incoming import uploaded_bytes
from app.core.installation import store
from app.exchange.workbook.opening import opened

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK = Upload(
    media_types=(XLSX,),
    limit="workbook_bytes",
    wrong_type=f"请上传 .xlsx 工作簿（{XLSX}）；.xls、.et、.csv 请用 Excel 或 WPS 另存为 .xlsx 后再上传。",
    too_large="工作簿超过 {limit}，请删去图片和多余的表，或拆成几个文件。",
)


def taken_in(actor: Actor, **_: Any) -> dict[str, str]:
    """The workbook in this request's body, checked for what may not be opened, and kept; the slow work of an upload."""
    content = uploaded_bytes(WORKBOOK)
    opened(content)
    return {"sha256": keep(actor, content)}


def keep(actor: Actor, content: bytes) -> str:
    """Put a workbook on the disk, under its hash, which is returned."""
    sha256 = hashlib.sha256(content).hexdigest()
    store().keep(_branch(actor), sha256, content)
    return sha256


def kept(actor: Actor, sha256: str) -> bytes:
    """The bytes of a workbook of the enterprise."""
    return store().read(_branch(actor), sha256)


def _branch(actor: Actor) -> str:
    return f"{actor.enterprise.hex}-workbooks"
