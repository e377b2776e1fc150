"""Ledgers for tests: made by hand, or as the workbook someone would upload."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from app.core import jobs
from app.exchange.workbook.sheet import Field, Ledger, Line
from tests.world import API, Person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
F = Field
Cells = dict[Field, str]


def row(**given: str) -> Cells:
    """A new source at a new point of the first workshop; `given` by the names of the fields."""
    cells = {
        F.ZONE: "罐区", F.POINT: "砂轮机", F.SOURCE: "砂轮破碎", F.ACCIDENTS: "物体打击", F.L: "3", F.S: "4",
        F.UNIT: "一车间", F.PERSON: "HG01leader", F.MEASURES: "1. 装设防护罩\n2. 定期更换砂轮",
    }  # fmt: skip
    cells.update({F[name]: text for name, text in given.items()})
    return {field: text for field, text in cells.items() if text is not None}


def ledger(rows: Sequence[Cells], *, sheet: str = "台账", layout: str = "ls") -> Ledger:
    """A ledger of these rows, every field some row has in a column of its own, headings in row 1."""
    fields = [field for field in Field if any(field in cells for cells in rows)]
    lines = [
        Line(sheet, number, {field: text for field, text in cells.items() if text})
        for number, cells in enumerate(rows, start=2)
    ]
    return Ledger(layout, lines, {sheet: {field: place for place, field in enumerate(fields, start=1)}})


def workbook(rows: Sequence[Cells], *, sheet: str = "台账") -> bytes:
    """The same as a workbook."""
    fields = [field for field in Field if any(field in cells for cells in rows)]
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, [field.value for field in fields])
        for number, cells in enumerate(rows, start=1):
            for place, field in enumerate(fields):
                page.write_string(number, place, cells.get(field, ""))
    return made.getvalue()


def column(rows: Sequence[Cells], field: Field) -> int:
    """The column a field has in these rows' workbook, from 1."""
    return [each for each in Field if any(each in cells for cells in rows)].index(field) + 1


def upload(person: Person, content: bytes, *, media_type: str = XLSX, **query: Any) -> Any:
    """A workbook sent for checking."""
    return person.client.post(
        API + "/risk-imports", data=content, content_type=media_type, query_string=query, headers=person.headers
    )


def checked(person: Person, rows: Sequence[Cells] | bytes, **query: Any) -> dict[str, Any]:
    """An import after its check."""
    answer = upload(person, rows if isinstance(rows, bytes) else workbook(rows), **query)
    assert answer.status_code == 202, answer.text
    assert jobs.run_one(person.app)
    return dict(person.get(f"/risk-imports/{answer.json['id']}").json)


def imported(person: Person, rows: Sequence[Cells] | bytes, **query: Any) -> dict[str, Any]:
    """An import checked and applied."""
    found = checked(person, rows, **query)
    assert found["problems"] == [], found
    assert found["state"] == "done", found
    answer = person.post(f"/risk-imports/{found['id']}/application")
    assert answer.status_code == 202, answer.text
    assert jobs.run_one(person.app)
    return dict(person.get(f"/risk-imports/{found['id']}").json)
