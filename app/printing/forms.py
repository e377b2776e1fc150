"""How a paper with facts is drawn on A4: ruled boxes with labels, photos, blocks that stay whole, from top to bottom.

What does not fit goes on to a further page, never away; feet wait until it is known how many pages there are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from PIL import Image
from reportlab.lib.utils import ImageReader

from app.printing.page import A4_PORTRAIT, GREY, LEADING, MARGIN, MM, STAMPED, Sheet, shorten
from app.printing.stamp import Stamp
from app.printing.tables import Row
from qr import fonts

NONE = "——"
MOST_PHOTOS = 4  # of each kind that are shown; the rest are counted
SIZE = 10.0
LINE = SIZE * LEADING
SMALL = 8.5
PADDING = 2.4 * MM
SIDE = 2 * MM
WIDTH = A4_PORTRAIT[0] - 2 * MARGIN
TOP = A4_PORTRAIT[1] - MARGIN
_LABEL = 26 * MM
_CONTINUED = 8 * MM
_PHOTO = (WIDTH / MOST_PHOTOS, 33 * MM)
_PIXELS = 480  # of the longer edge of a photo: 200 an inch and more
PHOTO_ROW = _PHOTO[1] + 2 * MM

Pairs = tuple[tuple[str, str], ...]
Picture = Callable[[UUID, str], bytes]
"""The JPEG of an enterprise's photo by its hash."""


@dataclass(frozen=True, slots=True)
class Photos:
    """The photos of one kind: the hashes of those that are shown, and how many there are."""

    owner: UUID
    shown: tuple[str, ...] = ()
    count: int = 0

    @property
    def more(self) -> str:
        """What is said where not all are shown."""
        return f"（共 {self.count} 张，显示 {len(self.shown)} 张）" if self.count > len(self.shown) else ""


