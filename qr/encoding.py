"""Many texts of one length, encoded at once by numpy; every table and every fixed module is qrcode's own.

A symbol is what qrcode draws for no data at all, XOR the bits of the data where qrcode would put them. So qrcode is
asked once per version for the fixed part under each mask and for the place of every bit; the rest is array work.
Source: ISO/IEC 18004, 7.4 (data), 7.5 (error correction), 7.6 (interleaving), as qrcode implements them.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from qrcode import QRCode, base, util

Bits = NDArray[np.uint8]

MASKS = range(8)
ALPHANUMERIC: Literal[2] = 2
"""The mode indicator. Source: ISO/IEC 18004, table 2."""

_VALUES = np.zeros(256, np.uint16)
_VALUES[np.frombuffer(util.ALPHA_NUM, np.uint8)] = np.arange(len(util.ALPHA_NUM))


@dataclass(frozen=True, eq=False)
class Form:
    """What all symbols of one version and error correction share."""

    version: int
    size: int
    blocks: list[base.RSBlock]
    order: NDArray[np.intp]
    """For each codeword in drawing order, its place in the data followed by the parity of the blocks."""
    places: NDArray[np.intp]
    """For each bit in drawing order, the index of its module, counted row by row."""
    drawn: Bits
    """(mask, module): the symbol of no data, complete."""
    judged: Bits
    """(mask, module): the same without format information, which is how qrcode compares masks."""


def size(version: int) -> int:
    """Return the modules along one side."""
    return version * 4 + 17


def fitting_version(length: int, error_correction: int) -> int | None:
    """Return the smallest version that holds so many alphanumeric characters, or None when there is none."""
    bits = 4 + 11 * (length // 2) + 6 * (length % 2)
    for version, limit in enumerate(util.BIT_LIMIT_TABLE[error_correction]):
        if version and bits + util.length_in_bits(ALPHANUMERIC, version) <= limit:
            return version
    return None


@cache
def form(version: int, error_correction: int) -> Form:
    """Ask qrcode for everything that does not depend on the text."""
    blocks = base.rs_blocks(version, error_correction)
    count = 8 * sum(block.total_count for block in blocks)
    drawn = np.stack([_drawing(version, error_correction, mask, b"") for mask in MASKS])
    judged = np.stack([_drawing(version, error_correction, mask, b"", judging=True) for mask in MASKS])
    # Bit k of every index is drawn in turn, so each module spells out the index of the bit it shows.
    index = np.arange(count)
    shown = np.zeros(drawn.shape[1], np.intp)
    for k in range(count.bit_length()):
        bits = np.packbits((index >> k & 1).astype(np.uint8)).tobytes()
        shown |= (_drawing(version, error_correction, 0, bits) ^ drawn[0]).astype(np.intp) << k
    used = np.flatnonzero(_drawing(version, error_correction, 0, b"\xff" * (count // 8)) ^ drawn[0])
    places = used[np.argsort(shown[used])]
    return Form(version, size(version), blocks, _interleaving(blocks), places, drawn, judged)


def unmasked(texts: list[str], form: Form) -> Bits:
    """Return (text, module): the bits of each text in their places, zero elsewhere; the texts have one length."""
    data = _data_codewords(texts, form)
    codewords = np.concatenate([data, *_parities(data, form.blocks)], axis=1)[:, form.order]
    modules = np.zeros((len(texts), form.size**2), np.uint8)
    modules[:, form.places] = np.unpackbits(codewords, axis=1)
    return modules


def _drawing(version: int, error_correction: int, mask: int, codewords: bytes, *, judging: bool = False) -> Bits:
    """Return the modules as qrcode draws them from ready codewords, row by row."""
    code = QRCode(version=version, error_correction=error_correction)
    code.data_cache = list(codewords)
    code.makeImpl(judging, mask)
    return np.array(code.modules, np.uint8).ravel()


def _interleaving(blocks: list[base.RSBlock]) -> NDArray[np.intp]:
    """Return where each codeword in drawing order stands when data, then parity, are written block after block."""
    data = [block.data_count for block in blocks]
    parity = [block.total_count - block.data_count for block in blocks]
    return np.array([*_in_turn(data, 0), *_in_turn(parity, sum(data))])


def _in_turn(lengths: list[int], start: int) -> list[int]:
    """Take the first of each block, then the second of each, and so on; blocks follow each other from start."""
    starts = start + np.cumsum([0, *lengths])
    return [
        int(starts[block]) + place
        for place in range(max(lengths))
        for block, length in enumerate(lengths)
        if place < length
    ]


def _data_codewords(texts: list[str], form: Form) -> Bits:
    """Return (text, codeword): mode, length, characters, terminator and padding. Source: ISO/IEC 18004, 7.4."""
    count, length = len(texts), len(texts[0])
    values = _VALUES[np.frombuffer("".join(texts).encode("ascii"), np.uint8)].reshape(count, length)
    pairs = values[:, 0 : length // 2 * 2 : 2] * 45 + values[:, 1::2]
    width = util.length_in_bits(ALPHANUMERIC, form.version)
    header = np.tile(_bits(np.array([ALPHANUMERIC << width | length]), 4 + width), (count, 1))
    parts = [header, _bits(pairs, 11).reshape(count, -1), _bits(values[:, length // 2 * 2 :], 6).reshape(count, -1)]
    bits = np.concatenate(parts, axis=1)
    capacity = sum(block.data_count for block in form.blocks)
    terminator = np.zeros((count, min(4, capacity * 8 - bits.shape[1])), np.uint8)
    # packbits completes the last byte with zeros, as the standard asks.
    packed = np.packbits(np.concatenate([bits, terminator], axis=1), axis=1)
    padding = np.resize(np.array([util.PAD0, util.PAD1], np.uint8), capacity - packed.shape[1])
    return np.concatenate([packed, np.tile(padding, (count, 1))], axis=1)


def _bits(numbers: NDArray[np.integer], width: int) -> Bits:
    """Return the numbers with one more axis: their bits, the highest first."""
    return (numbers[..., None] >> np.arange(width - 1, -1, -1) & 1).astype(np.uint8)


def _parities(data: Bits, blocks: list[base.RSBlock]) -> list[Bits]:
    """Return (text, parity) for each block: the remainder after division by the generator polynomial."""
    parities, start = [], 0
    for block in blocks:
        count = block.total_count - block.data_count
        products = _generator_products(count)
        # One column more than the remainder needs stays zero: it is what each shift brings in.
        remainder = np.zeros((len(data), count + 1), np.uint8)
        for codewords in data[:, start : start + block.data_count].T:
            factor = codewords ^ remainder[:, 0]
            remainder[:, :-1] = remainder[:, 1:] ^ products[factor]
        parities.append(remainder[:, :-1])
        start += block.data_count
    return parities


@cache
def _generator_products(count: int) -> Bits:
    """Return (factor, place): each element of GF(256) times the generator polynomial of so many parity codewords."""
    generator = base.Polynomial([1], 0)
    for power in range(count):
        generator *= base.Polynomial([1, base.gexp(power)], 0)
    exponents = np.array([base.glog(coefficient) for coefficient in list(generator)[1:]])
    logarithms = np.array([0, *(base.glog(factor) for factor in range(1, 256))])
    products: Bits = np.array(base.EXP_TABLE, np.uint8)[(logarithms[:, None] + exponents) % 255]
    products[0] = 0
    return products
