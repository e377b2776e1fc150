"""Which profile documents are accepted, and how a profile is written back; TOML files and stored JSON have one shape.

name, title, method, edition (a date), source, certainty,
factors: [{code, name, scale: [{value, meaning, dimensions: {viewpoint: criterion}}]}],
bands: [{level, level_name, at_least or above, at_most or below}]
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import prod
from threading import Lock
from typing import Any

from risk_models.coverage import check_coverage
from risk_models.errors import GradingError, listed, shown
from risk_models.exact import plain, read_number
from risk_models.levels import RiskLevel
from risk_models.profile import METHODS, SCORE_SYMBOLS, Band, Factor, Profile, Step

MAX_FACTORS = 6
MAX_COMBINATIONS = 10_000
CERTAINTIES = ("law", "source", "practice", "recall")

_LOCK = Lock()
_PROFILE = ("name", "title", "method", "edition", "source", "certainty", "factors", "bands")
# `range` is written by `describe` for people to read and says nothing new, so it may come back.
_BAND = ("level", "level_name", "at_least", "above", "at_most", "below", "range")


def read_profile(document: Mapping[str, Any]) -> Profile:
    """Return the profile a document states; equal documents give the same object. Raises GradingError."""
    _only(document, _PROFILE, "标准表")
    method = _text(document, "method", "标准表")
    if method not in METHODS:
        raise _invalid(f"方法 method 只能是：{listed(METHODS)}。", METHODS)
    certainty = _text(document, "certainty", "标准表")
    if certainty not in CERTAINTIES:
        raise _invalid(f"可信程度 certainty 只能是：{listed(CERTAINTIES)}。", CERTAINTIES)
    factors = _factors(document, method)
    bands = tuple(_band(entry, f"第 {place} 个分级") for place, entry in _entries(document, "bands", "标准表"))
    check_coverage(factors, bands)
    return _shared(
        Profile(
            name=_text(document, "name", "标准表", longest=64),
            title=_text(document, "title", "标准表"),
            method=method,
            edition=_date(document),
            source=_text(document, "source", "标准表"),
            certainty=certainty,
            factors=factors,
            bands=bands,
        )
    )


def write_profile(profile: Profile) -> dict[str, Any]:
    """Return the profile as a JSON-able document that `read_profile` accepts, with each band's range in words."""
    symbol = SCORE_SYMBOLS[profile.method]
    return {
        "name": profile.name,
        "title": profile.title,
        "method": profile.method,
        "edition": profile.edition.isoformat(),
        "source": profile.source,
        "certainty": profile.certainty,
        "factors": [
            {"code": factor.code, "name": factor.name, "scale": [_write_step(step) for step in factor.scale]}
            for factor in profile.factors
        ],
        "bands": [
            {
                "level": band.level.value,
                "level_name": band.level_name,
                **band.bounds(),
                "range": band.range(symbol),
            }
            for band in profile.bands
        ],
    }


def _write_step(step: Step) -> dict[str, Any]:
    return {"value": plain(step.value), "meaning": step.meaning, "dimensions": dict(step.dimensions)}


def _shared(profile: Profile) -> Profile:
    """Return the first of equal profiles, so that their grades are shared; two threads at once get the same one."""
    with _LOCK:
        return _first_of_equals(profile)


@lru_cache(maxsize=256)
def _first_of_equals(profile: Profile) -> Profile:
    return profile


def _factors(document: Mapping[str, Any], method: str) -> tuple[Factor, ...]:
    factors = tuple(_factor(entry, f"第 {place} 个因素") for place, entry in _entries(document, "factors", "标准表"))
    codes = tuple(factor.code for factor in factors)
    required = METHODS[method]
    if required is not None and codes != required:
        raise _invalid(f"方法 {method} 的因素依次是：{listed(required)}。", required)
    if len(set(codes)) != len(codes):
        raise _invalid(f"因素代号重复：{listed(codes)}；每个代号只能出现一次。")
    if len(factors) > MAX_FACTORS or prod(len(factor.scale) for factor in factors) > MAX_COMBINATIONS:
        raise _invalid(f"标准表最多 {MAX_FACTORS} 个因素、{MAX_COMBINATIONS} 种取值组合，请减少因素或取值。")
    return factors


