"""The closure certificate 隐患销号证明: what a hidden hazard was, how it ended, and the event that says so.

A4, one page where the text allows; what does not fit goes on to a second page, never away.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import local_text
from app.printing.forms import LINE, PHOTO_ROW, SIDE, SIZE, SMALL, WIDTH, Form, Pairs, Photos, Picture
from app.printing.page import A4_PORTRAIT, LEADING, MARGIN, MM, Sheet
from app.printing.stamp import Stamp
from qr import fonts

TITLE = "隐患销号证明"
_PROOF = 39 * MM


@dataclass(frozen=True, slots=True)
class Link:
    """One event of the ledger as its chain vouches for it: number, hash by an algorithm, and when it was written."""

    seq: int
    hash: str
    algorithm: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosureCertificate:
    """What one closure certificate says; a date that does not apply is None."""

    enterprise: str
    code: str
    place: str
    description: str
    gravity: str
    criteria: str
    source: str
    finder: str
    found_at: datetime
    measures: str
    rectifier: str
    extensions: int
    regradings: int = 0
    regradings_down: int = 0
    reopenings: int = 0
    original_deadline_at: datetime | None
    deadline_at: datetime | None
    submitted_at: datetime | None
    acceptor: str
    accepted_at: datetime | None
    rechecker: str
    rechecked_at: datetime | None
    listing: str
    """Of a listed one: its level, number and owners; empty for any other."""
    listed_at: datetime | None
    delisted_at: datetime | None
    stopped_at: datetime | None
    resumed_at: datetime | None
    closed_at: datetime
    before: Photos
    after: Photos
    closing: Link


def closure_certificates(certificates: Iterable[tuple[ClosureCertificate, Stamp]], picture: Picture) -> bytes:
    """Return the certificates as a PDF, one after another."""
    sheet: Sheet | None = None
    for certificate, stamp in certificates:
        sheet = sheet or Sheet(A4_PORTRAIT, title=TITLE, enterprise=certificate.enterprise, drawn_on=stamp.printed_on)
        _draw(sheet, certificate, stamp, picture)
    if sheet is None:
        raise ValueError("nothing to draw")
    return sheet.finish()


def _draw(sheet: Sheet, said: ClosureCertificate, stamp: Stamp, picture: Picture) -> None:
    form = Form(sheet, picture, heading=f"{TITLE}　{said.code}", enterprise=said.enterprise)
    form.heading((said.enterprise, 12, fonts.REGULAR), (TITLE, 26, fonts.BOLD))
    form.facts(_facts(said))
    kinds = [(photos, label) for photos, label in ((said.before, "发现时"), (said.after, "整改后")) if photos.shown]
    form.keep(len(kinds) * PHOTO_ROW + _PROOF)  # photos and proof stay together
    for photos, label in kinds:
        form.photos(photos, label)
    form.space(3 * MM)
    form.block(_PROOF - 3 * MM, lambda top: _draw_proof(sheet, said.closing, top))
    form.finish(stamp, note="本证明由系统依据台账生成，可据所印销号记录核对。")


def _facts(said: ClosureCertificate) -> list[Pairs]:
    return [
        (("隐患编号", said.code), ("隐患级别", said.gravity)),
        (("地点", said.place),),
        (("隐患描述", said.description),),
        *([(("判定依据", said.criteria),)] if said.criteria else []),
        (("隐患来源", said.source), ("发现人", said.finder)),
        (("发现时间", local_text(said.found_at)), ("整改期限", _deadline(said))),
        (("整改措施", said.measures),),
        (("整改人", said.rectifier), ("整改提交", local_text(said.submitted_at))),
        (("验收人", said.acceptor), ("验收时间", local_text(said.accepted_at))),
        (("政府复查", said.rechecker), ("复查时间", local_text(said.rechecked_at))),
        *_listed(said),
        (("停止作业", local_text(said.stopped_at)), ("恢复作业", local_text(said.resumed_at))),
        (
            ("改定级别", f"改定级别 {said.regradings} 次（降级 {said.regradings_down} 次）"),
            ("重新打开", f"重新打开 {said.reopenings} 次"),
        ),
        (("销号时间", local_text(said.closed_at)), ("延期次数", f"{said.extensions} 次")),
    ]


def _listed(said: ClosureCertificate) -> list[Pairs]:
    if not said.listing:
        return []
    dates = (("挂牌时间", local_text(said.listed_at)), ("摘牌时间", local_text(said.delisted_at)))
    return [(("挂牌督办", said.listing),), dates]


def _deadline(said: ClosureCertificate) -> str:
    """The deadline that held, and the first one where it was moved."""
    if said.original_deadline_at in (None, said.deadline_at):
        return local_text(said.deadline_at)
    return f"{local_text(said.deadline_at)}\n（原定 {local_text(said.original_deadline_at)}）"


def _draw_proof(sheet: Sheet, closing: Link, top: float) -> None:
    """Draw the closing's number and hash in full, and say in one sentence how to check by them."""
    room = WIDTH - 2 * SIDE
    halves = [closing.hash[at : at + 32] for at in range(0, len(closing.hash), 32)]
    how = (
        "核对方法：从系统导出本企业事件链（flask export-chain 或 GET /api/v1/chain-export），解压后运行 "
        "python verify.py --head 号:哈希（把上面的号和哈希连写），显示“完整”即该号及此前的记录与销号时相同。"
    )
    lines = fonts.wrap(how, room, SMALL)
    height = 10 * MM + (2 + len(halves)) * LINE + len(lines) * SMALL * LEADING - 4 * MM
    sheet.box(MARGIN, top - height, WIDTH, height, line=1.0)
    sheet.text(["台账链中的销号记录"], MARGIN + SIDE, top - 1.5 * MM, 11, font=fonts.BOLD)
    named = f"第 {closing.seq} 号　算法 {closing.algorithm}　记录时间 {local_text(closing.at)}"
    sheet.text([named], MARGIN + WIDTH - SIDE, top - 1.8 * MM, SIZE, align="right")
    grouped = [" ".join(half[at : at + 8] for at in range(0, len(half), 8)) for half in halves]
    sheet.text(grouped, MARGIN + SIDE, top - 8 * MM, 12)
    sheet.text(lines, MARGIN + SIDE, top - 8 * MM - len(grouped) * 12 * LEADING - 1.5 * MM, SMALL)
