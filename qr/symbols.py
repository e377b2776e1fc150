"""The symbol of a text: its version and its modules, equal to what qrcode makes of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from qrcode import QRCode, constants, util

from qr import encoding, masks

ERROR_CORRECTIONS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}

QUIET_ZONE = 4
"""Light modules a reader needs around a symbol. Source: ISO/IEC 18004, 9.1."""

# Small batches keep the arrays of the eight masks in the processor's cache.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol without its quiet zone: `size` × `size` modules, one byte each, row by row, 1 for dark."""

    text: str
    version: int
    size: int
    modules: bytes


def symbol(text: str, error_correction: str = "H") -> Symbol:
    """Return the symbol of one text; see `symbols`."""
    return symbols([text], error_correction)[0]


def side_of(text: str, error_correction: str = "H") -> int:
    """Return the modules along one side of a text's symbol, for an address without encoding it."""
    version = encoding.fitting_version(len(text), ERROR_CORRECTIONS[error_correction])
    if version is None or not _is_alphanumeric(text):
        return symbol(text, error_correction).size
    return encoding.size(version)


def symbols(texts: Iterable[str], error_correction: str = "H") -> list[Symbol]:
    """Return the symbols of many texts, in their order, each in the smallest version that holds it.

    error_correction is L, M, Q or H. Upper-case texts of one length, as addresses are, are encoded together.
    Raises ValueError for another letter and for an empty or too long text.
    """
    if error_correction not in ERROR_CORRECTIONS:
        raise ValueError(f"纠错等级“{error_correction}”不存在：请用 L、M、Q 或 H。")
    level = ERROR_CORRECTIONS[error_correction]
    ordered = list(texts)
    groups: dict[int, list[str]] = defaultdict(list)
    for text in dict.fromkeys(ordered):
        groups[len(text) if _is_alphanumeric(text) else 0].append(text)
    made = [_single(text, level) for text in groups.pop(0, [])]
    for group in groups.values():
        for start in range(0, len(group), _BATCH):
            made += _together(group[start : start + _BATCH], level)
    by_text = {each.text: each for each in made}
    return [by_text[text] for text in ordered]


def _is_alphanumeric(text: str) -> bool:
    """Say whether alphanumeric mode is the mode for the text; digits alone have a denser one."""
    return text.isascii() and not text.isdigit() and util.RE_ALPHA_NUM.match(text.encode("ascii")) is not None


def _together(texts: list[str], level: int) -> list[Symbol]:
    """Encode alphanumeric texts of one length; those too long for a line of 64 modules go one by one."""
    version = encoding.fitting_version(len(texts[0]), level)
    if version is None or encoding.size(version) > masks.LARGEST_SIZE:
        return [_single(text, level) for text in texts]
    form = encoding.form(version, level)
    bits = encoding.unmasked(texts, form)
    bits ^= form.drawn[masks.best_masks(bits, form.judged, form.size)]
    return [Symbol(text, version, form.size, row.tobytes()) for text, row in zip(texts, bits, strict=True)]


def _single(text: str, level: int) -> Symbol:
    """Let qrcode encode any text."""
    if not text:
        raise ValueError("二维码里没有内容：请给出要编码的文字。")
    code = QRCode(error_correction=level)
    code.add_data(text)
    try:
        code.make()
    except ValueError as error:
        raise ValueError(f"内容共 {len(text)} 个字，二维码放不下：请缩短。") from error
    return Symbol(text, code.version, code.modules_count, np.array(code.modules, np.uint8).tobytes())
