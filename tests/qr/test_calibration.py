import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from qr import STOCKS, calibration_page, free_stock
from tests.qr.sheets import MM, pages, text_of

TWO = free_stock(page_width=210, page_height=100, columns=2, rows=2, label_width=90, label_height=40, gap_x=3, gap_y=2)
EVERY = [*STOCKS.values(), TWO]


def frames(stock):
    """The middles of what is drawn in the size of a label, in mm from the upper left of the page."""
    (page,) = pages(calibration_page(stock))
    found = []
    for path in page.get_objects([FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (edge / MM for edge in path.get_bounds())
        if abs(right - left - stock.label[0]) < 0.3 and abs(top - bottom - stock.label[1]) < 0.3:
            found.append(((left + right) / 2, stock.page[1] - (top + bottom) / 2))
    return found


@pytest.mark.parametrize("stock", EVERY, ids=lambda stock: stock.name)
def test_every_label_has_its_frame_where_the_stock_says(stock):
    expected = [
        (
            stock.left + column * (stock.label[0] + stock.gap[0]) + stock.label[0] / 2,
            stock.top + row * (stock.label[1] + stock.gap[1]) + stock.label[1] / 2,
        )
        for row in range(stock.rows)
        for column in range(stock.columns)
    ]
    found = frames(stock)
    assert len(found) == len(expected)
    for middle, true in zip(found, expected, strict=True):
        assert middle == pytest.approx(true, abs=0.05)


@pytest.mark.parametrize("stock", EVERY, ids=lambda stock: stock.name)
def test_the_page_says_in_chinese_how_to_read_the_offsets_off(stock):
    said = text_of(calibration_page(stock)).replace("\r\n", "")
    for part in ("标签校准页", stock.name, "100%", "“横向偏移”", "“纵向偏移”", "连同正负号"):
        assert part in said


def test_the_numbers_of_the_rulers_grow_to_the_right_and_down_as_offsets_do():
    stock = STOCKS["a4-24"]
    (page,) = pages(calibration_page(stock))
    text = page.get_textpage()
    written = text.get_text_range()
    places = {}
    for number in ("−10", "+10"):
        found = [at for at in range(len(written)) if written.startswith(number, at)]
        places[number] = [text.get_charbox(at) for at in found]
    # At the first corner: the horizontal ruler's numbers, then the vertical one's.
    across, down = ([places[number][at] for number in ("−10", "+10")] for at in (0, 1))
    assert across[0][0] < across[1][0]
    assert down[0][1] > down[1][1]
    assert (across[1][0] - across[0][0]) / MM == pytest.approx(20, abs=0.5)
