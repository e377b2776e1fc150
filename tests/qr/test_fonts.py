import contextlib
import io
from concurrent.futures import ThreadPoolExecutor

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from qr import fonts

CLOSING = "，。、；：？！）》」』”’…—％℃·～々ー"
OPENING = "（《「『“‘￥"


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


def lines_of(data):
    with pypdfium2.PdfDocument(data) as document:
        return document[0].get_textpage().get_text_range().split("\r\n")


def test_a_character_without_glyph_is_reported_once_and_drawn_as_a_mark():
    assert fonts.missing_glyphs("小心😀😀\t\n〓") == ["😀"]
    assert fonts.missing_glyphs("又是😀") == ["😀"]
    fonts.register()
    for name in (fonts.REGULAR, fonts.BOLD):
        glyphs = pdfmetrics.getFont(name).face.charToGlyph
        assert glyphs[ord("😀")] == glyphs[ord("〓")]
        assert fonts.width("😀", 10, name) == fonts.width("〓", 10, name)
    assert fonts.printable("a\t😀") == "a\u3000😀"


@pytest.mark.parametrize(
    "text",
    [
        "阀门😀旁𠮷野家👨👩👧，🅰️区1️⃣号罐",
        "<b>&(a) \\ %d > [x] ) BT 'EI' ID",
        "ภาษาไทย हिन्दी 한글 カタカナ ẞ ɐ",
        "thin\u2009space\u202f与\u2003宽空格",
        "\ue863\U000f0000私用区 \U0001fae9 ㊿",
        "שלום עולם",
        "مرحبا بك",
        "𬭎𫟹㮾䶮鿏𪣻",
    ],
)
def test_what_was_typed_copies_out_of_the_paper_as_it_was_typed(text):
    assert lines_of(pdf_of(text)) == [fonts.printable(text)] * 2


def test_a_word_written_from_the_right_is_found_in_a_chinese_line():
    for line in lines_of(pdf_of("罐区 مرحبا 区 שלום 35 号")):
        assert "مرحبا" in line
        assert "שלום" in line


def test_controls_and_halves_of_pairs_are_drawn_as_marks_and_break_nothing():
    assert fonts.printable("a\x07b\ud800c") == "a〓b〓c"
    assert fonts.missing_glyphs("a\x07b\ud800c") == ["\x07", "\ud800"]
    assert lines_of(pdf_of("a\x07b\ud800c")) == ["a〓b〓c"] * 2
    assert fonts.wrap("甲\u2028乙", 100, 10) == ["甲", "乙"]


def test_two_threads_that_meet_new_characters_at_once_tell_the_truth_of_each():
    texts = ["".join(chr(0x13000 + 20 * n + k) for k in range(20)) + f"第{n}页" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        sheets = list(pool.map(pdf_of, texts))
        missing = list(pool.map(fonts.missing_glyphs, texts))
    for text, sheet, named in zip(texts, sheets, missing, strict=True):
        assert lines_of(sheet) == [text, text]
        assert named == list(text[:20])


def test_every_character_of_gbk_and_the_rare_ones_of_the_general_table_have_glyphs():
    def hanzi():
        for code in range(0x4E00, 0xA000):
            with contextlib.suppress(UnicodeEncodeError):
                chr(code).encode("gbk")
                yield chr(code)

    fonts.register()
    known = pdfmetrics.getFont(fonts.REGULAR).face.charToGlyph
    assert [c for c in hanzi() if ord(c) not in known] == []
    # A sample of the 196 characters of 通用规范汉字表 beyond the basic plane, where no older code page reaches.
    assert [c for c in "𠅤𠙶𡎚𣗋𤧛𥔲𦈡𧿹𨐈𩽾𪟝𫄧𬀩𬭎𬱖𬳵𬺓" if ord(c) not in known] == []


def test_invisible_joiners_are_neither_reported_nor_drawn():
    invisible = "阀\u200d门\ufe0f\u200b\u202e\u2066\ufeff\u00ad\U000e0100"
    assert fonts.missing_glyphs(invisible) == []
    assert fonts.printable(invisible) == "阀门"


@pytest.mark.parametrize("width", range(60, 240, 7))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(width):
    text = (
        "进入前：“先通风、再检测”（《规程》要求），氨≤25 ppm；超限撤离！（见附录）——是吗？……是。罚￥500元，"
        "「温度」『25℃』～40℃，湿度85％，时时々ー甲·乙，见https://example.cn/very/long，『《终》』。"
    ) * 3
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


@pytest.mark.parametrize("width", range(40, 100, 3))
def test_no_line_begins_with_a_mark_after_a_word_that_is_itself_too_long(width):
    text = "见（https://safety.example.cn/rules/2026/very-long-name-of-a-document.pdf），并执行 。" * 3
    for line in fonts.wrap(text, width, 10)[1:]:
        assert line[0] not in CLOSING
        assert line[-1] not in OPENING
        assert fonts.width(line, 10) <= width


def test_spaces_at_the_end_of_a_full_line_leave_no_empty_line():
    assert fonts.wrap("安全生产 ", 40, 10) == ["安全生产"]


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
