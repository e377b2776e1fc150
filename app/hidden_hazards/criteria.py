"""What makes a hidden hazard a major one (pure): dated criteria files, chosen by trade and subject, several at once.

A file of criteria/ holds one published document in the product's own words, with how sure that is; the published text
decides, and `number` says which. A superseded document keeps its file: what was graded under it stays.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("criteria")
MOST_OFFERED = 20


@dataclass(frozen=True)
class Clause:
    """One circumstance that makes a hidden hazard major; without trades it holds for all its file's."""

    clause: str  # as in 第一条 or 第四条第（一）项
    text: str
    keywords: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()


@dataclass(frozen=True)
class File:
    """One document of criteria; without trades it holds for every trade."""

    name: str
    title: str
    number: str
    edition: str
    in_force_from: date
    superseded_on: date | None
    trades: tuple[str, ...]
    subjects: tuple[str, ...]
    certainty: str  # "practice": read in published tables; "recall": not confirmed
    note: str
    clauses: tuple[Clause, ...]

    def in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (self.superseded_on is None or on < self.superseded_on)


@dataclass(frozen=True)
class Match:
    """A clause offered for a text, with the words they share."""

    file: File
    clause: Clause
    reasons: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.file.name}/{self.clause.clause}"


@cache
def files() -> tuple[File, ...]:
    """Every file of criteria, by name."""
    return tuple(_file(path) for path in sorted(FOLDER.glob("*.toml")))


@cache
def trades_of(code: str) -> frozenset[str]:
    """The trades of the criteria an enterprise's registered trade belongs to; none for a code nobody knows."""
    table = tomllib.loads((FOLDER.parent / "criteria_trades.toml").read_text(encoding="utf-8"))
    return frozenset(trade for trade, codes in table.items() if code in codes)


def in_force(trade: str, subjects: Collection[str], on: date) -> list[Match]:
    """The clauses that hold for an enterprise's trade on a day, of these subjects if any are named.

    A trade nobody knows is held to all of them: nothing says which do not concern it.
    """
    own = trades_of(trade)
    found = []
    for file in files():
        if not file.in_force(on) or not _concerns(file.trades, own):
            continue
        for clause in file.clauses:
            of_subject = not subjects or set(subjects) & {*file.subjects, *clause.subjects}
            if of_subject and _concerns(clause.trades, own):
                found.append(Match(file, clause))
    return found


def matching(text: str, trade: str, on: date) -> list[Match]:
    """The clauses in force that fit a text, the closest first."""
    return closest(text, in_force(trade, (), on))


def closest(text: str, held: Collection[Match]) -> list[Match]:
    """Those of the clauses whose keywords the text has, the closest first, each with the words they share.

    Of two as close, the one made for the trade comes before one for every trade.
    """
    hits = [
        Match(match.file, match.clause, tuple(word for word in match.clause.keywords if word in text)) for match in held
    ]
    hits = [match for match in hits if match.reasons]
    hits.sort(key=lambda match: (-sum(map(len, match.reasons)), not match.file.trades, match.key))
    return hits[:MOST_OFFERED]


def named(keys: Collection[str], trade: str, on: date) -> dict[str, Match]:
    """The clauses in force with these keys ("file/clause"), by key; what is not in force is not in the answer."""
    held = {match.key: match for match in in_force(trade, (), on)}
    return {key: held[key] for key in keys if key in held}


def _concerns(trades: tuple[str, ...], own: frozenset[str]) -> bool:
    return not trades or not own or bool(own & set(trades))


def _file(path: Path) -> File:
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    clauses = tuple(Clause(**{name: _tuple(value) for name, value in one.items()}) for one in document.pop("clauses"))
    known = {name: _tuple(value) for name, value in document.items()}
    return File(**{"superseded_on": None, "trades": (), "subjects": (), "note": "", **known, "clauses": clauses})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
