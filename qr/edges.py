"""How near the edges of its sheet a label is printed: what is certainly cut off, and what few printers reach.

A printer cannot set what lies beyond the page, so an offset that moves it there cuts it, however the paper is fed.
"""

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from qr.arrangement import padding_of
from qr.stocks import Stock

UNREACHED = 4.0  # mm from the edge of the sheet that many office printers leave white


class _Side(NamedTuple):
    """An edge of the sheet: how it is called, the labels beside it, and which offset moves them towards it."""

    name: str
    nearest: str
    field: str
    towards: int


_SIDES = (
    _Side("左", "最左一列", "offset_x", -1),
    _Side("右", "最右一列", "offset_x", 1),
    _Side("上", "最上一行", "offset_y", -1),
    _Side("下", "最下一行", "offset_y", 1),
)
_NAMED = {"offset_x": "横向偏移", "offset_y": "纵向偏移"}


def cut_off(
    stock: Stock, *, offset_x: float = 0, offset_y: float = 0, places: Iterable[int] | None = None
) -> dict[str, str]:
    """Say, in Chinese, what these offsets in mm push to the edge of the sheet or beyond, by the offset to change.

    Places count from 0 as in `Stock.corner`; without them the whole sheet is printed. Nothing cut gives nothing.
    """
    offsets = {"offset_x": offset_x, "offset_y": offset_y}
    padding = padding_of(*stock.label)
    said = {}
    for side, margin in zip(_SIDES, _margins(stock, places), strict=True):
        left = round(margin + padding - side.towards * offsets[side.field], 3)
        if left <= 0:
            said[side.field] = _said(stock, side, offsets[side.field], margin + padding, -left)
    return said


def reaches_the_edge(stock: Stock) -> bool:
    """Whether labels of a sheet reach into what many printers leave white; those for single labels leave less."""
    return stock.page != stock.label and min(_margins(stock, None)) < UNREACHED


def _margins(stock: Stock, places: Iterable[int] | None) -> tuple[float, float, float, float]:
    """Return the mm from the left, right, upper and lower edge of the page to the nearest label."""
    corners = [stock.corner(place) for place in (range(stock.per_page) if places is None else places)]
    across, up = ([corner[axis] for corner in corners] for axis in (0, 1))
    right, top = (stock.page[axis] - stock.label[axis] for axis in (0, 1))
    return min(across), right - max(across), top - max(up), min(up)


def _said(stock: Stock, side: _Side, offset: float, room: float, beyond: float) -> str:
    """Say which side is cut and up to which offset, to a tenth of a mm, it would not be."""
    most = side.towards * (ceil(round(room * 10, 3)) - 1) / 10
    limit = f"不{'大' if side.towards > 0 else '小'}于 {_number(most)} 毫米"
    whose = "标签" if stock.per_page == 1 else f"{side.nearest}标签"
    how = f"超出 {beyond:g} 毫米" if beyond else "正好压在边上"
    return (
        f"{_NAMED[side.field]} {_number(offset)} 毫米会把{whose}的内容推出纸的{side.name}边（{how}），一定会被裁掉："
        f"请把{_NAMED[side.field]}改为{limit}；还要多移，请调整打印机的进纸位置，或换{side.name}边留白更多的标签纸。"
    )


def _number(length: float) -> str:
    return f"{length:+g}".replace("-", "−")
