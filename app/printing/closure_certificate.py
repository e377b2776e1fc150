"""The closure certificate 隐患销号证明: what a hidden hazard was, how it ended, and the ledger head vouching for it.

A4, one page where the text allows; what does not fit goes on to a second page, never away.
"""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from PIL import Image
from reportlab.lib.utils import ImageReader

from app.core.clock import LOCAL, local_text
from app.printing.page import A4_PORTRAIT, FOOT, GREY, LEADING, MARGIN, MM, Sheet, shorten
from app.printing.tables import Row, flow
from qr import fonts

TITLE = "隐患销号证明"
NONE = "——"
MOST_PHOTOS = 4  # of each kind that are shown; the rest are counted
_SIZE = 10.0
_LINE = _SIZE * LEADING
_SMALL = 8.5
_PADDING = 2.4 * MM
_SIDE = 2 * MM
_LABEL = 26 * MM
_WIDTH = A4_PORTRAIT[0] - 2 * MARGIN
_TOP = A4_PORTRAIT[1] - MARGIN
_HEAD = 25 * MM
_CONTINUED = 10 * MM
_PHOTO = (_WIDTH / MOST_PHOTOS, 33 * MM)
_PIXELS = 480  # of the longer edge of a photo: 200 an inch and more
_PROOF = 39 * MM


@dataclass(frozen=True, slots=True)
class Photos:
    """The photos of one kind: those that are shown, as JPEGs, and how many there are."""

    shown: tuple[bytes, ...] = ()
    count: int = 0


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
    seq: int
    hash: str
    algorithm: str
    printed_at: datetime

    @property
    def printed_on(self) -> date:
        """The local day of the print."""
        return self.printed_at.astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True)
class _Fact:
    """One row of the certificate: pairs of label and text side by side."""

    pairs: tuple[tuple[str, str], ...]

    def row(self, place: int) -> Row:
        """Wrap the texts to their share of the width."""
        room = _WIDTH / len(self.pairs) - _LABEL - 2 * _SIDE
        return Row(tuple(fonts.wrap(text or NONE, room, _SIZE) for _, text in self.pairs), place=place)


def closure_certificate(certificate: ClosureCertificate) -> bytes:
    """Return the certificate as a PDF."""
    sheet = Sheet(A4_PORTRAIT, title=TITLE, enterprise=certificate.enterprise, drawn_on=certificate.printed_on)
    facts = _facts(certificate)
    pages = flow([fact.row(place) for place, fact in enumerate(facts)], _room_on, _LINE, _PADDING)
    blocks = [
        (kind, label) for kind, label in ((certificate.before, "发现时"), (certificate.after, "整改后")) if kind.shown
    ]
    left = _room_on(len(pages) - 1) - sum(row.lines * _LINE + _PADDING for row in pages[-1])
    further: list[list[Row]] = [] if left >= len(blocks) * _block() + _PROOF else [[]]  # photos and proof stay together
    everything = [*pages, *further]
    for number, rows in enumerate(everything, 1):
        top = _draw_head(sheet, certificate) if number == 1 else _draw_continued(sheet, certificate)
        for row in rows:
            top = _draw_row(sheet, facts[row.place], row, top)
        if number == len(everything):
            for photos, label in blocks:
                top = _draw_photos(sheet, photos, label, top)
            _draw_proof(sheet, certificate, top - 3 * MM)
        note = "本证明由系统依据台账生成，可据所印链首核对。"
        sheet.foot(f"台账第 {certificate.seq} 号", certificate.printed_on, number, len(everything), note=note)
        sheet.next_page()
    return sheet.finish()


