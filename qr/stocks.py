"""The sheets labels are printed on, in millimetres."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A sheet of labels: a grid of equal labels on a page, counted row by row from the top left; all lengths in mm."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    left: float = 0
    top: float = 0
    gap: tuple[float, float] = (0, 0)
    symbol: float
    """The side of the symbol with its quiet zone."""
    padding: float = 2
    """What stays empty along the edge of every label, for printers that do not hit it exactly."""

    def __post_init__(self) -> None:
        if min(self.columns, self.rows, self.symbol) < 1 or min(self.left, self.top, self.padding, *self.gap) < 0:
            raise ValueError(f"标签纸“{self.name}”：行数、列数和二维码边长应不小于 1，边距和间隔不能为负。")
        width = self.left + self.columns * self.label[0] + (self.columns - 1) * self.gap[0]
        height = self.top + self.rows * self.label[1] + (self.rows - 1) * self.gap[1]
        if width > self.page[0] or height > self.page[1]:
            raise ValueError(f"标签纸“{self.name}”：{self.columns} 列 {self.rows} 行的标签超出了页面，请核对尺寸。")
        if self.symbol > self.label[1] - 2 * self.padding or self.symbol > self.label[0] / 2:
            raise ValueError(f"标签纸“{self.name}”：二维码高不过标签、宽不过标签的一半，才留得下文字。")

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


A4_24 = Stock(name="A4 24 张", page=(210, 297), columns=3, rows=8, label=(70, 37), top=0.5, symbol=33)
A4_10 = Stock(name="A4 10 张", page=(210, 297), columns=2, rows=5, label=(105, 57), top=6, symbol=51)

STOCKS = {"a4-24": A4_24, "a4-10": A4_10}
