import io
from dataclasses import asdict

import pikepdf
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_TEXT

from qr import A4_10, A4_24, STOCKS, Located, Stock, blank_label, free_stock, label_sheet, symbol, too_small
from qr.arrangement import SMALLEST_MODULE, arranged
from risk_models import RiskLevel
from tests.qr.sheets import MM, labels, one_label, pages, read, rendered, text_of

EVERY = [
    *STOCKS.values(),
    free_stock(page_width=110, page_height=55, columns=2, rows=1, label_width=50, label_height=50, left=2, gap_x=3),
    free_stock(page_width=30, page_height=40, columns=1, rows=1, label_width=30, label_height=40),
]


def name_of(stock):
    return f"{stock.name}-{stock.label[0]:g}x{stock.label[1]:g}"


@pytest.mark.parametrize("stock", EVERY, ids=name_of)
@pytest.mark.parametrize("offsets", [(0, 0), (1.3, -0.7), (-10, 10)], ids=str)
def test_symbols_stand_where_the_stock_says_in_true_millimetres_moved_by_the_offsets(stock, offsets):
    asked = labels(stock.per_page)
    (page,) = pages(label_sheet(asked, stock, offset_x=offsets[0], offset_y=offsets[1]))
    assert [length / MM for length in page.get_size()] == pytest.approx(stock.page, abs=0.01)
    layout = arranged(*stock.label)
    module = layout.side / (symbol(asked[0].text).size + 8)
    images = list(page.get_objects([FPDF_PAGEOBJ_IMAGE]))
    assert len(images) == stock.per_page
    for place, image in enumerate(images):
        left, bottom, right, top = (length / MM for length in image.get_bounds())
        row, column = divmod(place, stock.columns)
        # The corners of the label, counted from the upper left of the page, as the sheet is cut.
        x = stock.left + column * (stock.label[0] + stock.gap[0]) + offsets[0]
        y = stock.top + row * (stock.label[1] + stock.gap[1]) + offsets[1]
        assert left - 4 * module - layout.x == pytest.approx(x, abs=0.05)
        assert stock.page[1] - (bottom - 4 * module - layout.y) - stock.label[1] == pytest.approx(y, abs=0.05)
        assert right - left == pytest.approx(layout.side - 8 * module, abs=0.02)
        assert top - bottom == pytest.approx(layout.side - 8 * module, abs=0.02)


@pytest.mark.parametrize("stock", EVERY, ids=name_of)
@pytest.mark.parametrize("blank", [False, True])
def test_everything_lies_within_its_label_and_nothing_over_anything_else(stock, blank):
    layout = arranged(*stock.label, blank=blank)
    boxes = [box for box in (layout.band, layout.code, layout.name, layout.enterprise) if box]
    places = [(box.left / MM, (box.top - box.height) / MM, (box.left + box.width) / MM, box.top / MM) for box in boxes]
    places.append((layout.x, layout.y, layout.x + layout.side, layout.y + layout.side))
    for number, (left, bottom, right, top) in enumerate(places):
        assert left >= 0.99
        assert bottom >= 0.99
        assert right <= stock.label[0] - 0.99
        assert top <= stock.label[1] - 0.99
        for other in places[:number]:
            assert right <= other[0] or other[2] <= left or top <= other[1] + 0.01 or other[3] <= bottom + 0.01
    assert (layout.band is None) == blank


@pytest.mark.parametrize("stock", EVERY, ids=name_of)
def test_every_stock_holds_a_readable_symbol_and_usual_texts_in_a_readable_size(stock):
    assert arranged(*stock.label).side / 45 >= SMALLEST_MODULE
    asked = one_label(
        text=labels(1)[0].text, name="东区 35 kV 变电所（含油浸式变压器、高压配电柜）及电缆夹层",
        enterprise="中国石油化工股份有限公司某某分公司炼油一部", unconfirmed=True,
    )  # fmt: skip
    assert too_small(asked, stock) == []
    (page,) = pages(label_sheet([asked], stock))
    sizes = [item.get_font_size() for item in page.get_objects([FPDF_PAGEOBJ_TEXT])]
    assert min(sizes) >= 4.99


