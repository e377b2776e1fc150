import io

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from qr import A4_10, A4_24, Label, Stock, address, label_sheet, new_token, symbol
from risk_models import RiskLevel

MM = 72 / 25.4
NAMES = ["液氨储罐区", "氯化工艺反应釜 R-101", "3 号粮仓", "东区 35 kV 变电所（含油浸式变压器、高压配电柜）及电缆夹层"]
LEVELS = [*RiskLevel, None]


def labels(count):
    return [
        Label(
            text=address("safety.example.cn", new_token()),
            code=f"FX-{number:04}",
            name=NAMES[number % len(NAMES)],
            enterprise="青山县绿源精细化工有限公司",
            level=LEVELS[number % len(LEVELS)],
        )
        for number in range(1, count + 1)
    ]


def one_label(**changes):
    usual = {"text": "A", "code": "FX-0001", "name": "液氨储罐区", "enterprise": "绿源化工", "level": RiskLevel.RED}
    return Label(**usual | changes)


def pages(data):
    return list(pypdfium2.PdfDocument(data))


def text_of(data):
    return "\n".join(page.get_textpage().get_text_range() for page in pages(data))


def rendered(page, dpi=150):
    return page.render(scale=dpi / 72).to_pil().convert("L")


def read(picture):
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


@pytest.mark.parametrize("stock", [A4_24, A4_10], ids=lambda stock: stock.name)
def test_every_code_is_read_from_pages_rendered_at_150_dpi(stock):
    asked = labels(60)
    found = [text for page in pages(label_sheet(asked, stock)) for text in read(rendered(page))]
    assert sorted(found) == sorted(label.text for label in asked)


@pytest.mark.parametrize("angle", [7, 90, 180, 211])
def test_every_code_is_read_from_a_page_turned_by_any_angle(angle):
    asked = labels(24)
    (page,) = pages(label_sheet(asked))
    assert read(rendered(page, 200).rotate(angle, expand=True, fillcolor=255)) == sorted(label.text for label in asked)


def test_a_code_with_a_patch_torn_out_is_still_read():
    asked = one_label(text=address("safety.example.cn", new_token()))
    (page,) = pages(label_sheet([asked]))
    picture = rendered(page)
    side = 33 * 150 / 25.4
    left, top = 2 * 150 / 25.4, 2.5 * 150 / 25.4
    patch = [int(left + 0.45 * side), int(top + 0.45 * side), int(left + 0.7 * side), int(top + 0.7 * side)]
    picture.paste(128, tuple(patch))
    assert read(picture) == [asked.text]


@pytest.mark.parametrize("stock", [A4_24, A4_10], ids=lambda stock: stock.name)
def test_symbols_stand_where_the_stock_says_in_true_millimetres(stock):
    asked = labels(stock.per_page)
    (page,) = pages(label_sheet(asked, stock))
    assert page.get_size() == pytest.approx((210 * MM, 297 * MM), abs=0.01)
    size = symbol(asked[0].text).size
    quiet = 4 * stock.symbol / (size + 8)
    images = list(page.get_objects([FPDF_PAGEOBJ_IMAGE]))
    assert len(images) == stock.per_page
    for place, image in enumerate(images):
        left, bottom, right, top = (length / MM for length in image.get_bounds())
        x = place % stock.columns * stock.label[0] + stock.left
        y = 297 - stock.top - (place // stock.columns + 1) * stock.label[1]
        assert right - left == pytest.approx(stock.symbol - 2 * quiet, abs=0.02)
        assert top - bottom == pytest.approx(stock.symbol - 2 * quiet, abs=0.02)
        assert left == pytest.approx(x + stock.padding + quiet, abs=0.02)
        assert (top + bottom) / 2 == pytest.approx(y + stock.label[1] / 2, abs=0.02)


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (RiskLevel.RED, "红 重大风险"),
        (RiskLevel.ORANGE, "橙 较大风险"),
        (RiskLevel.YELLOW, "黄 一般风险"),
        (RiskLevel.BLUE, "蓝 低风险"),
        (None, "未评估"),
    ],
)
def test_the_level_stands_in_words_beside_the_code_name_and_enterprise(level, words):
    printed = text_of(label_sheet([one_label(level=level)]))
    assert all(part in printed for part in (words, "FX-0001", "液氨储罐区", "绿源化工"))


