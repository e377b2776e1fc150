import csv
import io
import zipfile

import pytest
import zxingcpp
from PIL import Image

from qr import Located, blank_label, labels_csv, symbols_zip
from qr.batches import HEADINGS, safe_name
from risk_models import RiskLevel
from tests.qr.sheets import labels, one_label


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_zip_holds_one_picture_a_label_named_by_its_code_that_says_its_address():
    asked = labels(3)
    found = entries(symbols_zip(asked))
    assert list(found) == ["FX-0001.png", "FX-0002.png", "FX-0003.png"]
    for label, picture in zip(asked, found.values(), strict=True):
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
        assert code.text == label.text
    drawn = entries(symbols_zip(asked, "svg"))
    assert list(drawn) == ["FX-0001.svg", "FX-0002.svg", "FX-0003.svg"]
    assert all(label.text.encode() in drawing for label, drawing in zip(asked, drawn.values(), strict=True))


def test_the_same_labels_give_the_same_zip_and_none_is_refused():
    asked = labels(2)
    assert symbols_zip(asked) == symbols_zip(asked)
    with pytest.raises(ValueError, match="至少选择一个"):
        symbols_zip([])


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("FX-0001", "FX-0001"),
        ("氨区/1号罐", "氨区_1号罐"),
        ('a\\b:c*d?e"f<g>h|i', "a_b_c_d_e_f_g_h_i"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("con", "_con"),
        ("NUL.1", "_NUL.1"),
        ("点. ", "点"),
        ("...", "_"),
        ("一" * 200, "一" * 60),
    ],
)
def test_names_of_files_are_safe_for_any_system(code, name):
    assert safe_name(code) == name


def test_codes_that_differ_only_in_what_a_file_system_ignores_keep_a_file_each():
    codes = ["A/1", "a:1", "Ａ_1", "A_1-2"]
    found = entries(symbols_zip([one_label(code=code, text=code) for code in codes]))
    assert len({name.casefold() for name in found}) == 4
    assert next(iter(found)) == "A_1.png"


def test_a_list_for_label_software_says_all_that_a_label_says():
    point = Located(
        "罐区", text="HTTPS://A.CN/Q/X", code="FX-0001", name="3 号\n粮仓", enterprise="绿源化工",
        level=RiskLevel.ORANGE, unconfirmed=True,
    )  # fmt: skip
    blank = blank_label(text="HTTPS://A.CN/Q/Y", serial="BQ-000001", enterprise="绿源化工")
    data = labels_csv([point, blank])
    assert data.startswith(b"\xef\xbb\xbf")
    assert rows(data) == [
        list(HEADINGS),
        ["FX-0001", "3 号 粮仓", "橙 较大风险（未确认）", "罐区", "绿源化工", "HTTPS://A.CN/Q/X", ""],
        ["", "扫码绑定风险点", "", "", "绿源化工", "HTTPS://A.CN/Q/Y", "BQ-000001"],
    ]


@pytest.mark.parametrize("start", "=+-@＝＋－＠")
def test_no_cell_of_a_list_is_a_formula_and_nothing_is_seen_of_the_guard_on_a_label(start):
    name = f"{start}1层泵房"
    (_, row) = rows(labels_csv([one_label(name=name)]))
    assert row[1] == f" {name}"
    assert rows(labels_csv([one_label(name=f"\t {name}")]))[1][1] == f" {name}"
