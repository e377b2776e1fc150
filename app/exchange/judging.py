"""What a row says of an assessment: graded by the enterprise's profile, and held against the one in force.

A row that says what is in force changes nothing, whatever profile that was graded by. A new assessment is never of an
earlier day than the one it follows, and carries a direct judgement over: an import cannot undo one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.assessments.profiles import find_profile
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import invalid_field
from app.exchange.cells import Amiss, Reading, day_of, level_of, number_of
from app.exchange.drafts import Judgement
from app.exchange.known import Row
from app.exchange.plan import Judged
from app.exchange.workbook.sheet import Field, Line
from app.risks.rules import rules_of
from risk_models import Grade, GradingError, Profile, RiskLevel, describe, grade

FACTORS = (Field.L, Field.S, Field.E, Field.C)
CODES = {"LS": ("L", "S"), "LEC": ("L", "E", "C")}
Wrong = Callable[[Line, Field, str], None]
Given = tuple[str | None, ...]  # what stands in the columns of the factors


@dataclass(frozen=True, slots=True)
class Read:
    """What the factors of a row come to: as an assessment keeps them, and their grade or why there is none."""

    method: str
    factors: dict[str, str]
    graded: Grade | GradingError


def usable_profile(actor: Actor, name: str) -> tuple[str, str | Profile]:
    """The method of a profile that rows may be graded by, and the profile. Raises Invalid for any other."""
    try:
        found = find_profile(actor, name)
        method: str = describe(found)["method"]
    except GradingError as error:
        raise invalid_field("/profile", str(error), code=error.code) from None
    if method not in CODES:
        raise invalid_field("/profile", "工作簿只能按 LS 或 LEC 的标准评估；自定义方法请在系统中评估。")
    return method, found


def profile_by_default(actor: Actor, method: str) -> str | Profile:
    """The profile rows of a method are graded by where none is named: the one the enterprise settled."""
    return find_profile(actor, rules_of(actor.enterprise).document["profiles"][method])


class Judging:
    """Reads the assessments of a workbook's rows; each combination of factors is graded once."""

    def __init__(self, actor: Actor, *, profile: str | None, wrong: Wrong) -> None:
        self.named = profile
        self.profiles: dict[str, Any] = {method: profile_by_default(actor, method) for method in CODES}
        if profile:
            method, found = usable_profile(actor, profile)
            self.profiles[method] = found
        self.wrong = wrong
        self.today = today()
        self.read: dict[tuple[Given, bool], Read | str] = {}
        self.number, self.level, self.day = Reading(number_of), Reading(level_of), Reading(day_of)

    def judge(self, line: Line, columns: Mapping[Field, int], in_force: Row | None) -> Judgement | None:
        """What a row says of one basis of a source; None where it says nothing new, or something wrong."""
        texts = line.texts
        given = tuple(map(texts.get, FACTORS))
        told = Field.ASSESSED_ON in texts
        day = self.day[texts[Field.ASSESSED_ON]] if told else None
        if isinstance(day, Amiss) or (day and day > self.today):
            self.wrong(line, Field.ASSESSED_ON, str(day) if isinstance(day, Amiss) else "评估日期不能晚于今天。")
            return None
        if given == (None,) * 4:
            self._repeats(line, in_force, day)
            return None
        read = self._read(given, columns)
        if isinstance(read, str):
            self.wrong(line, Field.S, read)
            return None
        if in_force is not None and day and day < in_force.assessed_on:
            message = f"早于现行评估的日期 {in_force.assessed_on}；历次评估不能改写，请填写重新评估的日期，或留空。"
            self.wrong(line, Field.ASSESSED_ON, message)
            return None
        if self._stands(read, in_force) and (day is None or day == in_force.assessed_on):  # type: ignore[union-attr]
            self._agrees(line, in_force.score, RiskLevel(in_force.level), "现行评估")  # type: ignore[union-attr]
            return None
        return self._new(line, read, in_force, day)

    def judged(self, judgement: Judgement, in_force: Row | None) -> Judged:
        """The assessment that follows the one in force."""
        reason = in_force.direct_reason if in_force is not None else None
        level = RiskLevel.RED if reason else judgement.graded.level
        graded = judgement.graded
        return Judged(graded, level, reason, judgement.assessed_on, graded.score, graded.profile)

    def _new(self, line: Line, read: Read, in_force: Row | None, day: date | None) -> Judgement | None:
        graded = read.graded
        if isinstance(graded, GradingError):
            self.wrong(line, Field(graded.factor) if graded.factor else Field.L, str(graded))
            return None
        direct = in_force is not None and in_force.direct_reason
        said = "、".join(f"{code}={value}" for code, value in read.factors.items())
        because = "直接判定" if direct else f"{said}（标准 {graded.profile}）"
        if self._agrees(line, graded.score, RiskLevel.RED if direct else graded.level, because, graded.level_name):
            return Judgement(line, graded, day or self.today, _differing(read.factors, in_force))
        return None

    def _stands(self, read: Read, in_force: Row | None) -> bool:
        return (
            in_force is not None
            and in_force.method == read.method
            and in_force.factors == read.factors
            and self.named in (None, in_force.profile)
        )

    def _repeats(self, line: Line, in_force: Row | None, day: date | None) -> None:
        """A row without factors may only repeat what is in force."""
        told = [field for field in (Field.SCORE, Field.LEVEL, Field.ASSESSED_ON) if field in line.texts]
        if in_force is not None:
            self._agrees(line, in_force.score, RiskLevel(in_force.level), "现行评估")
            if day and day != in_force.assessed_on:
                self.wrong(line, Field.ASSESSED_ON, "只填了评估日期，没有 L、S（或 L、E、C）的取值；请补上取值。")
        elif told:
            self.wrong(line, told[0], "没有 L、S（或 L、E、C）的取值，无法核对；请补上取值，或把分值和等级留空。")

    def _agrees(
        self, line: Line, score: Decimal | None, level: RiskLevel, because: str, level_name: str | None = None
    ) -> bool:
        """Whether the score and the level a row gives are those that come out; problems say both."""
        agrees = True
        for field, reader, right, label in (
            (Field.SCORE, self.number, score, "" if score is None else format(score, "f")),
            (Field.LEVEL, self.level, level, level.label),
        ):
            text = line.texts.get(field)
            if text is None or (field is Field.LEVEL and text == level_name):
                continue
            meant = reader[text]
            if meant != right:
                agrees = False
                message = f"填写的是“{text}”，{because}应为“{label}”；请核对取值，或改正{field}。"
                self.wrong(line, field, str(meant) if isinstance(meant, Amiss) else message)
        return agrees

    def _read(self, given: Given, columns: Mapping[Field, int]) -> Read | str:
        by_lec = Field.S not in columns
        key = (given, by_lec)
        if key not in self.read:
            self.read[key] = self._graded(given, by_lec)
        return self.read[key]

    def _graded(self, given: Given, by_lec: bool) -> Read | str:
        texts = {field.value: text for field, text in zip(FACTORS, given, strict=True) if text is not None}
        of_lec = "E" in texts or "C" in texts
        if "S" in texts and of_lec:
            return "同一行既有 S，又有 E 或 C，看不出用哪种方法；LS 只填 L、S，LEC 只填 L、E、C。"
        method = "LEC" if of_lec or (by_lec and "S" not in texts) else "LS"
        try:
            graded: Grade | GradingError = grade(method, texts, self.profiles[method])
        except GradingError as error:
            graded = error
        factors = {code: _plain(texts[code]) for code in CODES[method] if code in texts}
        return Read(method, factors, graded)


def as_judged(in_force: Row) -> Judged:
    """The assessment in force, as what follows from all of a source's is worked out."""
    score = None if in_force.score is None else Decimal(in_force.score)
    level = RiskLevel(in_force.level)
    return Judged(None, level, in_force.direct_reason, in_force.assessed_on, score, in_force.profile)


def _differing(factors: Mapping[str, str], in_force: Row | None) -> tuple[Field, ...]:
    before = in_force.factors if in_force is not None else {}
    return tuple(Field(code) for code, value in factors.items() if before.get(code) != value) or (Field.ASSESSED_ON,)


def _plain(text: str) -> str:
    """A number as an assessment keeps it: 3.0 is 3; what is no number stays."""
    try:
        return format(number_of(text).normalize(), "f")
    except Amiss:
        return text
