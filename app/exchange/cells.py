"""What the text of one cell means: categories, accident types, levels, days, measures; no row is looked at."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from app.assessments.models import Basis
from app.exchange.workbook.sheet import DIRECTLY_JUDGED
from app.risks.accidents import ACCIDENT_TYPES, NEW_NAMES, successors
from app.risks.terms import Category, FactorClass
from risk_models import RiskLevel


class Amiss(Exception):
    """A cell that cannot be taken; the message says in Chinese why and what to write."""


class Reading(dict[Any, Any]):
    """What each text means, worked out once; a text that cannot be taken means its Amiss."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __missing__(self, text: Any) -> Any:
        try:
            meant = self.read(text)
        except Amiss as amiss:
            meant = amiss
        self[text] = meant
        return meant


HALF_WIDTH = {ord("０") + digit: ord("0") + digit for digit in range(10)}
LIST_MARKS = re.compile(r"[、，,;；/\n\r]+")
NUMBERED = re.compile(r"(?:(?:^|(?<=[\s;；。]))(?:\d{1,2}(?:[、)）]|[.．](?!\d))|[（(]\d{1,2}[)）])|[①-⑳])\s*")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d.*)?")
LEVEL_WORDS = {
    word: level
    for level, extra in (
        (RiskLevel.RED, ("红色", "重大")),
        (RiskLevel.ORANGE, ("橙色", "较大")),
        (RiskLevel.YELLOW, ("黄色", "一般")),
        (RiskLevel.BLUE, ("蓝色", "低", "较小风险", "较小")),
    )
    for word in (level.label, level.colour_name, *extra)
}
FACTOR_CLASSES = {
    word: kind
    for kind, words in (
        (FactorClass.PEOPLE, ("人", "人员")),
        (FactorClass.THINGS, ("物", "设备")),
        (FactorClass.ENVIRONMENT, ("环", "环境")),
        (FactorClass.MANAGEMENT, ("管", "管理")),
    )
    for word in (kind.label, *words)
}
BASES = {"固有": Basis.INHERENT, "现状": Basis.RESIDUAL, "剩余": Basis.RESIDUAL, "残余": Basis.RESIDUAL}
BASIS_UNSAID = Basis.RESIDUAL  # what a row without a basis speaks of
ENDINGS = (
    (("作业",), Category.OPERATION),
    (("岗", "岗位"), Category.POST),
    (("库", "室", "间", "区", "车间", "场", "站"), Category.PLACE),
)


def same(name: str) -> str:
    """The name of a unit, a person or a zone as a reader gives it: digits half-width, the ends stripped."""
    return name.translate(HALF_WIDTH).strip()


def plain(text: str) -> str:
    """A longer text as a reader gives it: one kind of line break, the ends stripped."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def category_of(text: str) -> Category:
    """The kind of point a cell names by its label, more words after it allowed: 设备设施、作业活动."""
    for category in Category:
        if text.startswith(category.label):
            return category
    raise Amiss(f"没有类别{quoted(text)}，只能是：{'、'.join(category.label for category in Category)}。")


def guessed_category(name: str) -> Category:
    """The kind of point its name suggests where the workbook does not say: by its last character, else equipment."""
    return next((category for endings, category in ENDINGS if name.endswith(endings)), Category.EQUIPMENT)


def factor_class_of(text: str) -> FactorClass:
    """The class of a hazard factor after GB/T 13861."""
    if text not in FACTOR_CLASSES:
        raise Amiss(f"没有因素类别{quoted(text)}，只能是：{'、'.join(kind.label for kind in FactorClass)}。")
    return FACTOR_CLASSES[text]


def basis_of(text: str) -> Basis:
    """What an assessment assumes: 固有 or 现状."""
    found = BASES.get(text.removesuffix("风险"))
    if found is None:
        raise Amiss(f"评估基础只能是“固有”（假定没有管控措施）或“现状”，不是{quoted(text)}。")
    return found


def accidents_of(text: str) -> list[str]:
    """The accident types a cell lists, each once, in its order."""
    kinds = list(dict.fromkeys(part.strip() for part in LIST_MARKS.split(text) if part.strip()))
    for kind in kinds:
        if kind not in ACCIDENT_TYPES:
            raise Amiss(f"没有事故类型{quoted(kind)}，{_nearest_accident(kind)}")
    if len(kinds) > 10:
        raise Amiss("一个危险源最多填 10 种可能事故，请只留主要的。")
    return kinds


def old_names(kinds: Sequence[str]) -> list[str]:
    """What to tell of accident types only the old standard knows: the names that follow them."""
    return [f"“{kind}”是旧标准的名称，{_followed(kind)}" for kind in kinds if kind not in NEW_NAMES]


def level_of(text: str) -> RiskLevel:
    """The level a cell names by its words or its colour; numbers are refused, for tables count from either end."""
    words = [word for word in re.split(r"[\s/、（）()·]+", text) if word and word != DIRECTLY_JUDGED]
    found = {LEVEL_WORDS.get(word) for word in words}
    if len(found) != 1 or None in found:
        raise Amiss(f"看不出等级{quoted(text)}，请写：重大风险、较大风险、一般风险或低风险。")
    return found.pop()  # type: ignore[return-value]  # None was refused above


def number_of(text: str) -> Decimal:
    """A plain number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(text) > 20:
        raise Amiss(f"应为数字，不是{quoted(text)}。")
    return number


def day_of(text: str) -> date:
    """A day: 2026-11-21, 2026/11/21, 2026.11.21 or 2026年11月21日."""
    found = DAY.fullmatch(text)
    try:
        if found and 2000 <= int(found[1]) <= 2200:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Amiss(f"应为日期，例如 2026-11-21，不是{quoted(text)}。")


def measures_of(text: str) -> list[str]:
    """The measures of a cell, one a line or a number: 1. 1、（1） ①; each once."""
    parts = [part.strip() for line in text.splitlines() for part in NUMBERED.split(line)]
    return list(dict.fromkeys(part for part in parts if part))


def quoted(text: str) -> str:
    """What was written, shortened: a message never repeats a thousand characters."""
    return f"“{text}”" if len(text) <= 30 else f"“{text[:30]}…”"


def suggested(text: str, names: Sequence[str]) -> str:
    """Names like this one, as the end of a message; empty where none is near."""
    found = near(text, names)
    return f"是不是：{'、'.join(found)}？" if found else ""


def near(text: str, names: Sequence[str]) -> list[str]:
    """The names most like this one, at most three, the nearest first."""
    return get_close_matches(text, names, n=3, cutoff=0.5)


def _nearest_accident(kind: str) -> str:
    found = near(kind, sorted(ACCIDENT_TYPES))
    if not found:
        return "请用 GB 6441-2025 的名称，见模板的下拉列表。"
    return f"是不是“{found[0]}”？" if found[0] in NEW_NAMES else f"它近于旧名“{found[0]}”，{_followed(found[0])}"


def _followed(kind: str) -> str:
    return f"GB 6441-2025 中为：{'；'.join(f'{name}（{why}）' if why else name for name, why in successors(kind))}。"
