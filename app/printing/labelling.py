"""How each zone is named on the map: inside it, else beside it with a leader line, else by a letter for the list.

No label covers a dot, another label, or the outline of a zone. Dots stay in their zones; a few step aside where the
name of their zone would not fit in otherwise.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count, product
from string import ascii_uppercase
from typing import NamedTuple

from app.printing.filling import FAR, NEAR, Block, Label, Page
from app.printing.placing import Box, Point, Polygon, regions
from qr import fonts

_LARGE = (13.0, 12.0, 11.0, 10.0)
_READABLE = (*_LARGE, 9.0, 8.0)
_SMALL = (7.5, 7.0, 6.5)
_BESIDE = (9.0, 8.0)
_LEAST = (8.0, 7.0)
_MOST_LINES = 3
_EMS = range(4, 17)
"""How wide a name may run before it is broken, in widths of a character."""


class Layout(NamedTuple):
    """Where dots and labels stand; a zone has a letter where its name did not fit, no label where not even that did.

    depths count the zones each zone lies in.
    """

    dots: list[Point]
    labels: list[Label | None]
    letters: list[str]
    depths: list[int]


def lay_out(
    outlines: Sequence[Polygon],
    names: Sequence[tuple[str, str]],
    places: Sequence[Point],
    radius: float,
    within: Box,
    drawn: Callable[[Box], bool] = lambda box: False,
) -> Layout:
    """Place the dots of the points and the labels of the zones.

    names are the name and the words of the level of each zone; drawn says whether the plan itself shows something in
    a box, which a label beside its zone rather leaves uncovered.
    """
    zones = regions(outlines)
    page = Page(zones, radius, within, drawn)
    page.settle_dots(places)
    blocks = [_blocks(*name) for name in names]
    labels: list[Label | None] = [None] * len(blocks)
    # Each way is tried for every zone before the next, so that a label in its zone never yields to one beside another.
    ways: tuple[Callable[[int, list[Block]], Label | None], ...] = (
        lambda n, own: page.inside(n, own[:1], _LARGE, central=True),
        lambda n, own: page.inside(n, own[:1], _READABLE) or page.inside_with_dots_aside(n, own[:1], _READABLE),
        lambda n, own: page.inside(n, own, _LARGE),
        lambda n, own: page.inside(n, own, _READABLE) or page.inside_with_dots_aside(n, own, _READABLE),
        lambda n, own: page.beside(n, own, _BESIDE, NEAR),
        lambda n, own: page.inside(n, own, _SMALL) or page.inside_with_dots_aside(n, own, _SMALL),
        lambda n, own: page.beside(n, own, _LEAST, (*NEAR, *FAR)),
    )
    for way, n in product(ways, range(len(blocks))):
        labels[n] = labels[n] or way(n, blocks[n])
    alphabet = _alphabet()
    letters = ["" if label else next(alphabet) for label in labels]
    for n, letter in enumerate(letters):
        if letter:
            labels[n] = page.lettered(n, letter)
    return Layout(page.dots, labels, letters, [len(zone.around) for zone in zones])


def _alphabet() -> Iterator[str]:
    """Yield A to Z, then AA, AB and so on."""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))


def _blocks(name: str, words: str) -> list[Block]:
    """Return the ways to break a label into lines, the best first; a name too long for a label has none."""
    wrapped = [fonts.wrap(name, ems, 1, fonts.BOLD) for ems in _EMS]
    # The narrowest way to have so many lines is the one with lines of like length.
    names = [next((lines for lines in wrapped if len(lines) <= most), None) for most in range(1, _MOST_LINES + 1)]
    level, bracket, colour = words.partition("（")
    found = [_block(lines, [words]) for lines in names[:2] if lines]
    if names[0]:
        found.append(_block([f"{names[0][0]}　{words}"], []))
    found += [_block(lines, [level, bracket + colour] if colour else [words]) for lines in names if lines]
    return list(dict.fromkeys(found))


def _block(name: Sequence[str], words: Sequence[str]) -> Block:
    lines = (*name, *words)
    return Block(lines, len(name), max(fonts.width(line, 1, fonts.BOLD) for line in lines))
