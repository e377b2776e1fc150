"""The rectification notice 隐患整改通知书: what was found, what is asked of whom, by when; and its slip.

One content, drawn as PDF here and written as a Word document by `notice_document`. A government order 责令限期整改
指令书 is the same paper with another title.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.printing.forms import LINE, SIZE, WIDTH, Form, Pairs, Photos, Picture
from app.printing.page import A4_PORTRAIT, MARGIN, MM, Sheet
from app.printing.stamp import Stamp
from qr import fonts

TITLE = "隐患整改通知书"
ORDER = "责令限期整改指令书"
RECEIPT = "回　执"
_SIGNED = 8.5 * MM  # a line somebody writes on


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeItem:
    """One hidden hazard of a notice; what is not known is empty and not printed."""

    code: str
    gravity: str
    place: str
    description: str
    source: str
    found_at: str
    grounds: str
    """By what it was graded, or the clause it offends."""
    deadline: str
    interim_measures: str = ""
    treatment: str = ""
    """Of a major one: what its treatment plan asks."""
    photos: Photos | None = None

    @property
    def facts(self) -> tuple[Pairs, ...]:
        """The item as rows of labels and texts."""
        named = (
            ("判定依据", self.grounds),
            ("整改期限", self.deadline),
            ("临时措施", self.interim_measures),
            ("治理要求", self.treatment),
        )
        return (
            (("隐患编号", self.code), ("隐患级别", self.gravity)),
            (("地点", self.place),),
            (("隐患情况", self.description),),
            (("发现方式", self.source), ("发现时间", self.found_at)),
            *(((label, text),) for label, text in named if text),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RectificationNotice:
    """What one notice says. Signatures are labels with what is known already; the rest is written by hand."""

    title: str
    enterprise: str
    issuer: str
    number: str
    addressee: str
    opening: str
    items: tuple[NoticeItem, ...]
    requirements: tuple[str, ...]
    closing: str = ""
    """What stands below the requirements, such as how to appeal."""
    contact: str = ""
    issued: tuple[tuple[str, str], ...]
    received: tuple[tuple[str, str], ...]
    receipt: str
    slip: tuple[str, ...] = ("接收人（签字）", "联系电话", "接收日期")


def rectification_notices(notices: Iterable[tuple[RectificationNotice, Stamp]], picture: Picture) -> bytes:
    """Return the notices as a PDF, one after another."""
    sheet: Sheet | None = None
    for notice, stamp in notices:
        sheet = sheet or Sheet(A4_PORTRAIT, title=notice.title, enterprise=notice.issuer, drawn_on=stamp.printed_on)
        _draw(sheet, notice, stamp, picture)
    if sheet is None:
        raise ValueError("nothing to draw")
    return sheet.finish()


def _draw(sheet: Sheet, notice: RectificationNotice, stamp: Stamp, picture: Picture) -> None:
    form = Form(sheet, picture, heading=f"{notice.title}　{notice.number}", enterprise=notice.enterprise)
    form.heading((notice.issuer, 12, fonts.REGULAR), (notice.title, 24, fonts.BOLD), said=f"编号：{notice.number}")
    form.text(f"{notice.addressee}：", font=fonts.BOLD)
    form.text(f"　　{notice.opening}")
    for number, item in enumerate(notice.items, 1):
        form.space(3 * MM)
        if len(notice.items) > 1:
            form.keep(40 * MM)
            form.text(f"（{number}）", font=fonts.BOLD)
        form.facts(item.facts)
        if item.photos:
            form.photos(item.photos, "现场")
    form.space(4 * MM)
    form.keep(30 * MM)
    form.text("整改要求", font=fonts.BOLD)
    for number, requirement in enumerate(notice.requirements, 1):
        form.text(f"{number}. {requirement}")
    for said in filter(None, (notice.closing, notice.contact)):
        form.text(said)
    _sign(form, notice)
    _slip(form, notice)
    form.finish(stamp)


def _sign(form: Form, notice: RectificationNotice) -> None:
    """Where issuer and receiver sign, side by side."""
    form.space(5 * MM)
    height = max(len(notice.issued), len(notice.received)) * _SIGNED

    def draw(top: float) -> None:
        for column, entries in enumerate((notice.issued, notice.received)):
            left = MARGIN + column * WIDTH / 2
            for place, (label, known) in enumerate(entries):
                _blank(form.sheet, f"{label}：", known, left, top - place * _SIGNED, WIDTH / 2 - 6 * MM)

    form.block(height, draw)


def _slip(form: Form, notice: RectificationNotice) -> None:
    """The slip the receiver signs, to be cut off and given back."""
    said = fonts.wrap(f"　　{notice.receipt}", WIDTH, SIZE)
    height = 16 * MM + len(said) * LINE + _SIGNED
    form.space(4 * MM)

    def draw(top: float) -> None:
        form.sheet.rules([(x, top, x + 2 * MM, top) for x in _dashes()], 0.5)
        form.sheet.text([RECEIPT], MARGIN + WIDTH / 2, top - 2 * MM, 13, font=fonts.BOLD, align="centre")
        form.sheet.text([f"编号：{notice.number}"], MARGIN + WIDTH, top - 3 * MM, SIZE, align="right")
        form.sheet.text(said, MARGIN, top - 10 * MM, SIZE)
        step = WIDTH / len(notice.slip)
        below = top - 13 * MM - len(said) * LINE
        for place, label in enumerate(notice.slip):
            _blank(form.sheet, f"{label}：", "", MARGIN + place * step, below, step - 5 * MM)

    form.block(height, draw)


def _blank(sheet: Sheet, label: str, known: str, left: float, top: float, width: float) -> None:
    """A label and a line to write on, with what is known already."""
    begins = left + fonts.width(label, SIZE) + 2
    sheet.text([label], left, top, SIZE)
    sheet.text(fonts.wrap(known, width - (begins - left), SIZE)[:2] if known else [], begins, top, SIZE)
    if not known:
        sheet.rules([(begins, top - LINE, left + width, top - LINE)], 0.5)


def _dashes() -> list[float]:
    step = 4 * MM
    return [MARGIN + step * place for place in range(int(WIDTH / step))]
