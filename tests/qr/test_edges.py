import pytest

from qr import STOCKS, calibration_page, cut_off, free_stock, label_sheet
from tests.qr.sheets import MM, one_label, pages, text_of

OWN = free_stock(
    page_width=210, page_height=100, columns=2, rows=2, label_width=90, label_height=40, left=10, top=5, gap_x=3
)


@pytest.mark.parametrize(
    ("stock", "offset_x", "offset_y", "said"),
    [
        ("a4-24", 0, 0, {}),
        ("a4-24", -1.9, 2.4, {}),
        ("a4-24", -2, 0, {"offset_x": ("最左一列", "左边（正好压边", "不小于 −1.9 毫米")}),
        ("a4-24", 3, 0, {"offset_x": ("最右一列", "右边（超出 1 毫米", "不大于 +1.9 毫米")}),
        ("a4-24", 0, -10, {"offset_y": ("最上一行", "上边（超出 7.5 毫米", "不小于 −2.4 毫米")}),
        ("a4-24", 0, 2.5, {"offset_y": ("最下一行", "下边（正好压边", "不大于 +2.4 毫米")}),
        ("a4-65", -5.7, -10, {}),
        ("a4-65", -5.8, 0, {"offset_x": ("最左一列", "超出 0.05 毫米", "不小于 −5.7 毫米")}),
        ("roll-50x30", 1.4, -1.4, {}),
        ("roll-50x30", 10, -10, {"offset_x": ("把标签的内容", "右边"), "offset_y": ("把标签的内容", "上边")}),
    ],
)
def test_what_an_offset_cuts_off_is_told_with_the_side_and_how_far_it_may_go(stock, offset_x, offset_y, said):
    found = cut_off(STOCKS[stock], offset_x=offset_x, offset_y=offset_y)
    assert found.keys() == said.keys()
    for field, parts in said.items():
        assert all(part in found[field].replace("正好压在边上", "正好压边") for part in parts), found[field]


def test_only_labels_that_are_printed_are_cut():
    stock = STOCKS["a4-24"]
    assert cut_off(stock, offset_x=-5, offset_y=-5, places=[22]) == {}
    assert cut_off(stock, offset_x=-5, offset_y=5, places=[22]).keys() == {"offset_y"}
    assert cut_off(OWN, offset_x=10, offset_y=-6) == {}


@pytest.mark.parametrize("key", ["a4-24", "a4-40", "a4-65", "a4-10", "roll-60x40"])
def test_as_far_as_an_offset_may_go_everything_stays_on_the_page(key):
    stock = STOCKS[key]
    for sign in (-1, 1):
        most = max(n / 10 for n in range(100) if not cut_off(stock, offset_x=sign * n / 10, offset_y=sign * n / 10))
        asked = [one_label()] * stock.per_page
        (page,) = pages(label_sheet(asked, stock, offset_x=sign * most, offset_y=sign * most))
        edges = [each.get_bounds() for each in page.get_objects(max_depth=1)]
        assert min(min(left, bottom) for left, bottom, _, _ in edges) >= 0
        assert max(right for _, _, right, _ in edges) <= stock.page[0] * MM
        assert max(top for _, _, _, top in edges) <= stock.page[1] * MM


@pytest.mark.parametrize(
    ("stock", "white"),
    [*((STOCKS[key], "2") for key in ("a4-24", "a4-10")), (STOCKS["a4-40"], "1.5"), (OWN, "")]
    + [(STOCKS[key], "") for key in ("a4-65", "roll-40x30", "roll-100x70")],
    ids=str,
)
def test_the_calibration_page_tells_what_few_printers_reach_of_labels_near_the_edge_of_a_sheet(stock, white):
    said = text_of(calibration_page(stock)).replace("\r\n", "").replace(" ", "")
    assert ("印不到纸边4毫米" in said) == bool(white)
    assert f"只留白{white}毫米" in said if white else "留白" not in said