def _facts(said: ClosureCertificate) -> list[_Fact]:
    facts = [
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
    return [_Fact(pairs) for pairs in facts]


def _listed(said: ClosureCertificate) -> list[tuple[tuple[str, str], ...]]:
    if not said.listing:
        return []
    dates = (("挂牌时间", local_text(said.listed_at)), ("摘牌时间", local_text(said.delisted_at)))
    return [(("挂牌督办", said.listing),), dates]


def _deadline(said: ClosureCertificate) -> str:
    """The deadline that held, and the first one where it was moved."""
    if said.original_deadline_at in (None, said.deadline_at):
        return local_text(said.deadline_at)
    return f"{local_text(said.deadline_at)}\n（原定 {local_text(said.original_deadline_at)}）"


def _room_on(page: int) -> float:
    return _TOP - MARGIN - FOOT - (_CONTINUED if page else _HEAD)


def _block() -> float:
    return _PHOTO[1] + 2 * MM


def _draw_head(sheet: Sheet, said: ClosureCertificate) -> float:
    name = fonts.wrap(said.enterprise, _WIDTH, 12)
    sheet.text(shorten(name, 1), MARGIN + _WIDTH / 2, _TOP, 12, align="centre")
    sheet.text([TITLE], MARGIN + _WIDTH / 2, _TOP - 7 * MM, 26, font=fonts.BOLD, align="centre")
    top = _TOP - _HEAD
    sheet.rules([(MARGIN, top, MARGIN + _WIDTH, top)])
    return top


def _draw_continued(sheet: Sheet, said: ClosureCertificate) -> float:
    title = fonts.wrap(f"{TITLE}（续）　{said.code}　{said.enterprise}", _WIDTH, 11, fonts.BOLD)
    sheet.text(shorten(title, 1), MARGIN, _TOP, 11, font=fonts.BOLD)
    top = _TOP - _CONTINUED
    sheet.rules([(MARGIN, top, MARGIN + _WIDTH, top)])
    return top


def _draw_row(sheet: Sheet, fact: _Fact, row: Row, top: float) -> float:
    """Draw one row hanging from `top` and return where the next one hangs from."""
    height, width = row.lines * _LINE + _PADDING, _WIDTH / len(fact.pairs)
    for column, ((label, _), lines) in enumerate(zip(fact.pairs, row.cells, strict=True)):
        left = MARGIN + column * width
        sheet.box(left, top - height, _LABEL, height, fill=GREY)
        middle = top - (height - _LINE) / 2
        sheet.text([label], left + _LABEL / 2, middle, _SIZE, font=fonts.BOLD, align="centre")
        sheet.text(lines, left + _LABEL + _SIDE, top - (height - len(lines) * _LINE) / 2, _SIZE)
    edges = [MARGIN + column * width + x for column in range(len(fact.pairs)) for x in (0, _LABEL)]
    sheet.rules([(x, top, x, top - height) for x in (*edges, MARGIN + _WIDTH)])
    sheet.rules([(MARGIN, y, MARGIN + _WIDTH, y) for y in (top, top - height)])
    return top - height


def _draw_photos(sheet: Sheet, photos: Photos, label: str, top: float) -> float:
    """Draw a row of photos, each within its share of the width, and say how many are not shown."""
    wide, high = _PHOTO
    for place, photo in enumerate(photos.shown):
        picture = ImageReader(_small(photo))
        sheet.canvas.drawImage(
            picture, MARGIN + place * wide + 1 * MM, top - high, wide - 2 * MM, high - 7 * MM,
            preserveAspectRatio=True, anchor="c",
        )  # fmt: skip
    more = f"（共 {photos.count} 张，显示 {len(photos.shown)} 张）" if photos.count > len(photos.shown) else ""
    sheet.text([f"{label}照片{more}"], MARGIN + _SIDE, top - 1.5 * MM, _SIZE, font=fonts.BOLD)
    bottom = top - _block()
    sheet.rules([(MARGIN, top, MARGIN, bottom), (MARGIN + _WIDTH, top, MARGIN + _WIDTH, bottom)])
    sheet.rules([(MARGIN, bottom, MARGIN + _WIDTH, bottom)])
    return bottom


def _small(photo: bytes) -> BytesIO:
    """The photo in as many pixels as a print of its size needs."""
    with Image.open(BytesIO(photo), formats=["JPEG"]) as image:
        image.thumbnail((_PIXELS, _PIXELS))
        buffer = BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=80)
    buffer.seek(0)
    return buffer


def _draw_proof(sheet: Sheet, said: ClosureCertificate, top: float) -> None:
    """Draw the head of the ledger in full, and say in one sentence how to check by it."""
    room = _WIDTH - 2 * _SIDE
    halves = [said.hash[at : at + 32] for at in range(0, len(said.hash), 32)]
    how = (
        "核对方法：从系统导出本企业事件链（flask export-chain 或 GET /api/v1/chain-export），解压后运行 "
        "python verify.py --head 号:哈希（把上面的号和哈希连写），显示“完整”即此前的记录与打印时相同。"
    )
    lines = fonts.wrap(how, room, _SMALL)
    height = 10 * MM + (2 + len(halves)) * _LINE + len(lines) * _SMALL * LEADING - 4 * MM
    sheet.box(MARGIN, top - height, _WIDTH, height, line=1.0)
    sheet.text(["台账链首"], MARGIN + _SIDE, top - 1.5 * MM, 11, font=fonts.BOLD)
    named = f"第 {said.seq} 号　算法 {said.algorithm}　打印时间 {local_text(said.printed_at)}"
    sheet.text([named], MARGIN + _WIDTH - _SIDE, top - 1.8 * MM, _SIZE, align="right")
    grouped = [" ".join(half[at : at + 8] for at in range(0, len(half), 8)) for half in halves]
    sheet.text(grouped, MARGIN + _SIDE, top - 8 * MM, 12)
    sheet.text(lines, MARGIN + _SIDE, top - 8 * MM - len(grouped) * 12 * LEADING - 1.5 * MM, _SMALL)
