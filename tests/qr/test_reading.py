"""Every kind of label is read as a phone would: turned, not quite sharp, and with 15 % of the symbol under a blot."""

import pytest

from qr import STOCKS, Stock, free_stock, label_sheet
from tests.qr.sheets import blotted, decode, labels, one_by_one, pages, read, read_by_zbar, rendered, seen_by_a_phone
from tests.sizes import DEEP

pytestmark = pytest.mark.deep

SQUARE = free_stock(page_width=100, page_height=100, columns=2, rows=2, label_width=50, label_height=50)
TALL = free_stock(page_width=60, page_height=40, columns=2, rows=1, label_width=30, label_height=40)
EVERY = [*STOCKS.values(), SQUARE, TALL]


def name(stock: Stock) -> str:
    return f"{stock.name}-{stock.label[0]:g}x{stock.label[1]:g}"


@pytest.mark.parametrize("stock", EVERY, ids=name)
def test_every_code_of_a_full_page_is_read_at_200_dpi_turned_and_not_quite_sharp(stock):
    asked = labels(stock.per_page)
    (page,) = pages(label_sheet(asked, stock))
    picture = rendered(page)
    expected = sorted(label.text for label in asked)
    for angle in (0, 7, 90, 180) if DEEP else (7,):
        assert read(seen_by_a_phone(picture, angle)) == expected, angle


@pytest.mark.parametrize("stock", EVERY, ids=name)
def test_a_code_with_15_per_cent_under_a_blot_is_read_turned_and_not_quite_sharp(stock):
    asked = labels(stock.per_page if DEEP else min(stock.per_page, 4))
    (page,) = pages(label_sheet(asked, stock))
    picture = blotted(rendered(page), stock, asked)
    for label, seen in zip(asked, one_by_one(picture, stock, len(asked)), strict=True):
        for angle in (0, 7, 90, 180):
            assert read(seen_by_a_phone(seen, angle)) == [label.text]


@pytest.mark.skipif(decode is None, reason="zbar is not installed (Debian: libzbar0)")
@pytest.mark.parametrize("stock", EVERY, ids=name)
def test_zbar_reads_every_label_too(stock):
    asked = labels(stock.per_page if DEEP else min(stock.per_page, 12))
    (page,) = pages(label_sheet(asked, stock))
    sharp = rendered(page)
    for picture in (sharp, blotted(sharp.copy(), stock, asked)):
        for label, seen in zip(asked, one_by_one(picture, stock, len(asked)), strict=True):
            assert read_by_zbar(seen) == [label.text]
            assert read_by_zbar(seen.rotate(90, expand=True)) == [label.text]