@pytest.mark.parametrize("field", ["name", "code", "enterprise"])
@pytest.mark.parametrize("length", [1, 30, 120, 400])
def test_no_text_is_ever_cut_or_leaves_its_label(field, length):
    long = "".join(chr(0x4E00 + 7 * number) for number in range(length))
    data = label_sheet([one_label(**{field: long})], A4_24)
    (page,) = pages(data)
    assert long in text_of(data).replace("\r\n", "")
    letters = page.get_textpage()
    for index in range(letters.count_chars()):
        left, bottom, right, top = (edge / MM for edge in letters.get_charbox(index))
        assert left >= 0
        assert right <= 70
        assert top <= 297
        assert bottom >= 297 - 0.5 - 37


def test_text_is_printed_as_typed_and_never_as_markup():
    name = r"<b>&(a) \ %d > [x] ) BT 'EI'"
    assert name in text_of(label_sheet([one_label(name=name)])).replace("\r\n", " ")


def test_every_font_is_embedded_and_regular_and_bold_differ():
    with pikepdf.open(io.BytesIO(label_sheet(labels(24)))) as pdf:
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"]
        files = {bytes(font.FontDescriptor.FontFile2.read_bytes()) for font in fonts}
        assert all("/ToUnicode" in font for font in fonts)
    assert len(fonts) == len(files) == 2


def test_the_document_says_what_it_is():
    with pikepdf.open(io.BytesIO(label_sheet(labels(1), title="绿源化工的标签"))) as pdf:
        assert str(pdf.docinfo.Title) == "绿源化工的标签"
        assert str(pdf.docinfo.Author) == "双重预防"
        assert str(pdf.Root.Lang) == "zh-CN"


def test_the_same_labels_give_the_same_bytes():
    asked = labels(30)
    assert label_sheet(asked) == label_sheet(asked)


def test_a_half_used_sheet_is_begun_at_the_given_place():
    first, second = pages(label_sheet(labels(3), A4_24, start=23))
    assert [len(list(page.get_objects([FPDF_PAGEOBJ_IMAGE]))) for page in (first, second)] == [2, 1]
    assert min(image.get_bounds()[1] for image in first.get_objects([FPDF_PAGEOBJ_IMAGE])) < 37 * MM


def test_copies_of_a_label_follow_each_other():
    asked = labels(2)
    (page,) = pages(label_sheet(asked, copies=3))
    assert read(rendered(page)) == sorted(label.text for label in asked for _ in range(3))


def test_a_full_sheet_is_followed_by_no_empty_one():
    assert [len(pages(label_sheet(labels(count)))) for count in (24, 25, 48)] == [1, 2, 2]


@pytest.mark.parametrize("wrong", [{"start": 0}, {"start": 25}, {"copies": 0}])
def test_a_place_off_the_sheet_and_no_copies_are_refused(wrong):
    with pytest.raises(ValueError, match="起始位置"):
        label_sheet(labels(1), **wrong)


def test_an_empty_selection_is_refused():
    with pytest.raises(ValueError, match="至少选择一个"):
        label_sheet([])


@pytest.mark.parametrize(
    "changes",
    [{"columns": 4}, {"rows": 9}, {"symbol": 40}, {"label": (60, 37)}, {"left": 1}, {"top": 2}, {"columns": 0}],
    ids=str,
)
def test_a_stock_that_cannot_be_is_refused(changes):
    usual = {"name": "试", "page": (210, 297), "columns": 3, "rows": 8, "label": (70, 37), "top": 0.5, "symbol": 33}
    Stock(**usual)
    with pytest.raises(ValueError, match="标签纸"):
        Stock(**usual | changes)