def _factor(entry: Mapping[str, Any], where: str) -> Factor:
    _only(entry, ("code", "name", "scale"), where)
    code = _text(entry, "code", where, longest=16)
    scale = tuple(_step(step, code) for _, step in _entries(entry, "scale", f"因素 {code}"))
    if len({step.value for step in scale}) != len(scale):
        raise _invalid(f"因素 {code} 的取值重复；每个取值只能出现一次。", factor=code)
    return Factor(code, _text(entry, "name", where), scale)


def _step(entry: Mapping[str, Any], code: str) -> Step:
    where = f"因素 {code} 的取值"
    _only(entry, ("value", "meaning", "dimensions"), where)
    dimensions = entry.get("dimensions", {})
    if not isinstance(dimensions, Mapping) or not all(
        isinstance(part, str) and part.strip() for pair in dimensions.items() for part in pair
    ):
        raise _invalid(f"{where} 的 dimensions 应为“方面: 判定准则”的文字对照。", factor=code)
    return Step(_number(entry, "value", where), _text(entry, "meaning", where), tuple(dimensions.items()))


def _band(entry: Mapping[str, Any], where: str) -> Band:
    _only(entry, _BAND, where)
    level = _text(entry, "level", where)
    if level not in list(RiskLevel):
        raise _invalid(f"{where} 的 level 只能是：{listed(RiskLevel)}。", RiskLevel)
    for inclusive, exclusive in (("at_least", "above"), ("at_most", "below")):
        if inclusive in entry and exclusive in entry:
            raise _invalid(f"{where} 的 {inclusive} 与 {exclusive} 只能写一个。")
    low, high = (
        next((_number(entry, key, where) for key in keys if key in entry), None)
        for keys in (("at_least", "above"), ("at_most", "below"))
    )
    return Band(
        RiskLevel(level), _text(entry, "level_name", where), low, "above" not in entry, high, "below" not in entry
    )


def _entries(document: Mapping[str, Any], key: str, where: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Return a list's entries with their places from 1; an empty list decides nothing and is refused."""
    entries = document.get(key)
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        raise _invalid(f"{where}缺少 {key}：应为至少一项的列表。")
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise _invalid(f"{where}的 {key} 每一项都应为对象。")
    return list(enumerate(entries, start=1))


def _text(document: Mapping[str, Any], key: str, where: str, *, longest: int = 500) -> str:
    text = document.get(key)
    if not isinstance(text, str) or not text.strip() or len(text) > longest or not text.isprintable():
        raise _invalid(f"{where}的 {key} 应为 1–{longest} 个字的文字。")
    return str(text)


def _number(document: Mapping[str, Any], key: str, where: str) -> Decimal:
    number = read_number(document.get(key))
    if number is None:
        raise _invalid(f'{where}的 {key} 应为不带符号的数，写成文字，如 "0.5"、"160"；不接受二进制浮点数。')
    return number


def _date(document: Mapping[str, Any]) -> date:
    edition = document.get("edition")
    if type(edition) is date:
        return edition
    try:
        return date.fromisoformat(edition)  # type: ignore[arg-type]  # anything else than text raises TypeError
    except (TypeError, ValueError):
        raise _invalid("标准表的 edition 应为日期，如 2026-07-01。") from None


def _only(document: object, known: Sequence[str], where: str) -> None:
    if not isinstance(document, Mapping):
        raise _invalid(f"{where}应为对象，不是{shown(document)}。")
    for key in document:
        if key not in known:
            raise _invalid(f"{where}有未知的项 {shown(key)}；可用：{listed(known)}。", known)


def _invalid(
    message: str, allowed: Sequence[str] | Mapping[str, Any] | type[RiskLevel] = (), factor: str | None = None
) -> GradingError:
    return GradingError(message, code="invalid_profile", factor=factor, allowed=[str(item) for item in allowed])
