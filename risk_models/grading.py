"""Grading: how factors become a score and a level, one by one and in bulk."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, FloatOperation, localcontext
from itertools import chain
from typing import Any

from risk_models.catalogue import choose
from risk_models.errors import GradingError, listed, shown
from risk_models.exact import read_number
from risk_models.grades import Grade
from risk_models.profile import Factor, Profile


def grade(method: str, factors: Mapping[str, Any], profile: str | Profile | None = None) -> Grade:
    """Grade by LS (R = L·S), LEC (D = L·E·C) or a custom product of factors, exactly; the score is dimensionless.

    Factors by their codes, each a text, int or Decimal on the profile's scale; a binary float or a boolean is refused.
    Without a profile the method's default applies. Equal grades of one profile are the same object.
    Raises GradingError when a factor is off the scale, missing or surplus, or the method or profile is unknown.
    Source: the profile.
    """
    chosen = choose(method, profile)
    codes = [factor.code for factor in chosen.factors]
    if not isinstance(factors, Mapping):
        message = f"因素应按代号给出：{listed(codes)}，不是{shown(factors)}。"
        raise GradingError(message, code="wrong_type", allowed=codes)
    for code in factors:
        if code not in codes:
            message = f"多出因素{shown(code)}；标准表 {chosen.name} 的因素是：{listed(codes)}。"
            raise GradingError(message, code="surplus_factor", factor=str(code)[:30], allowed=codes)
    for factor in chosen.factors:
        if factor.code not in factors:
            message = f"缺少因素 {factor.code}（{factor.name}）；可取：{listed(factor.values())}。"
            raise GradingError(message, code="missing_factor", factor=factor.code, allowed=factor.values())
    return chosen.grades[tuple(_on_scale(factor, factors[factor.code]) for factor in chosen.factors)]


def worst_of(factor: str, scores: Mapping[str, Any], method: str, profile: str | Profile | None = None) -> Decimal:
    """Return the value of a factor that is the worst of its dimensions: the highest of their scores.

    `scores` by dimension ("人员": "5"), each on the factor's scale; not every dimension need be scored.
    Raises GradingError for no score, a score off the scale, a dimension the scale does not name for that factor, and a
    factor the profile does not have or that it does not score by dimensions. Source: the profile.
    """
    chosen = choose(method, profile)
    found = next((each for each in chosen.factors if each.code == factor), None)
    if found is None:
        codes = [each.code for each in chosen.factors]
        message = f"多出因素{shown(factor)}；标准表 {chosen.name} 的因素是：{listed(codes)}。"
        raise GradingError(message, code="surplus_factor", factor=str(factor)[:30], allowed=codes)
    who, dimensions = f"因素 {found.code}（{found.name}）", found.dimensions()
    if not isinstance(scores, Mapping) or not scores:
        message = f"{who}应至少给出一个方面的取值，可给：{listed(dimensions) or '无'}。"
        raise GradingError(message, code="unknown_dimension", factor=factor, allowed=dimensions)
    for dimension in scores:
        if dimension not in dimensions:
            remedy = (
                f"可给：{listed(dimensions)}。" if dimensions else f"标准表 {chosen.name} 对它不分方面，请直接取值。"
            )
            message = f"{who}没有方面{shown(dimension)}；{remedy}"
            raise GradingError(message, code="unknown_dimension", factor=factor, allowed=dimensions)
    return max(_on_scale(found, score, dimension) for dimension, score in scores.items())


def grade_many(method: str, rows: Iterable[tuple[Any, ...]], profile: str | Profile | None = None) -> list[Grade]:
    """Grade many rows at once, giving the same shared objects as `grade`, in the rows' order.

    Each row is a tuple of factor values in the profile's factor order: (L, S) or (L, E, C). Rows of text as scales
    write it ("0.5", "40") and rows of Decimal take a dict look-up each; rows of int and Decimal take one more pass over
    their types, since a binary float would look up as its equal. Raises GradingError naming the first bad row, from 1.
    """
    chosen = choose(method, profile)
    batch = rows if isinstance(rows, list) else list(rows)
    for look_up in (_by_text, _by_decimal, _by_number):
        try:
            return look_up(chosen, batch)
        except (KeyError, TypeError):
            continue
    return [_grade_row(chosen, row, place) for place, row in enumerate(batch, start=1)]


def _by_text(profile: Profile, batch: list[tuple[Any, ...]]) -> list[Grade]:
    return list(map(profile.grades_by_text.__getitem__, batch))


def _by_decimal(profile: Profile, batch: list[tuple[Any, ...]]) -> list[Grade]:
    """Look up rows of Decimal without a pass over their types; what is not found as such raises KeyError.

    A Decimal that is compared with a float leaves the flag FloatOperation, equal or not; a boolean can equal 0 and 1
    alone, which stand in the table as keys that refuse it.
    """
    if not all(type(value) is Decimal for value in batch[0]):
        raise KeyError
    with localcontext() as context:
        context.clear_flags()
        found = list(map(profile.grades_by_decimal.__getitem__, batch))
        if context.flags[FloatOperation]:
            raise KeyError
    return found


def _by_number(profile: Profile, batch: list[tuple[Any, ...]]) -> list[Grade]:
    """Look up rows of int and Decimal once every type has been seen to be one of the two."""
    if not _EXACT_NUMBERS.issuperset(map(type, chain.from_iterable(batch))):
        raise KeyError
    return list(map(profile.grades_by_int.__getitem__, batch))


_EXACT_NUMBERS = frozenset({int, Decimal})


def _grade_row(profile: Profile, row: object, place: int) -> Grade:
    """Grade one row with every check; the quick ways leave to it what they could not look up."""
    codes = [factor.code for factor in profile.factors]
    if not isinstance(row, tuple | list):
        message = f"第 {place} 行应为依次给出 {listed(codes)} 的元组，不是{shown(row)}。"
        raise GradingError(message, code="wrong_type", allowed=codes)
    if len(row) != len(codes):
        code, factor = ("surplus_factor", None) if len(row) > len(codes) else ("missing_factor", codes[len(row)])
        message = f"第 {place} 行有 {len(row)} 个值；应依次给出：{listed(codes)}。"
        raise GradingError(message, code=code, factor=factor, allowed=codes)
    try:
        return profile.grades[tuple(map(_on_scale, profile.factors, row))]
    except GradingError as error:
        message = f"第 {place} 行：{error}"
        raise GradingError(message, code=error.code, factor=error.factor, allowed=error.allowed) from None


def _on_scale(factor: Factor, given: object, dimension: str = "") -> Decimal:
    """Return the scale value that was given; the message lists the scale, for that is what is allowed."""
    if type(given) is str or type(given) is int:
        known = factor.known.get(given)  # an int finds the Decimal it equals
        if known is not None:
            return known
    number = read_number(given)
    if number is not None and number in factor.known:
        return number
    allowed = factor.values()
    who = f"因素 {factor.code}（{factor.name}）" + (f"的“{dimension}”" if dimension else "")
    remedy = f"可取：{listed(allowed)}。"
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        message = f"{who}应为文字、整数或 Decimal，不接受{shown(given)}；{remedy}"
        raise GradingError(message, code="wrong_type", factor=factor.code, allowed=allowed)
    message = f"{who}不能取{shown(given)}；{remedy}"
    raise GradingError(message, code="off_scale", factor=factor.code, allowed=allowed)
