"""What stands where on a label of a given shape: the symbol at the left, on squarish labels on top.

From top to bottom the level in words on its colour, the human code, the name of the point and, across the foot, the
enterprise. Where the symbol leaves room above it, the level takes the whole width. A blank label has no level yet.
"""

from dataclasses import dataclass
from functools import lru_cache

from reportlab.lib.units import mm

SMALLEST_TEXT = 5.0  # points: what people can just read at arm's length
SMALLEST_MODULE = 0.3  # mm: what a phone can just read
USUAL_MODULES = 45  # along a side of version 5 with its quiet zone
LEAST_SYMBOL = SMALLEST_MODULE * USUAL_MODULES
LEADING = 1.25

# Of the height that lies inside the padding.
_FOOT, _BAND = 0.1, 0.2
_FOOT_MM, _FOOT_MOST = 2.6, 0.25
_SQUARISH = 1.1
_BESIDE, _ON_TOP = 0.5, 0.66
_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Box:
    """A place for text on a label, in points from its lower left corner, and the largest size of its letters."""

    left: float
    top: float
    width: float
    height: float
    largest: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything stands; the symbol's square, quiet zone included, in mm from the label's lower left corner."""

    x: float
    y: float
    side: float
    band: Box | None
    code: Box
    name: Box
    enterprise: Box


def padding_of(width: float, height: float) -> float:
    """Return the mm that stay white within the edge of a label of so many mm."""
    return 1.0 if min(width, height) < 25 else 1.5 if min(width, height) < 36 else 2.0


@lru_cache(maxsize=256)
def arranged(width: float, height: float, *, blank: bool = False, foot_lines: int = 1) -> Arrangement:
    """Arrange a label of so many mm; the foot holds at least so many lines of the smallest text, if they fit at all."""
    padding = padding_of(width, height)
    inner, tall = width - 2 * padding, height - 2 * padding
    foot = min(max(_FOOT * tall, _FOOT_MM), 6.0)
    foot = max(foot, min(foot_lines * LEADING * SMALLEST_TEXT / mm, _FOOT_MOST * tall))
    place = _Place(padding, padding + foot, inner, tall - foot)
    squarish = inner < _SQUARISH * tall
    # Under a narrow column of text the foot is not to outdo the name.
    most = 6.5 if squarish else 10
    enterprise = _box(_Place(padding, padding, inner, foot), share=0.72 / foot_lines, most=most, centred=True)
    if squarish:
        return _on_top(place, enterprise, blank)
    return _beside(place, enterprise, blank)


@dataclass(frozen=True, slots=True)
class _Place:
    """A rectangle on the label, in mm from the lower left corner of the label."""

    x: float
    y: float
    width: float
    height: float

    def split(self, height: float) -> tuple["_Place", "_Place"]:
        """Return what lies in the upper `height` mm and, below a gap, the rest."""
        rest = self.height - height
        gap = _GAP if height else 0
        return (
            _Place(self.x, self.y + rest, self.width, height),
            _Place(self.x, self.y, self.width, rest - gap),
        )


def _beside(place: _Place, enterprise: Box, blank: bool) -> Arrangement:
    """The symbol at the left; the level above both columns when the symbol would leave that room empty."""
    across = place.height - _BESIDE * place.width >= _FOOT * place.height
    band = 0.0 if blank else (_BAND if across else 0.25) * place.height
    if across:
        level, place = place.split(band)
    side = min(place.height, _BESIDE * place.width)
    column = _Place(place.x + side + _GAP, place.y, place.width - side - _GAP, place.height)
    if not across:
        level, column = column.split(band)
    code, name = column.split((0.4 if blank else 0.28) * column.height)
    return Arrangement(
        place.x,
        place.y + (place.height - side) / 2,
        side,
        None if blank else _box(level, share=0.64, most=40, centred=True),
        _box(code, share=0.78, most=40),
        _box(name, share=0.3, most=30),
        enterprise,
    )


def _on_top(place: _Place, enterprise: Box, blank: bool) -> Arrangement:
    """The level, then the symbol in the middle, then the text below it."""
    level, place = place.split(0.0 if blank else _BAND * place.height)
    side = min(place.width, _ON_TOP * place.height)
    symbol, text = place.split(side)
    code, name = text.split(0.38 * text.height)
    return Arrangement(
        symbol.x + (symbol.width - side) / 2,
        symbol.y,
        side,
        None if blank else _box(level, share=0.64, most=40, centred=True),
        _box(code, share=0.78, most=40, centred=True),
        _box(name, share=0.5, most=30, centred=True),
        enterprise,
    )


def _box(place: _Place, *, share: float, most: float, centred: bool = False) -> Box:
    """Return the place in points, its letters at most so large a share of its height."""
    largest = max(min(share * place.height * mm, most), SMALLEST_TEXT)
    return Box(place.x * mm, (place.y + place.height) * mm, place.width * mm, place.height * mm, largest, centred)
