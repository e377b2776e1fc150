"""The papers labels are printed on, in millimetres: sheets of a grid of equal labels, single ones, or one's own.

A label too small for a symbol a phone can read is refused here, before anything is printed.
"""

from dataclasses import dataclass
from math import isfinite

from qr.arrangement import LEAST_SYMBOL, arranged

A4 = (210.0, 297.0)
_SIDES = (15.0, 1200.0)
_MOST_LABELS = 1000


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A grid of equal labels on a page, counted row by row from the top left; all lengths in mm.

    Raises ValueError, in words for whoever gave the lengths, for what cannot be or is too small to be read.
    """

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    left: float = 0
    top: float = 0
    gap: tuple[float, float] = (0, 0)

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 1 or self.per_page > _MOST_LABELS:
            raise ValueError(f"{self._said}行数和列数应不小于 1，每页不超过 {_MOST_LABELS} 张。")
        if not all(isfinite(length) and length >= 0 for length in (self.left, self.top, *self.gap)):
            raise ValueError(f"{self._said}页边距和间隔不能为负。")
        if not all(_SIDES[0] <= side <= _SIDES[1] for side in (*self.page, *self.label)):
            raise ValueError(f"{self._said}页面和标签的边长应在 {_SIDES[0]:g} 到 {_SIDES[1]:g} 毫米之间。")
        for words, side, used in zip("宽高", self.page, self._used(), strict=True):
            # Lengths given in tenths add up inexactly; a thousandth of a millimetre is no overflow.
            if used > side + 0.001:
                raise ValueError(
                    f"{self._said}{self.columns} 列 {self.rows} 行的标签连同边距和间隔共{words} {used:g} 毫米，"
                    f"超出了{words} {side:g} 毫米的页面，请核对尺寸。"
                )
        if arranged(*self.label).side < LEAST_SYMBOL:
            raise ValueError(
                f"{self._said}{self.label[0]:g}×{self.label[1]:g} 毫米的标签放不下手机能读出的二维码，请换大一些的。"
            )

    @property
    def per_page(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Return the lower left corner of a label from the lower left of the page, in mm; places count from 0."""
        row, column = divmod(place, self.columns)
        x = self.left + column * (self.label[0] + self.gap[0])
        y = self.page[1] - self.top - row * (self.label[1] + self.gap[1]) - self.label[1]
        return x, y

    @property
    def _said(self) -> str:
        return f"标签纸“{self.name}”："

    def _used(self) -> tuple[float, float]:
        """Return the width and the height from the edge of the page to the far edge of the last label."""
        return (
            self.left + self.columns * self.label[0] + (self.columns - 1) * self.gap[0],
            self.top + self.rows * self.label[1] + (self.rows - 1) * self.gap[1],
        )


def _roll(width: float, height: float) -> Stock:
    """Return single labels for a roll printer: each is a page of its own."""
    size = (width, height)
    return Stock(name=f"单张 {width:g}×{height:g} mm", page=size, columns=1, rows=1, label=size)


A4_10 = Stock(name="A4 10 张", page=A4, columns=2, rows=5, label=(105, 57), top=6)
A4_24 = Stock(name="A4 24 张", page=A4, columns=3, rows=8, label=(70, 37), top=0.5)
A4_40 = Stock(name="A4 40 张", page=A4, columns=4, rows=10, label=(52.5, 29.7))
# The gaps of the sheets sold as 65 a page are 2.5 mm across and none down.
A4_65 = Stock(name="A4 65 张", page=A4, columns=5, rows=13, label=(38.1, 21.2), left=4.75, top=10.7, gap=(2.5, 0))

STOCKS = {
    "a4-24": A4_24,
    "a4-40": A4_40,
    "a4-65": A4_65,
    "a4-10": A4_10,
    "roll-40x30": _roll(40, 30),
    "roll-50x30": _roll(50, 30),
    "roll-60x40": _roll(60, 40),
    "roll-100x70": _roll(100, 70),
}
"""The papers known by name; any other is free: give its own lengths."""
FREE = "free"


def free_stock(
    *,
    page_width: float,
    page_height: float,
    columns: int,
    rows: int,
    label_width: float,
    label_height: float,
    left: float = 0,
    top: float = 0,
    gap_x: float = 0,
    gap_y: float = 0,
) -> Stock:
    """Return a stock of one's own, all lengths in mm. Raises ValueError as `Stock` does."""
    return Stock(
        name="自定义", page=(page_width, page_height), columns=columns, rows=rows, label=(label_width, label_height),
        left=left, top=top, gap=(gap_x, gap_y),
    )  # fmt: skip
