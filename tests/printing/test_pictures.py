"""A PNG goes into a PDF as it was written, and comes out pixel by pixel."""

import io
from datetime import date

import pypdfium2
import pytest
from PIL import Image

from app.printing.page import Sheet
from app.printing.pictures import draw_png


def made(mode: str, **saved: object) -> tuple[bytes, Image.Image]:
    """A picture without two pixels alike, and its file."""
    grey = Image.linear_gradient("L").resize((60, 40))
    image = Image.merge("RGB", (grey, grey.rotate(180), grey.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    image = image.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **saved)
    return buffer.getvalue(), image


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_plain_png_is_not_decoded_and_shows_every_pixel(mode: str) -> None:
    content, image = made(mode)
    sheet = Sheet((60, 80), title="t", enterprise="e", drawn_on=date(2026, 7, 1))
    sheet.picture(content, 0, 0, 60, 40)
    sheet.picture(content, 0, 40, 60, 40)  # the same again is stored once
    pdf = sheet.finish()
    assert pdf.count(b"/Predictor 15") == 1
    shown = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("RGB")
    for top in (0, 40):
        assert shown.crop((0, top, 60, top + 40)).tobytes() == image.convert("RGB").tobytes()


@pytest.mark.parametrize(
    ("mode", "saved"), [("P", {}), ("RGBA", {}), ("1", {}), ("I;16", {}), ("RGB", {"transparency": (1, 2, 3)})]
)
def test_any_other_png_is_left_to_the_library(mode: str, saved: dict[str, object]) -> None:
    content, _ = made("L" if mode == "I;16" else mode, **saved)
    if mode == "I;16":
        buffer = io.BytesIO()
        Image.new("I;16", (4, 4)).save(buffer, "PNG")
        content = buffer.getvalue()
    sheet = Sheet((60, 40), title="t", enterprise="e", drawn_on=date(2026, 7, 1))
    assert not draw_png(sheet.canvas, content, 0, 0, 60, 40)
    assert not draw_png(sheet.canvas, b"\xff\xd8", 0, 0, 60, 40)
    sheet.picture(content, 0, 0, 60, 40)
    assert b"/Predictor" not in sheet.finish()
