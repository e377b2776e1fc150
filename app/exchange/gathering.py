"""Which point and which hazard source each row of a workbook speaks of, and what the rows say of them together."""

import re
from collections import defaultdict
from collections.abc import Hashable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from app.assessments.models import Basis
from app.exchange.cells import (
    BASIS_UNSAID,
    Amiss,
    Reading,
    accidents_of,
    basis_of,
    category_of,
    factor_class_of,
    old_names,
    plain,
    quoted,
)
from app.exchange.drafts import Draft, PointDraft, SourceDraft
from app.exchange.judging import FACTORS, Judging
from app.exchange.known import Known, Row
from app.exchange.names import Names
from app.exchange.workbook.sheet import Field, Ledger, Line, Problem

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.#/-]*")
MEASURES = (
    Field.MEASURES, Field.ENGINEERING, Field.MANAGEMENT, Field.TRAINING, Field.PPE, Field.EMERGENCY,
)  # fmt: skip
OF_A_SOURCE = (
    Field.SOURCE_CODE, Field.SOURCE, Field.FACTOR_CLASS, Field.ACCIDENTS, Field.CONSEQUENCES, Field.AFFECTED,
    Field.BASIS, *FACTORS, Field.SCORE, Field.LEVEL, *MEASURES, Field.ASSESSED_ON,
)  # fmt: skip


class Unclear(Exception):
    """A row of which nobody can say what it speaks of, and the column that leaves it unclear."""

    def __init__(self, field: Field, message: str) -> None:
        super().__init__(message)
        self.field = field