class Form:
    """One paper in the making; `top` is where the next thing hangs from."""

    def __init__(self, sheet: Sheet, picture: Picture, *, heading: str, enterprise: str) -> None:
        """Begin a paper; its heading and enterprise are named again on further pages."""
        self.sheet, self.picture = sheet, picture
        self.again = shorten(fonts.wrap(f"{heading}（续）　{enterprise}", WIDTH, 11, fonts.BOLD), 1)
        self.top = TOP
        self.fresh = True  # nothing but a heading stands on the page

    @property
    def left(self) -> float:
        """The height that is left on the page."""
        return self.top - MARGIN - STAMPED

    def turn(self) -> None:
        """Go on to a further page."""
        self.sheet.hold_page()
        self.sheet.text(self.again, MARGIN, TOP, 11, font=fonts.BOLD)
        self.top, self.fresh = TOP - _CONTINUED, True

    def keep(self, height: float) -> None:
        """Go on to a further page unless so much is left on this one."""
        if self.left < height and not self.fresh:
            self.turn()

    def block(self, height: float, draw: Callable[[float], None]) -> None:
        """Draw what stays whole, hanging from where the page has come to."""
        self.keep(height)
        draw(self.top)
        self.top, self.fresh = self.top - height, False

    def space(self, height: float) -> None:
        """Leave room, unless a page begins here."""
        if not self.fresh:
            self.top -= height

    def heading(self, *texts: tuple[str, float, str], said: str = "") -> None:
        """Write lines in the middle, each with its size and font, something small at the right, and a rule below."""
        for text, size, font in texts:
            lines = fonts.wrap(text, WIDTH, size, font)
            self.sheet.text(lines, MARGIN + WIDTH / 2, self.top, size, font=font, align="centre")
            self.top -= len(lines) * size * LEADING + 1 * MM
        if said:
            lines = fonts.wrap(said, WIDTH, SIZE)
            self.sheet.text(lines, MARGIN + WIDTH, self.top, SIZE, align="right")
            self.top -= len(lines) * LINE
        self.top -= 2 * MM
        self.sheet.rules([(MARGIN, self.top, MARGIN + WIDTH, self.top)])
        if said:
            self.top -= 3 * MM

    def text(self, text: str, *, size: float = SIZE + 0.5, font: str = fonts.REGULAR, indent: float = 0.0) -> None:
        """Write a paragraph, line by line over pages where it must."""
        leading = size * 1.5
        for line in fonts.wrap(text, WIDTH - indent, size, font):
            self.keep(leading)
            self.sheet.text([line], MARGIN + indent, self.top, size, font=font, leading=leading)
            self.top, self.fresh = self.top - leading, False

    def facts(self, facts: Iterable[Pairs]) -> None:
        """Draw rows of labels and texts side by side; a row higher than a third of a page is broken where it must."""
        for pairs in facts:
            room = WIDTH / len(pairs) - _LABEL - 2 * SIDE
            row = Row(tuple(fonts.wrap(text or NONE, room, SIZE) for _, text in pairs))
            while row.lines * LINE + PADDING > self.left:
                fitting = int((self.left - PADDING) / LINE)
                if self.fresh or (fitting >= 2 and row.lines * LINE > (TOP - MARGIN) / 3):
                    head, row = row.split(max(1, fitting))
                    self._fact(pairs, head)
                self.turn()
            self._fact(pairs, row)

    def photos(self, photos: Photos, label: str) -> None:
        """Draw a row of photos, each within its share of the width, and say how many are not shown."""
        if photos.shown:
            self.block(PHOTO_ROW, lambda top: self._photos(photos, f"{label}照片{photos.more}", top))

    def finish(self, stamp: Stamp, *, note: str = "") -> None:
        """Close the paper: every page gets its foot."""
        self.sheet.hold_page()
        self.sheet.release_pages(lambda page, pages: self.sheet.stamped_foot(stamp, page, pages, note=note))

    def _fact(self, pairs: Pairs, row: Row) -> None:
        sheet, top, height, width = self.sheet, self.top, row.lines * LINE + PADDING, WIDTH / len(pairs)
        for column, ((label, _), lines) in enumerate(zip(pairs, row.cells, strict=True)):
            left = MARGIN + column * width
            sheet.box(left, top - height, _LABEL, height, fill=GREY)
            named = fonts.wrap(label, _LABEL - SIDE, SIZE, fonts.BOLD)
            middle = top - (height - len(named) * LINE) / 2
            sheet.text(named, left + _LABEL / 2, middle, SIZE, font=fonts.BOLD, align="centre")
            sheet.text(lines, left + _LABEL + SIDE, top - (height - len(lines) * LINE) / 2, SIZE)
        edges = [MARGIN + column * width + x for column in range(len(pairs)) for x in (0, _LABEL)]
        sheet.rules([(x, top, x, top - height) for x in (*edges, MARGIN + WIDTH)])
        sheet.rules([(MARGIN, y, MARGIN + WIDTH, y) for y in (top, top - height)])
        self.top, self.fresh = top - height, False

    def _photos(self, photos: Photos, label: str, top: float) -> None:
        sheet, (wide, high), bottom = self.sheet, _PHOTO, top - PHOTO_ROW
        for place, photo in enumerate(photos.shown):
            sheet.canvas.drawImage(
                ImageReader(small(self.picture(photos.owner, photo))), MARGIN + place * wide + 1 * MM, top - high,
                wide - 2 * MM, high - 7 * MM, preserveAspectRatio=True, anchor="c",
            )  # fmt: skip
        sheet.text([label], MARGIN + SIDE, top - 1.5 * MM, SIZE, font=fonts.BOLD)
        sheet.rules([(MARGIN, top, MARGIN, bottom), (MARGIN + WIDTH, top, MARGIN + WIDTH, bottom)])
        sheet.rules([(MARGIN, y, MARGIN + WIDTH, y) for y in (top, bottom)])


def small(photo: bytes) -> BytesIO:
    """The photo in as many pixels as a print of its size needs."""
    with Image.open(BytesIO(photo), formats=["JPEG"]) as image:
        image.thumbnail((_PIXELS, _PIXELS))
        buffer = BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=80)
    buffer.seek(0)
    return buffer
