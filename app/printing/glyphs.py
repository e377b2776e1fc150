"""Which characters of a document the typeface cannot draw, named for whoever prints it."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from qr import fonts


def unprintable(document: Any) -> list[str]:
    """One warning with every character of the document that would print as 〓; none when all can be drawn."""
    missing = fonts.missing_glyphs("".join(_texts(document)))
    if not missing:
        return []
    named = "、".join(f"“{character}”（{_name(character)}）" for character in missing[:20])
    more = f" 等 {len(missing)} 个字" if len(missing) > 20 else ""
    return [f"字库里没有 {named}{more}，印成了“{fonts.REPLACEMENT}”；请改用其他写法后重印。"]


def _texts(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from _texts(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _texts(value)


def _name(character: str) -> str:
    known = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" {known}" if known and not known.startswith("CJK") else "")