def test_what_cannot_be_read_on_a_label_is_named_and_still_not_cut():
    small = STOCKS["a4-65"]
    long = one_label(name="硫磺回收装置尾气焚烧炉及余热锅炉（含锅炉给水泵、蒸汽分水器、烟气在线监测小屋）" * 2)
    (said,) = too_small(long, small)
    assert "“FX-0001”的名称" in said
    assert "大一些的标签" in said
    assert long.name in text_of(label_sheet([long], small)).replace("\r\n", "")
    assert too_small(long, A4_10) == []
    (said,) = too_small(one_label(text="HTTPS://" + "A" * 120 + ".CN/Q/" + "A" * 26), small)
    assert "二维码每格只有" in said


@pytest.mark.parametrize("stock", EVERY, ids=name_of)
def test_a_blank_label_says_its_serial_and_what_to_do_and_no_level(stock):
    text = text_of(label_sheet([blank_label(text="A", serial="BQ-000123", enterprise="绿源化工")], stock))
    said = text.replace("\r\n", "")
    assert all(part in said for part in ("BQ-000123", "扫码绑定风险点", "绿源化工"))
    assert "未评估" not in said
    assert "风险" not in said.replace("扫码绑定风险点", "")


def test_labels_are_taken_batch_by_batch_as_they_are_drawn():
    taken = []

    def coming():
        for number, label in enumerate(labels(450)):
            taken.append(number)
            yield label

    assert len(pages(label_sheet(coming()))) == 19
    assert taken == list(range(450))


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


@pytest.mark.parametrize("stock", EVERY, ids=name_of)
def test_a_level_nobody_has_confirmed_says_so_on_every_stock_and_beside_confirmed_ones(stock):
    asked = [one_label(unconfirmed=True), one_label()]
    said = text_of(label_sheet(asked, stock)).replace("\r\n", "").replace("\n", "")
    assert said.count("红 重大风险") == 2
    assert said.count("（未确认）") == 1


def test_what_is_not_assessed_claims_nothing_that_could_be_confirmed():
    assert one_label(level=None, unconfirmed=True).level_words == "未评估"


def test_a_level_too_small_to_be_read_is_named():
    tiny = free_stock(page_width=34, page_height=19, columns=1, rows=1, label_width=34, label_height=19)
    (said,) = too_small(one_label(name="泵房", unconfirmed=True), tiny)
    assert "的风险等级在" in said


def test_where_a_point_lies_is_not_part_of_what_its_label_says():
    label = one_label()
    located = Located("罐区", **asdict(label))
    assert (label.zone, located.zone) == ("", "罐区")
    assert asdict(located) == asdict(label)


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


@pytest.mark.parametrize("wrong", [{"offset_x": 10.1}, {"offset_y": -11}, {"offset_x": float("nan")}])
def test_an_offset_beyond_a_centimetre_is_refused(wrong):
    with pytest.raises(ValueError, match="偏移"):
        label_sheet(labels(1), **wrong)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns": 4}, "超出了宽"),
        ({"rows": 9}, "超出了高"),
        ({"left": 1}, "超出了宽"),
        ({"top": 2}, "超出了高"),
        ({"gap": (0.1, 0)}, "超出了宽"),
        ({"columns": 0}, "不小于 1"),
        ({"columns": 1000, "rows": 1000}, "不超过 1000"),
        ({"left": -1}, "不能为负"),
        ({"gap": (0, float("nan"))}, "不能为负"),
        ({"label": (28, 20)}, "放不下"),
        ({"label": (70, 17)}, "放不下"),
        ({"label": (10, 37)}, "边长"),
        ({"page": (210, 5000)}, "边长"),
    ],
    ids=str,
)
def test_a_stock_that_cannot_be_is_refused_in_words(changes, said):
    usual = {"name": "试", "page": (210, 297), "columns": 3, "rows": 8, "label": (70, 37), "top": 0.5}
    Stock(**usual)
    with pytest.raises(ValueError, match=said):
        Stock(**usual | changes)


def test_the_sheets_hold_as_many_labels_as_they_are_called_after():
    assert {key: stock.per_page for key, stock in STOCKS.items() if key.startswith("a4")} == {
        "a4-24": 24, "a4-40": 40, "a4-65": 65, "a4-10": 10,
    }  # fmt: skip
    assert all(stock.per_page == 1 and stock.page == stock.label for key, stock in STOCKS.items() if "roll" in key)
