"""A PNG in a PDF as it was written: the same compressed rows, neither decoded nor packed again.

A plan of ten megapixels would take a hundred megabytes to pass through as pixels. Source: ISO 32000, 7.4.4.4: Flate
with predictor 15 is what PNG's rows are.
"""

import struct
from collections.abc import Iterator
from hashlib import sha256

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SPACES = {0: ("DeviceGray", 1), 2: ("DeviceRGB", 3)}  # by the colour type of the file


def draw_png(canvas: Canvas, content: bytes, x: float, y: float, width: float, height: float) -> bool:
    """Draw a plain PNG (grey or RGB, 8 bits, not interlaced) into a rectangle; false for any other file."""
    if not content.startswith(_SIGNATURE):
        return False
    chunks = list(_chunks(content))
    across, down, bits, colour, _, _, interlaced = struct.unpack(">2I5B", chunks[0][1])
    if bits != 8 or colour not in _SPACES or interlaced or any(kind == b"tRNS" for kind, _ in chunks):
        return False
    name = f"png{sha256(content).hexdigest()[:16]}"
    document = canvas._doc
    if not document.hasForm(name):
        space, channels = _SPACES[colour]
        stream = PDFStream(content=b"".join(data for kind, data in chunks if kind == b"IDAT"))
        stream.dictionary = PDFDictionary({
            "Type": PDFName("XObject"), "Subtype": PDFName("Image"), "Width": across, "Height": down,
            "ColorSpace": PDFName(space), "BitsPerComponent": bits, "Filter": PDFName("FlateDecode"),
            "DecodeParms": PDFDictionary(
                {"Predictor": 15, "Colors": channels, "BitsPerComponent": bits, "Columns": across}
            ),
        })  # fmt: skip
        document.addForm(name, stream)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(width, height)
    canvas.doForm(name)
    canvas.restoreState()
    return True


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        yield kind, content[place + 8 : place + 8 + size]
        place += size + 12
