"""The library's content (pure): what an entry is, what form it must have, read once from `entries/*.toml`."""

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

from app.risks.accidents import accident_lists
from app.risks.terms import Category, FactorClass, MeasureCategory

TRADES = (
    "chemicals", "machining", "metallurgy", "building_materials", "light_industry", "textiles", "food_and_grain",
    "ammonia_refrigeration", "dust_explosion", "confined_space", "electricity", "special_equipment", "fire", "traffic",
)  # fmt: skip
"""The files, in the order in which they are shown: ten trades, then what all trades have in common."""

LONGEST = {
    "hazard_source": 60, "consequences": 120, "affected": 60,
    "text": 120, "basis": 120, "check": 120, "how": 60, "standard": 120, "unit": 20,
}  # fmt: skip
HOW_MANY = {"places": (1, 4), "equipment": (1, 5), "words": (0, 5), "accident_types": (1, 4)}
LONGEST_TERM = 30  # characters of a place, a piece of equipment, a word
CHECKED = {"check", "how", "standard"}  # what to look at, how, against what: all three or none

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\"']")


class EntryFault(ValueError):
    """Content that breaks the form; says in which file and entry."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A control measure of an entry; without a `check` it yields no check item."""

    category: MeasureCategory
    text: str
    basis: str
    check: str = ""
    how: str = ""
    standard: str = ""
    reading: dict[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A hazard source to begin from; `category` is the kind of risk point it is usually found at."""

    id: str
    trade: str
    trade_label: str
    hazard_source: str
    category: Category
    factor_class: FactorClass
    places: tuple[str, ...]
    equipment: tuple[str, ...]
    words: tuple[str, ...]
    accident_types: tuple[str, ...]
    consequences: str
    affected: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """The entries of one file."""

    key: str
    label: str
    entries: tuple[Entry, ...] = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.entries)


@cache
def trades() -> tuple[Trade, ...]:
    """The whole library by trade. Raises EntryFault naming the file and the entry that breaks the form."""
    folder = files("app.library").joinpath("entries")
    read = tuple(read_trade(name, folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")) for name in TRADES)
    seen: dict[str, str] = {}
    for entry in (entry for trade in read for entry in trade.entries):
        other = seen.setdefault(entry.hazard_source, entry.id)
        if other != entry.id:
            raise EntryFault(f"{entry.id}: says the same as {other}")
    return read


@cache
def entries() -> dict[str, Entry]:
    """Every entry by its id, `<trade>.<key>`, in the order in which they are shown."""
    return {entry.id: entry for trade in trades() for entry in trade.entries}


def read_trade(name: str, text: str) -> Trade:
    """The entries of one file. Raises EntryFault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EntryFault(f"{name}.toml: {error}") from None
    if set(document) != {"trade", "label", "entries"} or document["trade"] != name:
        raise EntryFault(f"{name}.toml: has trade = {name!r}, a label and entries, and nothing else")
    read: dict[str, Entry] = {}
    for raw in document["entries"]:
        where = f"{name}.toml, {raw.get('key', 'an entry without key')}"
        try:
            entry = _entry(raw, name, document["label"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EntryFault(f"{where}: {error}") from None
        if entry.id in read:
            raise EntryFault(f"{where}: the key is used twice")
        read[entry.id] = entry
    return Trade(name, _said(document, "label", 30), tuple(read.values()))


def _entry(raw: dict[str, Any], trade: str, label: str) -> Entry:
    said: dict[str, Any] = {name: _terms(raw, name) for name in HOW_MANY}
    said |= {name: _said(raw, name) for name in ("hazard_source", "consequences", "affected")}
    _must_be_known(raw, {"key", "category", "factor_class", "measures", *said})
    if not _SLUG.fullmatch(raw["key"]) or len(raw["key"]) > 50:
        raise ValueError("the key is lower-case letters, digits and hyphens, at most 50")
    unknown = set(said["accident_types"]) - set(next(iter(accident_lists().values())))
    if unknown:
        raise ValueError(f"no accident types in force: {', '.join(sorted(unknown))}")
    measures = tuple(_measure(each) for each in raw["measures"])
    _must_suffice(measures)
    return Entry(
        id=f"{trade}.{raw['key']}", trade=trade, trade_label=label, category=Category(raw["category"]),
        factor_class=FactorClass(raw["factor_class"]), measures=measures, **said,
    )  # fmt: skip


def _measure(raw: dict[str, Any]) -> Measure:
    _must_be_known(raw, {"category", "text", "basis", "reading", *CHECKED})
    texts = {name: _said(raw, name) for name in ("text", "basis", *sorted(CHECKED & set(raw)))}
    if set(raw) & CHECKED not in (set(), CHECKED):
        raise ValueError(f"check, how and standard go together: {raw['text']}")
    if "reading" in raw and "check" not in raw:
        raise ValueError(f"a reading needs a check: {raw['text']}")
    reading = _reading(raw["reading"]) if "reading" in raw else None
    return Measure(category=MeasureCategory(raw["category"]), reading=reading, **texts)


def _reading(raw: dict[str, str]) -> dict[str, str | None]:
    _must_be_known(raw, {"unit", "min", "max"})
    limits = {name: raw.get(name) for name in ("min", "max")}
    try:
        least, most = (None if text is None else Decimal(text) for text in limits.values())
    except InvalidOperation:
        raise ValueError(f"a limit of a reading is a number as text: {raw}") from None
    if (least is None and most is None) or (least is not None and most is not None and least > most):
        raise ValueError(f"a reading has a lower limit, an upper one, or both in order: {raw}")
    return {"unit": _said(raw, "unit"), **limits}


def _must_suffice(measures: tuple[Measure, ...]) -> None:
    """Raise unless the measures are of several kinds, and enough of them can be looked at."""
    kinds = {measure.category for measure in measures}
    if not 4 <= len(measures) <= 6 or len(kinds) < 3:
        raise ValueError("an entry has 4 to 6 measures of at least three categories")
    if not kinds & {MeasureCategory.ENGINEERING, MeasureCategory.MANAGEMENT}:
        raise ValueError("an entry has an engineering or a management measure")
    if sum(bool(measure.check) for measure in measures) < 2:
        raise ValueError("an entry has at least two check items")


def _must_be_known(raw: dict[str, Any], names: set[str]) -> None:
    if not set(raw) <= names:
        raise ValueError(f"unknown fields {', '.join(sorted(set(raw) - names))}")


def _terms(raw: dict[str, Any], name: str) -> tuple[str, ...]:
    least, most = HOW_MANY[name]
    terms = tuple(_clean(term, name, LONGEST_TERM) for term in raw[name])
    if not least <= len(terms) <= most or len(set(terms)) < len(terms):
        raise ValueError(f"{name} has {least} to {most} different terms")
    return terms


def _said(raw: dict[str, Any], name: str, most: int = 0) -> str:
    return _clean(raw[name], name, most or LONGEST[name])


def _clean(value: Any, name: str, most: int) -> str:
    """The text as it stands. Raises for one that is empty, too long, or has a straight quote or control character."""
    if not isinstance(value, str) or not value or value != value.strip() or len(value) > most:
        raise ValueError(f"{name} is 1 to {most} characters of text without blanks around: {value!r}")
    if _NOT_PRINTED.search(value):
        raise ValueError(f"{name} has a straight quote or a control character: {value!r}")
    return value
