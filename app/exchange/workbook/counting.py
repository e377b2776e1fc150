"""How many cells one part of a workbook holds, how far out, and which have no value (pure): before any reader sees it.

A reader of workbooks makes room for every place up to the last cell, so one cell far out can cost all memory. What is
counted here is counted while the part is unpacked. Only tags as spreadsheet programs write them are taken: whatever
could be read in two ways is refused.
"""

import re
from collections import Counter

from app.core.errors import Invalid, TooLarge

MOST_ROWS = 20_000  # rows with content, of all sheets together
MOST_CELLS = 1_500_000  # cells of one sheet, and places up to its last cell with content
MOST_MERGED = 500_000  # cells inside merged ranges of one sheet
_MOST_TAG = 1_000_000  # bytes between two tags

_ATTRIBUTES = re.compile(rb'(?:\s+[\w:.]+="[^"<>]*")*\s*/?')
_PREFIXED = re.compile(rb":(?:c|v|f|si|mergeCell)[\s/>]")  # a part may write <x:c> for <c>, at a cost to who reads it


class _Tags:
    """How the tags this module looks for begin; `begin` is the pattern up to a tag's own name."""

    def __init__(self, begin: bytes) -> None:
        filled = begin + rb'c\s+r="([A-Z]+)([0-9]+)"'
        formula = begin + rb"f(?:\s[^<>]*)?(?:/>|>[^<]*</[^<>]*>)\s*"
        self.cell = re.compile(begin + rb'c[\s/>](?:r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>)?')
        self.merged = re.compile(
            begin + rb'mergeCell[\s/>](?:ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")?'
        )
        self.item = re.compile(begin + rb"si[\s/>]")
        self.formula = re.compile(begin + rb"f[\s/>]")
        self.shared = re.compile(begin + rb'c\s[^<>]*\st="s"[^<>]*>\s*' + begin + rb"v>([0-9]{1,9})<")
        self.error = re.compile(
            filled + rb'[^<>]*\st="e"[^<>]*>\s*(?:' + formula + rb")?" + begin + rb"v>([^<]*)<"
        )  # fmt: skip
        self.without = re.compile(
            filled + rb"([^<>]*)>\s*" + formula + rb"(?:" + begin + rb"v\s*(?:/>|>\s*</[^<>]*>))?\s*</[^<>]*\bc>"
        )


_PLAIN_TAGS = _Tags(rb"<")
_ANY_TAGS = _Tags(rb"<(?:[^\s<>/:]+:)?")


def tags_of(content: bytes) -> _Tags:
    """How the tags of a part, or of a piece of it, are found."""
    return _ANY_TAGS if _PREFIXED.search(content) else _PLAIN_TAGS


Place = tuple[int, int]  # row and column, from 1