class Gathering:
    """Reads the lines of a ledger into drafts, and notes every cell that cannot be taken."""

    def __init__(self, known: Known, ledger: Ledger) -> None:
        self.known, self.ledger = known, ledger
        self.names = Names(known)
        self.problems: list[Problem] = list(ledger.problems)
        self.advice: dict[str, Problem] = {}
        self.points: dict[Hashable, PointDraft] = {}
        self.rows: list[tuple[Line, PointDraft, SourceDraft | None, Basis | None]] = []
        self._new_sources: dict[str, PointDraft] = {}  # by the code they bring
        self._bearers = self._bearers_of_names()
        self._source_bearers = self._bearers_of_source_names()
        self._told_zones: set[Hashable] = set()
        self._plain: tuple[tuple[Field, Reading], ...] = (
            (Field.POINT, Reading(str)),
            (Field.CATEGORY, Reading(category_of)),
            (Field.CYCLE, Reading(str)),
        )
        self._of_source: tuple[tuple[Field, Reading], ...] = (
            (Field.SOURCE, Reading(str)),
            (Field.FACTOR_CLASS, Reading(factor_class_of)),
            (Field.ACCIDENTS, Reading(accidents_of)),
            (Field.CONSEQUENCES, Reading(str)),
            (Field.AFFECTED, Reading(str)),
        )
        self._basis = Reading(basis_of)
        self._listing = {
            sheet: [field for field in MEASURES if field in there] for sheet, there in ledger.columns.items()
        }

    def gather(self, judging: Judging) -> None:
        """Go through the lines in their order."""
        for line in self.ledger.lines:
            try:
                self._gather(line, judging)
            except Unclear as unclear:
                self.wrong(line, unclear.field, str(unclear))

    def _gather(self, line: Line, judging: Judging) -> None:
        point = self._point_of(line)
        self._say_of_point(line, point)
        source = self._source_of(line, point)
        basis = self._basis_of(line, source) if source else None
        self.rows.append((line, point, source, basis))
        if source and basis:
            source.lines.append(line)
            self._say(line, source, self._of_source, "危险源")
            source.measures += [
                (field, line.texts[field]) for field in self._listing[line.sheet] if field in line.texts
            ]
            in_force = self.known.assessments.get(source.known.id, {}) if source.known else {}
            said = judging.judge(line, self.ledger.columns[line.sheet], in_force.get(basis))
            if said:
                source.judgements[basis] = said

    def wrong(self, line: Line, field: Field | None, message: str) -> None:
        """Note what is wrong with a cell, or with the whole row."""
        self.problems.append(self.at(line, field, message))

    def advise(self, line: Line, field: Field, message: str) -> None:
        """Note what could be better, once."""
        if message not in self.advice:
            self.advice[message] = self.at(line, field, message)

    def at(self, line: Line, field: Field | None, message: str) -> Problem:
        """A message with its place."""
        column = self.ledger.columns[line.sheet].get(field, 0) if field else 0
        return Problem(line.sheet, line.row, column, str(field or ""), message)

    def _bearers_of_names(self) -> Mapping[str, set[Hashable]]:
        """Which points bear a name, in the enterprise and in the workbook, for rows that bring no code."""
        bearers: dict[str, set[Hashable]] = defaultdict(set)
        if all(Field.POINT_CODE in line.texts for line in self.ledger.lines):
            return bearers
        for point in self.known.points.values():
            if point.retired_at is None:
                bearers[plain(point.name)].add(point.id)
        for line in self.ledger.lines:
            code = line.texts.get(Field.POINT_CODE)
            if code and Field.POINT in line.texts:
                point = self.known.points_by_code.get(code)
                bearers[line.texts[Field.POINT]].add(point.id if point else ("code", code))
        return bearers

    def _bearers_of_source_names(self) -> Mapping[tuple[Hashable, str], set[Hashable]]:
        """Which sources with a code bear a name in the workbook, by point, for rows that bring no code."""
        bearers: dict[tuple[Hashable, str], set[Hashable]] = defaultdict(set)
        if all(Field.SOURCE_CODE in line.texts for line in self.ledger.lines):
            return bearers
        for line in self.ledger.lines:
            code, name = line.texts.get(Field.SOURCE_CODE), line.texts.get(Field.SOURCE)
            if code and name:
                source = self.known.sources_by_code.get(code)
                with suppress(Unclear):  # told when the row itself is read
                    bearers[self._key_of_point(line), name].add(source.id if source else ("code", code))
        return bearers

    def _key_of_point(self, line: Line) -> Hashable:
        code, name = line.texts.get(Field.POINT_CODE), line.texts.get(Field.POINT)
        if code:
            found = self.known.points_by_code.get(code)
            if found is None and (len(code) > 20 or not CODE.fullmatch(code)):
                raise Unclear(Field.POINT_CODE, "应为 1 到 20 位字母、数字或 _ . # / -；不填则由系统编号。")
            return found.id if found else ("code", code)
        if not name:
            raise Unclear(Field.POINT, "请填写风险点（名称）。")
        bearers = self._bearers.get(name, ())
        if len(bearers) > 1:
            raise Unclear(Field.POINT, f"有 {len(bearers)} 个风险点叫{quoted(name)}，请填写风险点编号。")
        return next(iter(bearers), ("name", name))

    def _point_of(self, line: Line) -> PointDraft:
        key = self._key_of_point(line)
        if key not in self.points:
            point = None if isinstance(key, tuple) else self.known.points[key]
            if point and point.retired_at:
                raise Unclear(Field.POINT_CODE, f"风险点 {point.code} 已停用，不能导入；请换用在用的编号。")
            self.points[key] = PointDraft(point)
            self._doubt_new_code(line, point)
        self.points[key].lines.append(line)
        return self.points[key]

    def _doubt_new_code(self, line: Line, point: Any) -> None:
        """An unknown code beside a known name makes a second point of that name: likely a slip of the pen."""
        code, name = line.texts.get(Field.POINT_CODE), line.texts.get(Field.POINT)
        alike = self._codes_by_name.get(name or "") if code and point is None else None
        if alike:
            message = f"编号{quoted(code or '')}不在台账里，将新建一个同名的风险点；如是笔误，请改为 {alike}。"
            self.advise(line, Field.POINT_CODE, message)

    @cached_property
    def _codes_by_name(self) -> Mapping[str, str]:
        return {plain(one.name): one.code for one in self.known.points.values() if one.retired_at is None}

    def _say_of_point(self, line: Line, point: PointDraft) -> None:
        self._say(line, point, self._plain, "风险点")
        current = point.known
        for field, reading, held in (
            (Field.UNIT, self.names.unit, current and current.unit_id),
            (Field.PERSON, self.names.person, current and current.responsible_id),
            (Field.ZONE, self.names.zone, current and current.zone_id),
        ):
            text = line.texts.get(field)
            if text:
                names_it = held and self.names.names[field, text, held]
                value = held if names_it else reading[text]
                self._take(line, point, field, value, "风险点")
                if isinstance(value, tuple) and value not in self._told_zones:
                    self._tell_new_zones(line, value)

    def _tell_new_zones(self, line: Line, path: tuple[str, ...]) -> None:
        """Name the zones an import would make, at the first row that names them."""
        for end in range(1, len(path) + 1):
            if path[:end] in self.names.new_zones and path[:end] not in self._told_zones:
                self._told_zones.add(path[:end])
                self.advise(line, Field.ZONE, self.names.of_new_zone(path[:end]))

    def _source_of(self, line: Line, point: PointDraft) -> SourceDraft | None:
        code, name = line.texts.get(Field.SOURCE_CODE), line.texts.get(Field.SOURCE)
        key: Hashable
        if code:
            found = self.known.sources_by_code.get(code)
            if found is None and (len(code) > 24 or not CODE.fullmatch(code)):
                raise Unclear(Field.SOURCE_CODE, "应为 1 到 24 位字母、数字或 _ . # / -；不填则由系统编号。")
            elsewhere = self._elsewhere(code, found, point)
            if elsewhere:
                raise Unclear(Field.SOURCE_CODE, elsewhere)
            key = found.id if found else ("code", code)
        elif name:
            bearers = self._sources_named(line, point, name)
            if len(bearers) > 1:
                message = f"这个风险点有 {len(bearers)} 个危险源叫{quoted(name)}，请填写危险源编号。"
                raise Unclear(Field.SOURCE, message)
            key = next(iter(bearers), ("name", name))
        else:
            if any(field in line.texts for field in OF_A_SOURCE):
                raise Unclear(Field.SOURCE, "请填写危险源；只登记风险点时，危险源以后的各列都留空。")
            return None
        if key not in point.sources:
            point.sources[key] = SourceDraft(None if isinstance(key, tuple) else self.known.sources[key])
        return point.sources[key]

    def _sources_named(self, line: Line, point: PointDraft, name: str) -> set[Hashable]:
        """The sources of a point that bear a name, in the enterprise and, with a code, in the workbook."""
        known = self.known.sources_by_name.get((point.known.id, name), []) if point.known else []
        found: set[Hashable] = {source.id for source in known}
        return (
            found | self._source_bearers.get((self._key_of_point(line), name), set()) if self._source_bearers else found
        )

    def _elsewhere(self, code: str, found: Row | None, point: PointDraft) -> str:
        """Why a source of this code cannot be this point's; empty when it can."""
        if found is None:
            owner = self._new_sources.setdefault(code, point)
            return "" if owner is point else f"危险源编号 {code} 在第 {owner.lines[0].row} 行已用于另一个风险点。"
        if found.retired_at:
            return f"危险源 {code} 已停用，不能导入；请换用在用的编号。"
        if point.known is None or found.point_id != point.known.id:
            return f"危险源 {code} 属于风险点 {self.known.points[found.point_id].code}，不能换到另一个风险点下。"
        return ""

    def _basis_of(self, line: Line, source: SourceDraft) -> Basis:
        text = line.texts.get(Field.BASIS)
        basis: Basis | Amiss = self._basis[text] if text else BASIS_UNSAID
        if isinstance(basis, Amiss):
            raise Unclear(Field.BASIS, str(basis))
        first = source.by_basis.setdefault(basis, line)
        if first is not line:
            message = f"与{_where(first, line)}重复：同一危险源的{basis.label}只能有一行，请删去一行。"
            raise Unclear(Field.SOURCE, message)
        return basis

    def _say(self, line: Line, draft: Draft, fields: tuple[tuple[Field, Reading], ...], of: str) -> None:
        texts = line.texts
        for field, reading in fields:
            text = texts.get(field)
            if text:
                self._take(line, draft, field, reading[text], of)

    def _take(self, line: Line, draft: Draft, field: Field, value: Any, of: str) -> None:
        if isinstance(value, Amiss):
            return self.wrong(line, field, str(value))
        if field is Field.ACCIDENTS:
            for message in old_names(value):
                self.advise(line, field, message)
        said = draft.said.setdefault(field, value)
        if said is not value and said != value:
            where = _where(draft.first_to_say(field), line)
            message = f"与{where}不一致：同一{of}各行的{field}应当相同，请都改成一样；若是另一个{of}，请用另一个编号。"
            self.wrong(line, field, message)


def _where(line: Line, seen_from: Line) -> str:
    return f"第 {line.row} 行" if line.sheet == seen_from.sheet else f"“{line.sheet}”第 {line.row} 行"
