"""Grading: how factors become a score and a level, one by one and in bulk."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
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


def grade_many(method: str, rows: Iterable[tuple[Any, ...]], profile: str | Profile | None = None) -> list[Grade]:
    """Grade many rows at once, giving the same shared objects as `grade`, in the rows' order.

    Each row is a tuple of factor values in the profile's factor order: (L, S) or (L, E, C). Rows of text as scales
    write it ("0.5", "40") take a dict look-up each; rows of int and Decimal take one more pass over their types,
    since a binary float would look up as its equal. Raises GradingError naming the first bad row, counted from 1.
    """
    chosen = choose(method, profile)
    batch = rows if isinstance(rows, list) else list(rows)
    try:
        return list(map(chosen.grades_by_text.__getitem__, batch))
    except (KeyError, TypeError):
        pass
    try:
        types = set(map(type, chain.from_iterable(batch)))
        if types == {Decimal}:
            return list(map(chosen.grades.__getitem__, batch))
        if types <= {int, Decimal}:
            return list(map(chosen.grades_by_int.__getitem__, batch))
    except (KeyError, TypeError):
        pass
    return [_grade_row(chosen, row, place) for place, row in enumerate(batch, start=1)]


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


def _on_scale(factor: Factor, given: object) -> Decimal:
    """Return the scale value that was given; the message lists the scale, for that is what is allowed."""
    if type(given) is str or type(given) is int:
        known = factor.known.get(given)  # an int finds the Decimal it equals
        if known is not None:
            return known
    number = read_number(given)
    if number is not None and number in factor.known:
        return number
    allowed = factor.values()
    who, remedy = f"因素 {factor.code}（{factor.name}）", f"可取：{listed(allowed)}。"
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        message = f"{who}应为文字、整数或 Decimal，不接受{shown(given)}；{remedy}"
        raise GradingError(message, code="wrong_type", factor=factor.code, allowed=allowed)
    message = f"{who}不能取{shown(given)}；{remedy}"
    raise GradingError(message, code="off_scale", factor=factor.code, allowed=allowed)
