"""Characters safety texts need and the font lacks: CO₂, 10⁻⁶, ☑ and ☒ are put together from glyphs it has.

A composed glyph is a TrueType composite appended to the font in memory, so it prints, measures and copies out of the
PDF as the character that was typed.
"""

import struct
from typing import NamedTuple

from reportlab.pdfbase.ttfonts import TTFontFace

_WORDS, _XY, _SCALE, _MORE = 0x0001, 0x0002, 0x0008, 0x0020
_SMALL = 0.6


class _Part(NamedTuple):
    """One glyph inside a composed one: the character it is taken from, its scale, its offset in font units."""

    character: str
    scale: float = 1.0
    x: int = 0
    y: int = 0


_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₙₘ", "0123456789+-=()aeoxnm", strict=True))
_SUPERSCRIPTS = dict(zip("⁰⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "056789+-=()n", strict=True))
_LIKENESSES = {"☐": "□", "☒": "⊠", "✔": "✓", "✗": "×", "✘": "×"}
_COMPOSED: dict[str, tuple[_Part, ...]] = {
    **{c: (_Part(of),) for c, of in _LIKENESSES.items()},
    **{c: (_Part(of, _SMALL, 20, -140),) for c, of in _SUBSCRIPTS.items()},
    **{c: (_Part(of, _SMALL, 20, 330),) for c, of in _SUPERSCRIPTS.items()},
    "☑": (_Part("□"), _Part("✓", 0.9, 190, 50)),
}


def complete(face: TTFontFace) -> None:
    """Add to a freshly loaded reportlab font face the composed characters it lacks."""
    known = face.charToGlyph
    table = face.table["glyf"]
    data = bytearray(face._ttf_data)
    # One unused glyph spans what lies between the end of the font's outlines and the composed ones appended here.
    face.glyphPos.append(len(data) - table["offset"])
    face.hmetrics.append((0, 0))
    for character, parts in _COMPOSED.items():
        code = ord(character)
        if code in known:
            continue
        outline, advance, bearing = _compose(face, parts)
        data += outline
        face.glyphPos.append(len(data) - table["offset"])
        known[code] = len(face.hmetrics)
        face.hmetrics.append((advance, bearing))
        face.charWidths[code] = face._pdfScale(advance)
    table["length"] = len(data) - table["offset"]
    face._ttf_data = bytes(data)


def _compose(face: TTFontFace, parts: tuple[_Part, ...]) -> tuple[bytes, int, int]:
    glyphs = [face.charToGlyph[ord(part.character)] for part in parts]
    boxes = [_placed_box(face, glyph, part) for glyph, part in zip(glyphs, parts, strict=True)]
    left, bottom = (min(box[i] for box in boxes) for i in (0, 1))
    right, top = (max(box[i] for box in boxes) for i in (2, 3))
    outline = struct.pack(">5h", -1, left, bottom, right, top)
    for glyph, part in zip(glyphs, parts, strict=True):
        flags = _WORDS | _XY | _SCALE | (0 if part is parts[-1] else _MORE)
        outline += struct.pack(">2H3h", flags, glyph, part.x, part.y, round(part.scale * 0x4000))
    advance = round(parts[0].scale * face.hmetrics[glyphs[0]][0]) + 2 * parts[0].x
    return outline + bytes(-len(outline) % 4), advance, left


def _placed_box(face: TTFontFace, glyph: int, part: _Part) -> tuple[int, int, int, int]:
    start = face.table["glyf"]["offset"] + face.glyphPos[glyph]
    left, bottom, right, top = (round(part.scale * v) for v in struct.unpack_from(">4h", face._ttf_data, start + 2))
    return left + part.x, bottom + part.y, right + part.x, top + part.y
