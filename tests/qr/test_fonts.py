import io
from concurrent.futures import ThreadPoolExecutor

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from qr import fonts

CLOSING = "，。、；：？！）》”’"
OPENING = "（《“‘"


def pdf_of(text, size=12):
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, initialFontName=fonts.REGULAR)
    for y, font in ((700, fonts.REGULAR), (600, fonts.BOLD)):
        canvas.setFont(font, size)
        canvas.drawString(50, y, fonts.printable(text))
    canvas.save()
    return buffer.getvalue()


def test_registering_twice_keeps_the_first():
    fonts.register()
    first = pdfmetrics.getFont(fonts.BOLD)
    fonts.register()
    assert pdfmetrics.getFont(fonts.BOLD) is first
    assert first.face.name != pdfmetrics.getFont(fonts.REGULAR).face.name


def test_bold_prints_darker_than_regular():
    with pypdfium2.PdfDocument(pdf_of("安全风险分级管控", 30)) as document:
        picture = document[0].render(scale=1).to_pil().convert("L")
    regular, bold = (sum(255 - v for v in picture.crop((0, y, 600, y + 60)).tobytes()) for y in (95, 195))
    assert bold > 1.2 * regular > 0


def test_characters_of_the_trade_have_glyphs_and_come_back_from_the_pdf():
    text = "H₂S≤10 mg/m³ CO₂ 10⁻⁶ 40℃ ①② ☑☒☐ ✔✗ Ω μ №" + "𬭎"
    assert fonts.missing_glyphs(text) == []
    with pypdfium2.PdfDocument(pdf_of(text)) as document:
        assert document[0].get_textpage().get_text_range().split("\r\n") == [text, text]


def test_a_character_without_glyph_is_reported_once_and_drawn_as_a_mark():
    assert fonts.missing_glyphs("小心😀😀\t\n〓") == ["😀"]
    assert fonts.printable("a\t😀") == "a\u3000〓"


def test_invisible_joiners_are_neither_reported_nor_drawn():
    assert fonts.missing_glyphs("阀\u200d门\ufe0f") == []
    assert fonts.printable("阀\u200d门\ufe0f") == "阀门"


@pytest.mark.parametrize("width", range(60, 240, 7))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(width):
    text = "进入前：“先通风、再检测”（《规程》要求），氨≤25 ppm；超限撤离！（见附录）——是吗？……是。" * 3
    lines = fonts.wrap(text, width, 10)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert line[0] not in CLOSING
        assert line[-1] not in OPENING
        assert fonts.width(line, 10) <= width


def test_a_word_and_a_number_with_its_unit_are_kept_whole():
    lines = fonts.wrap("按照 GB/T13861 检查压力为 1.6 MPa 的安全阀", 75, 10)
    assert any("GB/T13861" in line for line in lines)
    assert any("1.6 MPa" in line for line in lines)


def test_a_word_longer_than_the_line_is_broken_and_nothing_is_lost():
    word = "https://" + "a" * 300
    lines = fonts.wrap(word, 100, 10)
    assert "".join(lines) == word
    assert max(fonts.width(line, 10) for line in lines) <= 100


def test_line_breaks_are_kept_and_no_text_is_one_empty_line():
    assert fonts.wrap("甲\n\n乙\r\n丙", 100, 10) == ["甲", "", "乙", "丙"]
    assert fonts.wrap("", 100, 10) == [""]


def test_a_line_narrower_than_one_character_still_takes_one():
    assert fonts.wrap("安全", 1, 10) == ["安", "全"]


def test_widths_are_those_reportlab_would_draw():
    text = "液氨 NH₃ 1.6 MPa，（℃）"
    for font in (fonts.REGULAR, fonts.BOLD):
        assert fonts.width(text, 12, font) == pytest.approx(pdfmetrics.stringWidth(text, font, 12))


def test_many_threads_may_print_at_once():
    texts = ["".join(chr(0x4E00 + 37 * n + k) for k in range(30)) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        sheets = list(pool.map(pdf_of, texts))
    for text, sheet in zip(texts, sheets, strict=True):
        with pypdfium2.PdfDocument(sheet) as document:
            assert text in document[0].get_textpage().get_text_range()


def test_a_cache_that_cannot_be_written_or_is_damaged_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_cache_file", lambda name: tmp_path / "file" / name)
    (tmp_path / "file").write_bytes(b"in the way")
    assert fonts._load(fonts.BOLD).face.name == b"DualSans-Bold"
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"\x00\x01\x00\x00cut short")
    monkeypatch.setattr(fonts, "_cache_file", lambda name: damaged)
    assert fonts._load(fonts.REGULAR).face.charToGlyph
    assert damaged.stat().st_size > 1_000_000
