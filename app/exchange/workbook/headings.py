"""Which columns of a sheet hold what, told by their headings (pure); `headings.toml` holds how they are written.

The headings may stand anywhere in the first rows, below titles, on one to three rows, under merged headings of groups.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.exchange.workbook.sheet import Field

WITHIN = 15  # the rows of a sheet the headings may stand in
MOST_COLUMNS = 60  # columns of a sheet that are looked at
_LEVELS = 3  # the rows headings may take
_FIVE = (Field.ENGINEERING, Field.MANAGEMENT, Field.TRAINING, Field.PPE, Field.EMERGENCY)
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_BASES = (("固有", ("固有", "原始", "初始")), ("现状", ("现状", "剩余", "残余", "残留")))


@dataclass(frozen=True)
class Headings:
    """Where the fields of a sheet stand, columns from 0; `labels` are a column's headings from the lowest up."""

    layout: str
    columns: Mapping[Field, int]
    labels: Mapping[int, tuple[str, ...]]
    first_row: int  # of the rows below the headings, from 0
    basis: str = ""  # 固有 or 现状, where the group above the factors says so
    ignored: tuple[str, ...] = ()  # headings of columns that are not taken

    def heading(self, name: Field) -> str:
        """The heading of a field as it stands in the sheet, line breaks removed."""
        return self.labels[self.columns[name]][0]


@dataclass(frozen=True)
class Missing:
    """A sheet that is no ledger: which of the fields it would need are there, and which are not."""

    found: tuple[Field, ...]
    missing: tuple[Field, ...]


@cache
def written() -> Mapping[str, Any]:
    """How headings are written, as `headings.toml` says."""
    return tomllib.loads(files("app.exchange.workbook").joinpath("headings.toml").read_text(encoding="utf-8"))


def recognise(rows: Sequence[Sequence[object]]) -> Headings | Missing:
    """Find the headings in the first rows of a sheet, whose merged cells are filled."""
    texts = [[_one_line(cell) for cell in row[:MOST_COLUMNS]] for row in rows[:WITHIN]]
    blocks = [_columns(texts, last) for last in range(len(texts))]
    best = max(range(len(blocks)), key=lambda last: (len(blocks[last]), -last), default=None)
    if best is None:
        return Missing((), _needs("ls"))
    columns = blocks[best]
    lacking = _lacking(columns)
    if lacking:
        return Missing(tuple(columns), lacking)
    labels = {column: _labels(texts, best, column) for column in range(max(map(len, texts)))}
    taken = set(columns.values())
    return Headings(
        layout=_layout(columns),
        columns=columns,
        labels={column: found for column, found in labels.items() if column in taken},
        first_row=best + 1,
        basis=_basis(labels[columns[Field.L]]),
        ignored=tuple(found[0] for column, found in labels.items() if column not in taken and found),
    )


def skipped(sheet: str) -> bool:
    """Whether a sheet is never a ledger, by its name: a sample, notes, lists, marked problems."""
    return sheet.strip() in written()["skipped_sheets"]


def spoken(name: Field) -> str:
    """A field as people call it."""
    return str(written()["spoken"].get(name, name.value))


def plain(text: str) -> str:
    """A heading as it is looked up: half-width, without blanks, marks and colons, letters in capitals."""
    return re.sub(r"[\s*★:]+", "", unicodedata.normalize("NFKC", text)).upper()


@cache
def _ranks() -> Mapping[str, tuple[Field, int]]:
    """The field each way of writing stands for, and how well it names it: the first way best."""
    return {
        plain(way): (Field(name), rank)
        for name, ways in written()["fields"].items()
        for rank, way in reversed(list(enumerate(ways)))
    }


def _columns(texts: Sequence[Sequence[str]], last: int) -> dict[Field, int]:
    """The column of each field, were `last` the lowest row of headings: of several the best named, the first."""
    best: dict[Field, tuple[int, int]] = {}
    for column in range(max(map(len, texts[: last + 1]), default=0)):
        found = _field(_labels(texts, last, column))
        if found:
            name, rank = found
            best[name] = min(best.get(name, (rank, column)), (rank, column))
    if Field.E in best and Field.S in best and Field.C not in best:
        best[Field.C] = best.pop(Field.S)  # the LEC table calls its C 严重性 as often as 后果
    if Field.L in best and Field.E in best and Field.C not in best and Field.CONSEQUENCES in best:
        best[Field.C] = best.pop(Field.CONSEQUENCES)
    return {name: column for name, (_, column) in sorted(best.items(), key=lambda item: item[1][1])}


def _labels(texts: Sequence[Sequence[str]], last: int, column: int) -> tuple[str, ...]:
    """The headings of a column from the lowest up, each once."""
    block = range(last, max(last - _LEVELS, -1), -1)
    return tuple(dict.fromkeys(text for row in block if column < len(texts[row]) and (text := texts[row][column])))


def _field(labels: tuple[str, ...]) -> tuple[Field, int] | None:
    """What a column is, by its lowest heading, which the one above may complete: 风险点 over 编号."""
    if not labels:
        return None
    own = labels[0]
    for text in (*(above + own for above in labels[1:]), own):
        if found := _ranks().get(_unbracketed(text)):
            return found
    letters = [plain("".join(groups)) for groups in _BRACKETED.findall(plain(own))]
    outer = _BRACKETED.sub("", plain(own))
    parts = re.split(r"[/、,及或和与]", outer)
    # A factor's letter in brackets says more than the words before it: 后果（S）.
    tried = (*(letter for letter in letters if letter in ("L", "S", "E", "C")), outer, *letters, parts[0])
    return next((found for text in tried if (found := _ranks().get(text))), None)


def _unbracketed(text: str) -> str:
    return re.sub(r"[()\[\]]", "", plain(text))


def _one_line(cell: object) -> str:
    return re.sub(r"\s+", "", cell) if isinstance(cell, str) else ""


def _layout(columns: Mapping[Field, int]) -> str:
    if sum(name in columns for name in _FIVE) >= 2:
        return "five"
    return "ls" if not _absent("ls", columns) else "lec"


def _lacking(columns: Mapping[Field, int]) -> tuple[Field, ...]:
    """What keeps a sheet from being a ledger: nothing where it has all of one method."""
    return min((_absent(layout, columns) for layout in _by_likelihood(columns)), key=len)


def _by_likelihood(columns: Mapping[Field, int]) -> tuple[str, ...]:
    return ("lec", "ls") if Field.E in columns else ("ls", "lec")


def _absent(layout: str, columns: Mapping[Field, int]) -> tuple[Field, ...]:
    return tuple(name for name in _needs(layout) if name not in columns)


def _needs(layout: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in written()["layouts"][layout])


def _basis(labels: tuple[str, ...]) -> str:
    above = "".join(labels)
    return next((basis for basis, words in _BASES if any(word in above for word in words)), "")
