"""Codes for others to print: a ZIP of one picture a label, and a CSV for label software."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from typing import Literal

from qr.fitting import one_line
from qr.images import png, svg
from qr.labels import Label, with_symbols
from qr.symbols import Symbol

Picture = Literal["png", "svg"]

_DRAW: dict[Picture, Callable[[Symbol], bytes]] = {"png": png, "svg": svg}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a ZIP can say: equal content gives equal bytes
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I)
_LONGEST_NAME = 60

_BOM = "\ufeff"  # by which a spreadsheet knows the file is UTF-8
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HEADINGS = ("编号", "名称", "风险等级", "区域", "企业", "二维码内容", "序列号")


def symbols_zip(labels: Iterable[Label], picture: Picture = "png") -> bytes:
    """Return a ZIP with the symbol of each label as PNG or SVG, named by its code so that any file system takes it.

    Raises ValueError for no labels.
    """
    draw = _DRAW[picture]
    taken: set[str] = set()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for label, symbol in with_symbols(labels):
            entry = zipfile.ZipInfo(f"{_unused(safe_name(label.code), taken)}.{picture}", _EPOCH)
            # A PNG is packed already.
            entry.compress_type = zipfile.ZIP_STORED if picture == "png" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, draw(symbol))
    if not taken:
        raise ValueError("没有要打包的二维码：请至少选择一个风险点。")
    return buffer.getvalue()


def labels_csv(labels: Iterable[Label]) -> bytes:
    """Return what the labels say as CSV in UTF-8 with its mark, headings first; a blank label has a serial and no code.

    A text that a spreadsheet would take for a formula goes behind a space: that makes it a text, and on a label
    nothing is seen of it, as an apostrophe would be.
    """
    text = io.StringIO(newline="")
    text.write(_BOM)
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for label in labels:
        code = "" if label.blank else label.code
        said = (code, label.name, label.level_words, label.zone, label.enterprise, label.text, label.serial)
        writer.writerow([_guarded(one_line(part)) for part in said])
    return text.getvalue().encode("utf-8")


def safe_name(code: str) -> str:
    """Return a code as the name of a file no system refuses, without its ending; different codes may give one name."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", one_line(code)))[:_LONGEST_NAME].strip(" .")
    return f"_{name}" if not name or _RESERVED.match(name) else name


def _unused(name: str, taken: set[str]) -> str:
    """Return the name, or the name with the first free number, and take it; large and small letters are one."""
    candidate, number = name, 1
    while (key := unicodedata.normalize("NFKC", candidate).casefold()) in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken.add(key)
    return candidate


def _guarded(text: str) -> str:
    return f" {text}" if text.startswith(_FORMULA) else text