class Part:
    """One XML part while it is unpacked: `take` each piece, then `finish`."""

    def __init__(self, rows_before: int) -> None:
        self.rows: set[bytes] = set()
        self.flaws: dict[Place, str] = {}
        self._rows_before = rows_before
        self._columns: set[bytes] = set()
        self._kinds: Counter[bytes] = Counter()  # what stands in the tag of a cell behind its place
        self._cells = 0
        self._pieces: list[bytes] = []
        self._rest = b""

    def take(self, piece: bytes) -> None:
        """Count the cells of a piece. Raises TooLarge for too many rows or cells, Invalid for what none would write."""
        self._pieces.append(piece)
        data = self._rest + piece
        cut = max(data.rfind(b"<"), 0)
        self._count(data, cut)
        self._rest = data[cut:]
        if len(self._rest) > _MOST_TAG or b"\0" in piece:
            raise irregular()

    def finish(self) -> bytes:
        """The whole part, once its cells are found to be within bounds. Raises as `take` does."""
        self._count(self._rest, len(self._rest))
        content = b"".join(self._pieces)
        self._pieces = []
        tags = tags_of(content)
        if not all(map(_ATTRIBUTES.fullmatch, self._kinds)):
            raise irregular()
        if b"<!" in content and (self._cells or tags.item.search(content)):
            raise irregular()  # a comment could hide cells from this count, or show it some that are none
        if self._cells:
            self._within(content, tags)
            self._find_flaws(content, tags)
        return content

    def shared_bytes(self, content: bytes, lengths: list[int]) -> int:
        """How long the shared texts of a sheet are when each is written out in its cell."""
        cells = self._kinds_with(b' t="s"')
        longest = max(lengths, default=0)
        if not cells * longest:
            return 0
        named = Counter(tags_of(content).shared.findall(content))
        known = sum(lengths[int(number)] * many for number, many in named.items() if int(number) < len(lengths))
        return known + max(cells - named.total(), 0) * longest

    def _count(self, data: bytes, end: int) -> None:
        found = tags_of(data).cell.findall(data, 0, end)
        self._cells += len(found)
        if any(kind.endswith(b"/") for kind in {cell[2] for cell in found}):
            found = [cell for cell in found if not cell[2].endswith(b"/")]  # an empty tag holds nothing
        if found:
            columns, rows, kinds = zip(*found, strict=True)
            self._columns.update(columns)
            self.rows.update(rows)
            self._kinds.update(kinds)
        if b"" in self._columns:
            raise irregular()
        if self._rows_before + len(self.rows) > MOST_ROWS:
            raise TooLarge(
                f"工作簿超过 {MOST_ROWS:,} 行，一次最多导入 {MOST_ROWS:,} 行。请按车间或区域拆成几个文件，分次导入。",
                code="too_many_rows",
            )
        if self._cells > MOST_CELLS:
            raise _too_spread(f"一张表里有超过 {MOST_CELLS:,} 个单元格")

    def _within(self, content: bytes, tags: _Tags) -> None:
        last_row = max(map(int, self.rows), default=0)
        last_column = max(map(column_number, self._columns), default=0)
        if last_row * last_column > MOST_CELLS:
            raise _too_spread(f"内容一直延伸到第 {last_row:,} 行、第 {last_column:,} 列")
        merged = 0
        for left, top, right, bottom in tags.merged.findall(content) if b"mergeCell" in content else ():
            if not left:
                raise irregular()
            across, down = column_number(right) - column_number(left) + 1, int(bottom) - int(top) + 1
            merged += max(across, 1) * max(down, 1)
        if merged > MOST_MERGED:
            raise _too_spread(f"合并单元格盖住了 {merged:,} 个格子")

    def _kinds_with(self, attribute: bytes) -> int:
        return sum(count for kind, count in self._kinds.items() if attribute in kind)

    def _find_flaws(self, content: bytes, tags: _Tags) -> None:
        if self._kinds_with(b' t="e"'):
            for column, row, value in tags.error.findall(content):
                error = value.decode("utf-8", "replace")[:20]
                self.flaws[int(row), column_number(column)] = f"单元格是错误值 {error}，请改正公式或直接填写内容。"
        if tags.formula.search(content):
            for column, row, attributes in tags.without.findall(content):
                if b't="str"' not in attributes:  # a formula whose result is the empty text has a value
                    self.flaws[int(row), column_number(column)] = (
                        "公式没有保存计算结果，请用 Excel 或 WPS 打开、保存后再上传，或直接填写数值。"
                    )


def text_lengths(content: bytes) -> list[int]:
    """The lengths in bytes, or a little more, of the shared texts of a part, in order; empty where it has none."""
    if b"<si" not in content and b":si" not in content:
        return []
    starts = [found.start() for found in tags_of(content).item.finditer(content)]
    return [end - start for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]


def column_number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def irregular() -> Invalid:
    """The refusal of a workbook that no spreadsheet program writes so."""
    return Invalid(
        "工作簿已损坏，或不是由 Excel、WPS 保存的。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
        code="broken_workbook",
    )


def _too_spread(what: str) -> TooLarge:
    return TooLarge(
        f"工作簿{what}，无法读取。请删去台账以外的行、列和格式（选中后右键“删除”），保存后再上传。",
        code="workbook_too_spread",
    )
