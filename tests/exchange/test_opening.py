"""Which files are read as a workbook, and how each other is refused."""

import io
import struct
import zipfile
from time import thread_time

import pytest
import xlsxwriter

from app.core.errors import Refusal
from app.exchange.workbook.counting import MOST_CELLS, MOST_ROWS
from app.exchange.workbook.opening import MOST_BYTES, opened
from app.exchange.workbook.reading import read_ledger
from tests.exchange.sheets import LS, ROW, SHEET, changed, sheet_of, with_cells

RELATIONS = "xl/_rels/workbook.xml.rels"
GOOD = sheet_of(LS, ROW)


def refused(content):
    with pytest.raises(Refusal) as refusal:
        opened(content)
    return refusal.value


def related(kind, target="x.bin", mode=""):
    relation = f'<Relationship Id="rIdX" Type="http://x/relationships/{kind}" Target="{target}" {mode}/>'.encode()
    return lambda xml: xml.replace(b"</Relationships>", relation + b"</Relationships>")


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
REFUSED = {
    "an old .xls": (OLE + "Workbook".encode("utf-16-le"), "old_workbook", 415, "另存为"),
    "one with a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted_workbook", 415, "密码"),
    "CSV": ("序号,风险点,危险源\n1,储罐,泄漏\n".encode("gb18030"), "not_a_workbook", 415, "CSV"),
    "a page saved as .xls": (b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook", 415, "另存为"),
    "nothing": (b"", "not_a_workbook", 415, ".xlsx"),
    "half a workbook": (GOOD[: len(GOOD) // 2], "not_a_workbook", 415, ".xlsx"),
    "a document": (changed(GOOD, {"xl/workbook.xml": None}), "not_a_workbook", 415, ".xlsx"),
    "a macro": (changed(GOOD, {"xl/vbaProject.bin": b"x"}), "workbook_with_macros", 422, "宏"),
    "a macro by another name": (changed(GOOD, {RELATIONS: related("vbaProject")}), "workbook_with_macros", 422, "宏"),
    "a macro sheet": (changed(GOOD, {"xl/macrosheets/sheet1.xml": b"<x/>"}), "workbook_with_macros", 422, "宏"),
    ".xlsm renamed": (
        changed(GOOD, {"[Content_Types].xml": lambda xml: xml.replace(b"sheet.main", b"sheet.macroEnabled.main")}),
        "workbook_with_macros", 422, ".xlsx",
    ),
    "a macro of WPS": (changed(GOOD, {"xl/JDEData.bin": b"x"}), "workbook_with_macros", 422, "宏"),
    "another workbook": (
        changed(GOOD, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "workbook_with_links", 422, "断开链接",
    ),
    "another workbook by relation": (
        changed(GOOD, {RELATIONS: related("externalLink", "a.xml")}), "workbook_with_links", 422, "断开链接",
    ),
    "a picture elsewhere": (
        changed(GOOD, {RELATIONS: related("image", "http://x/y.png", 'TargetMode="External"')}),
        "workbook_with_links", 422, "断开链接",
    ),
    "a data connection": (changed(GOOD, {"xl/connections.xml": b"<x/>"}), "workbook_with_links", 422, "数据连接"),
    "an embedded file": (changed(GOOD, {"xl/embeddings/oleObject1.bin": b"x"}), "workbook_with_objects", 422, "嵌入"),
    "a control": (changed(GOOD, {RELATIONS: related("control")}), "workbook_with_objects", 422, "控件"),
    "a DTD": (
        with_cells(b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>',
                   before=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "broken_workbook", 422, "另存为",
    ),
    "an entity in the workbook part": (
        changed(GOOD, {"xl/workbook.xml": lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml}),
        "broken_workbook", 422, "另存为",
    ),
    "a comment that hides a cell": (
        with_cells(b'<row r="1"><c r="A1"><v>1</v></c><!-- > --></row>'), "broken_workbook", 422, "另存为",
    ),
    "UTF-16": (
        changed(GOOD, {SHEET: '<worksheet><sheetData/></worksheet>'.encode("utf-16")}), "broken_workbook", 422, "WPS",
    ),
    "cells without places": (with_cells(b"<row><c><v>1</v></c></row>"), "broken_workbook", 422, "另存为"),
    "single quotes": (with_cells(b"<row r='1'><c r='A1'><v>1</v></c></row>"), "broken_workbook", 422, "另存为"),
    "a quoted >": (
        with_cells(b'<row r="1"><c r="A1" x=">" t="s"><v>1</v></c></row>'), "broken_workbook", 422, "另存为",
    ),
    "relations that are no XML": (changed(GOOD, {RELATIONS: b"<x"}), "broken_workbook", 422, "另存为"),
    "a sheet by another name": (
        changed(GOOD, {RELATIONS: lambda xml: xml.replace(b"sheet1.xml", b"sheet1.dat"), SHEET: None,
                       SHEET.replace(".xml", ".dat"): b"<worksheet/>"}),
        "broken_workbook", 422, "另存为",
    ),
    "no relations": (changed(GOOD, {RELATIONS: None}), "broken_workbook", 422, "另存为"),
    "the last cell of all": (
        with_cells(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "workbook_too_spread", 413, "删去",
    ),
    "a cell no sheet has": (
        with_cells(b'<row r="9999999"><c r="B9999999"><v>1</v></c></row>'), "workbook_too_spread", 413, "删去",
    ),
    "everything merged": (
        with_cells(b'<row r="1"><c r="A1"><v>1</v></c></row>',
                   after=b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "workbook_too_spread", 413, "合并",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code", "status", "advice"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_harmless_workbook_is_refused_with_advice(content, code, status, advice):
    refusal = refused(content)
    assert (refusal.code, refusal.status) == (code, status)
    assert advice in refusal.detail


def test_a_plain_workbook_opens_and_says_which_cells_have_no_value():
    cells = (
        b'<row r="1"><c r="A1" t="e"><f>B9/0</f><v>#DIV/0!</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v>2</v>'
        b'</c><c r="D1" t="str"><f>IF(1,"","")</f><v></v></c><c r="E1" s="1"><f>1</f><v/></c><c r="F1" s="1"/></row>'
    )
    flaws = opened(with_cells(cells)).flaws["台账"]
    assert set(flaws) == {(1, 1), (1, 2), (1, 5)}
    assert "#DIV/0!" in flaws[1, 1]
    assert "公式没有保存计算结果" in flaws[1, 2]


def test_a_part_may_name_its_space():
    space = b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

    def prefixed(xml):
        body = xml[xml.index(b"<sheetData>") : xml.index(b"</sheetData>")] + b"</sheetData>"
        return (
            b"<x:worksheet "
            + space
            + b">"
            + body.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
            + b"</x:worksheet>"
        )

    assert len(read_ledger(changed(GOOD, {SHEET: prefixed})).lines) == 1
    far = with_cells(b"").replace(b"", b"")
    far = changed(far, {SHEET: b'<x:worksheet><x:c r="XFD99999"><x:v>1</x:v></x:c></x:worksheet>'})
    assert refused(far).code == "workbook_too_spread"


def test_links_in_cells_are_harmless():
    from_cell = related("hyperlink", "http://example.cn/", 'TargetMode="External"')
    assert opened(changed(GOOD, {RELATIONS: from_cell}))


def bomb(size, *, declared=None):
    content = changed(GOOD, {SHEET: b"<worksheet>" + b"<a/>" * (size // 4) + b"</worksheet>"})
    if declared is None:
        return content
    # The size is stated twice, before the part and in the directory at the end.
    packed = struct.pack("<I", size // 4 * 4 + len(b"<worksheet></worksheet>"))
    assert content.count(packed) == 2
    return content.replace(packed, struct.pack("<I", declared))


def test_a_zip_bomb_is_refused_whatever_it_says_of_its_size():
    assert refused(bomb(MOST_BYTES)).code == "workbook_too_large"
    assert refused(bomb(20_000_000)).code == "workbook_too_large"
    assert refused(bomb(20_000_000, declared=1000)).code == "broken_workbook"


def test_a_bomb_of_many_parts_is_refused():
    assert refused(changed(GOOD, {f"xl/media/{n}.xml": b"<x/>" for n in range(3001)})).code == "workbook_too_large"


def test_two_parts_of_one_name_are_refused():
    buffer = io.BytesIO(changed(GOOD, {"xl/WORKSHEETS/sheet1.xml": b"<x/>"}))
    assert refused(buffer.getvalue()).code == "broken_workbook"


def test_one_long_text_in_every_cell_is_refused():
    text = b"<si><t>" + b"x" * 30_000 + b"</t></si>"
    cells = b"".join(
        b'<row r="%d">' % row
        + b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + n, row) for n in range(20))
        + b"</row>"
        for row in range(1, 401)
    )
    content = changed(with_cells(cells), {"xl/sharedStrings.xml": b"<sst>" + text + b"</sst>"})
    assert len(content) < 30_000
    assert refused(content).code == "workbook_too_large"


def test_200_000_rows_are_refused_before_they_are_unpacked():
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d"><v>3</v></c></row>' % (n, n, n, n) for n in range(1, 200_001)
    )
    content = with_cells(rows)
    begun = thread_time()
    refusal = refused(content)
    assert refusal.code == "too_many_rows"
    assert "拆成几个文件" in refusal.detail
    assert thread_time() - begun < 4  # some tenths on a busy machine; reading them all would take many seconds


def test_rows_are_counted_over_all_sheets_and_blank_ones_not_at_all():
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (row, row) for row in range(2, 40_000))
    assert opened(with_cells(b'<row r="1"><c r="A1"><v>1</v></c></row>' + blank))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for _ in range(2):
            sheet = book.add_worksheet()
            for row in range(MOST_ROWS // 2 + 1):
                sheet.write_number(row, 0, row)
    assert refused(buffer.getvalue()).code == "too_many_rows"


def test_more_columns_than_a_ledger_has_do_no_harm():
    wide = sheet_of((*LS, *[None] * 48, *(f"附注{n}" for n in range(40))), (*ROW, *[None] * 48, *range(40)))
    assert len(read_ledger(wide).lines) == 1


def test_too_many_cells_are_refused_even_when_blank():
    row = b"".join(b'<c r="A1" s="1"/>' for _ in range(1000))
    assert refused(with_cells(b'<row r="1">' + row * (MOST_CELLS // 1000 + 1) + b"</row>")).code in (
        "workbook_too_spread", "workbook_too_large",
    )  # fmt: skip


def test_a_part_packed_in_another_way_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
    assert refused(buffer.getvalue()).code == "broken_workbook"
