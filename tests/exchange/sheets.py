"""Workbooks as people make them, and files that only look like one."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl

LS = ("序号", "风险点", "危险源", "可能事故", "L", "S", "R", "等级", "管控层级", "责任单位", "责任人", "措施")
ROW = (1, "液氨储罐V-101", "软管老化破裂", "中毒", 3, 5, 15, "较大风险", "公司", "储运车间", "王建国", "装车前检查软管")
SHEET = "xl/worksheets/sheet1.xml"


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def book_of(rows: Iterable[Sequence[Any]], *, merged: Iterable[str] = (), name: str = "台账") -> openpyxl.Workbook:
    """A workbook of one sheet; None leaves a cell out."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    return book


def sheet_of(*rows: Sequence[Any], merged: Iterable[str] = (), name: str = "台账") -> bytes:
    """The same as bytes."""
    return saved(book_of(rows, merged=merged, name=name))


def changed(content: bytes, changes: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """The same file with parts replaced, changed, added, or left out."""
    before, buffer = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for name in dict.fromkeys([*before.namelist(), *changes]):
            change = changes.get(name, before.read(name) if name in before.namelist() else b"")
            if change is not None:
                after.writestr(name, change(before.read(name)) if callable(change) else change)
    return buffer.getvalue()


def with_cells(cells: bytes, *, after: bytes = b"", before: bytes = b"") -> bytes:
    """A workbook whose sheet holds these rows as they stand in its XML."""
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    xml = before + b"<worksheet " + space + b"><sheetData>" + cells + b"</sheetData>" + after + b"</worksheet>"
    return changed(sheet_of(LS), {SHEET: xml})
