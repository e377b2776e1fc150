"""The watermark of a photo (pure): who, when, where and which, on a dark strip at the foot of what is shown.

It is drawn each time the photo is looked at, never stored and never on the original: what is said of a photo may be
corrected later, what it shows may not.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from PIL import Image, ImageDraw, ImageFont

from qr import fonts

FONT = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
WEIGHT = 500
LEAST, MOST = 11, 30  # pixels of a character
LINES_A_PICTURE = 34  # how many characters high the picture is, before the limits above
DARKNESS = 150  # of 255
MOST_LINES = 8


def marked(shown: bytes, lines: Sequence[str]) -> bytes:
    """The picture with these lines at its foot, as JPEG; a long line is broken, what does not fit is left out."""
    picture = Image.open(io.BytesIO(shown), formats=["JPEG"]).convert("RGB")
    size = max(LEAST, min(MOST, min(picture.size) // LINES_A_PICTURE))
    pad = size // 2
    wrapped = [piece for line in lines for piece in fonts.wrap(" ".join(line.split()), picture.width - 2 * pad, size)]
    step = round(size * 1.4)
    wrapped = wrapped[: max(1, min(MOST_LINES, (picture.height - 2 * pad) // step))]
    strip = (0, picture.height - step * len(wrapped) - 2 * pad, picture.width, picture.height)
    picture.paste("black", strip, Image.new("L", (strip[2] - strip[0], strip[3] - strip[1]), DARKNESS))
    pen = ImageDraw.Draw(picture)
    for place, text in enumerate(wrapped):
        pen.text((pad, strip[1] + pad + step * place), text, font=_font(size), fill="white")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@lru_cache(maxsize=MOST - LEAST + 1)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(resources.files("justmytype_intl_cjk").joinpath(FONT)), size)
    font.set_variation_by_axes([WEIGHT])
    return font
