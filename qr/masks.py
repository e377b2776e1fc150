"""Which of the eight masks a symbol takes: the one with the fewest penalty points, judged as qrcode judges.

Each line of modules is one 64-bit number, so a rule is a few shifts for all lines of all texts under all masks.
Source: ISO/IEC 18004, 7.8.3; qrcode compares the masks before it draws the format information.
"""

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
Lines = NDArray[np.integer]
Points = NDArray[np.signedinteger]

LARGEST_SIZE = 64


def best_masks(modules: Bits, judged: Bits, size: int) -> NDArray[np.intp]:
    """Return the number of the best mask for each text, the lowest where masks are equal.

    modules is (text, module) without mask, judged (mask, module); size, in modules, is at most 64.
    """
    rows, columns = (
        _lines(judged, size, across)[:, None] ^ _lines(modules, size, across)[None] for across in (True, False)
    )
    points = _run_points(rows, size) + _run_points(columns, size)
    points += _finder_points(rows, size) + _finder_points(columns, size)
    points += _square_points(rows, size) + _balance_points(rows, size)
    chosen: NDArray[np.intp] = np.argmin(points, axis=0)
    return chosen


def _lines(modules: Bits, size: int, across: bool) -> Lines:
    """Return (…, line): each row, or each column, as one number."""
    grid = modules.reshape(-1, size, size)
    padded = np.zeros((len(grid), size, LARGEST_SIZE), np.uint8)
    padded[:, :, -size:] = grid if across else grid.transpose(0, 2, 1)
    lines: Lines = np.packbits(padded, axis=2).view(">u8").astype(np.uint64)[:, :, 0]
    return lines


def _ones(count: int) -> np.uint64:
    return np.uint64((1 << count) - 1)


def _count(lines: Lines) -> Points:
    """Return how many bits are set in all lines of each symbol."""
    counts: Points = np.bitwise_count(lines).sum(axis=-1, dtype=np.int64)
    return counts


def _run_points(lines: Lines, size: int) -> Points:
    """Rule 1: a run of n ≥ 5 modules of one colour costs n − 2."""
    equal = ~(lines ^ lines >> 1) & _ones(size - 1)
    fives = equal & equal >> 1
    fives &= fives >> 2
    # A run of n holds n − 4 windows of five and one of them has no neighbour before it.
    return _count(fives) + 2 * _count(fives & ~(fives << 1))


def _square_points(rows: Lines, size: int) -> Points:
    """Rule 2: each square of 2 × 2 modules of one colour costs 3."""
    equal = ~(rows ^ rows >> 1) & _ones(size - 1)
    return 3 * _count(equal[..., :-1] & equal[..., 1:] & ~(rows[..., :-1] ^ rows[..., 1:]))


def _finder_points(lines: Lines, size: int) -> Points:
    """Rule 3: dark-light-dark³-light-dark with four light modules before or after costs 40."""
    light = ~lines & _ones(size)
    ends = lines & light >> 1
    finder = ends & lines >> 2 & lines >> 3 & lines >> 4 & (light & lines >> 1) >> 5
    light &= light >> 1
    light &= light >> 2
    return 40 * (_count(finder & light >> 7) + _count(finder >> 4 & light))


def _balance_points(rows: Lines, size: int) -> Points:
    """Rule 4: each full 5 % by which the dark modules miss one half costs 10."""
    return (np.abs(_count(rows) / size**2 * 100 - 50) / 5).astype(np.int64) * 10
