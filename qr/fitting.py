"""How a text is fitted into its place on a label: smaller, then on more lines, never cut."""

from functools import lru_cache

from qr import fonts
from qr.arrangement import LEADING, SMALLEST_TEXT, Box

_SHRINK = 0.94
_ON_ONE_LINE = 0.75


def one_line(text: str) -> str:
    """Return the text without line breaks and runs of spaces, as labels say it."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def fitted(text: str, box: Box, font: str) -> tuple[float, tuple[str, ...]]:
    """Return the font size in points and the drawable lines with which the whole text fits its box.

    The size falls below SMALLEST_TEXT only when the text does not fit at that size.
    """
    words = one_line(text)
    size = box.largest
    # A short name reads better smaller on one line than larger on two.
    on_one_line = 0.99 * box.width / max(fonts.width(words, 1, font), 0.001)
    if on_one_line >= max(_ON_ONE_LINE * size, SMALLEST_TEXT):
        return min(size, on_one_line), (fonts.printable(words),)
    while True:
        lines = fonts.wrap(words, box.width, size, font)
        if _widest(lines, size, font) <= box.width and len(lines) * LEADING * size <= box.height + 0.001:
            return size, _balanced(words, lines, box.width, size, font)
        # One step lands on the smallest size people can read, so that nothing becomes smaller than it must.
        size = SMALLEST_TEXT if size > SMALLEST_TEXT > size * _SHRINK else size * _SHRINK


def _balanced(words: str, lines: list[str], width: float, size: float, font: str) -> tuple[str, ...]:
    """Break into as many lines of like length, so that no single character is left to the last."""
    for share in (0.5, 0.6, 0.7, 0.8, 0.9) if len(lines) > 1 else ():
        narrower = fonts.wrap(words, share * width, size, font)
        if len(narrower) == len(lines) and _widest(narrower, size, font) <= width:
            return tuple(narrower)
    return tuple(lines)


def _widest(lines: list[str], size: float, font: str) -> float:
    return max(fonts.width(line, size, font) for line in lines)
