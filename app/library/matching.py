"""Which entries of the library fit (pure): searched by words, suggested for a risk point, each with its reason.

Chinese has no blanks between words, so texts are compared by the longest run of characters they share. A run is worth
the more, the fewer entries have its pairs of characters, and the more the field it stands in says of the entry. What
has no whole match counts half. Both are compared in one spelling of each thing. What is suggested weighs more from the
enterprise's own trade, and less from a trade of others. The order is that of the worth, then that of the files: the
same question, the same answer.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log

from app.library.entries import Entry, entries
from app.library.wording import common_trades, folded, own_trades, plain
from app.risks.terms import Category

WEIGHTS = {"设备": 3.0, "场所": 2.0, "关键词": 2.0, "危险源": 2.0, "后果": 1.0, "行业": 1.0}
SAME_CATEGORY = 1.3  # times the worth of an entry for the point's own category
OWN_TRADE = 2.5  # times the worth of an entry of the enterprise's own trade, where that is known
COMMON_TRADE = 1.2  # of a trade that concerns every enterprise
OTHER_TRADE = 0.5  # of a trade of others
COMMON = 0.15  # a pair of characters in more than this share of the entries suggests nothing
LEAST_WORTH = 0.15  # a suggestion is worth at least this share of the best
ENOUGH = 0.5  # more than this share of the pairs of a word or name must be found where no whole term is
NEAR = 0.5  # what matches in part is worth at least this share of the best
REASONS = 3  # how many an entry gives at most

_ORDINAL = re.compile(r"(?:\d+|[一二三四五六七八九十]+|[a-z])\s*(?:#|号|栋|期)|\d+|#")
_BLANK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that fits; `score` orders and means nothing else, `why` says in Chinese what matched."""

    entry: Entry
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One text of an entry as it is compared."""

    entry_id: str
    field: str
    said: str  # as written
    text: str  # as compared


@dataclass(frozen=True, slots=True)
class Run:
    """What a term shares with a name or a word."""

    term: Term
    text: str
    worth: float
    whole: bool  # all of the term, or all of what was asked


class Index:
    """Every text of the library by its pairs of characters; built once."""

    def __init__(self, content: Iterable[Entry]) -> None:
        self.terms: list[Term] = []
        self.by_pair: dict[str, list[Term]] = defaultdict(list)
        holders: dict[str, set[str]] = defaultdict(set)
        of_all = list(content)
        for entry in of_all:
            for field, said in _texts(entry):
                term = Term(entry.id, field, said, plain(said))
                self.terms.append(term)
                for pair in pairs(term.text):
                    self.by_pair[pair].append(term)
                    holders[pair].add(entry.id)
        self.rarity = {pair: log(1 + len(of_all) / len(ids)) for pair, ids in holders.items()}
        self.telling = {pair for pair, ids in holders.items() if len(ids) <= COMMON * len(of_all)}

    def sharing(self, asked: str) -> Iterator[Term]:
        """The terms that share a pair of characters, or the one character asked for, in the order of the files."""
        if len(asked) == 1:
            return (term for term in self.terms if asked in term.text)
        return iter({id(term): term for pair in sorted(pairs(asked)) for term in self.by_pair.get(pair, ())}.values())

    def worth(self, text: str) -> float:
        """How telling a run of characters is."""
        return sum(self.rarity.get(pair, 0.0) for pair in pairs(text)) or 1.0


@cache
def index() -> Index:
    """The index of the library."""
    return Index(entries().values())


def search(
    *,
    trade: str | None = None,
    place: str | None = None,
    equipment: str | None = None,
    accident_type: str | None = None,
    category: Category | None = None,
    text: str | None = None,
) -> list[Found]:
    """The entries that meet every condition, those that fit the words best first.

    `place` and `equipment` are parts of names; every word of `text` must be found, or more than half of its pairs.
    Where no entry has every word, those that have its most telling parts, which say that they are near only.
    """
    chosen = [
        entry
        for entry in entries().values()
        if (trade is None or entry.trade == trade)
        and (category is None or entry.category == category)
        and (accident_type is None or accident_type in entry.accident_types)
        and (place is None or _named(place, entry.places))
        and (equipment is None or _named(equipment, entry.equipment))
    ]
    words = _BLANK.sub(" ", plain(text or "")).split()
    if not words:
        return [] if text else [Found(entry, 0) for entry in chosen]
    for_word = [_found_by(word) for word in dict.fromkeys(words)]
    found = _ordered(
        Found(
            entry, sum(runs[entry.id][0].worth for runs in for_word), _reasons(runs[entry.id][0] for runs in for_word)
        )
        for entry in chosen
        if all(entry.id in runs for runs in for_word)
    )
    return found or _near("\n".join(words), chosen)


def suggest(name: str, category: Category, *, trade: str = "") -> list[Found]:
    """What a risk point of this name and category may have, the best first; nothing where the name says nothing.

    `trade` is that of the enterprise: entries of its own trade weigh more and say so.
    """
    asked = _BLANK.sub("\n", _ORDINAL.sub("\n", plain(name)))  # a run never crosses a line
    own = own_trades(trade)
    found = [
        _suggested(entries()[entry_id], runs, category, own)
        for entry_id, runs in _telling(asked).items()
        if any(run.whole for run in runs) or _covered(asked, runs) > ENOUGH
    ]
    least = LEAST_WORTH * max((each.score for each in found), default=0)
    return _ordered(each for each in found if each.score >= least)


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters, none across a line."""
    return {first + second for first, second in pairwise(text) if "\n" not in (first, second)}


def _texts(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from (("设备", text) for text in entry.equipment)
    yield from (("场所", text) for text in entry.places)
    yield from (("关键词", text) for text in entry.words)
    yield "危险源", entry.hazard_source
    yield "后果", entry.consequences
    yield "行业", entry.trade_label


def _shared(asked: str, term: Term) -> Run:
    """The longest run of characters that the term shares with what was asked."""
    run = ""
    for start in range(len(asked)):
        while start + len(run) < len(asked) and (longer := asked[start : start + len(run) + 1]) in term.text:
            run = longer
    whole = run == term.text or run in asked.split("\n")
    return Run(term, run, WEIGHTS[term.field] * index().worth(run) * (1 if whole else 0.5), whole)


def _found_by(word: str) -> dict[str, list[Run]]:
    """The entries a word is found in, each with its runs, the best first."""
    by_entry: dict[str, list[Run]] = defaultdict(list)
    for term in index().sharing(word):
        by_entry[term.entry_id].append(_shared(word, term))
    return {
        entry_id: sorted(runs, key=lambda run: -run.worth)
        for entry_id, runs in by_entry.items()
        if any(run.text == word for run in runs) or _covered(word, runs) > ENOUGH
    }


def _telling(asked: str) -> dict[str, list[Run]]:
    """What each entry shares with what was asked that tells it from others."""
    by_entry: dict[str, list[Run]] = defaultdict(list)
    for term in index().sharing(asked):
        run = _shared(asked, term)
        if pairs(run.text) & index().telling:
            by_entry[term.entry_id].append(run)
    return by_entry


def _near(asked: str, chosen: list[Entry]) -> list[Found]:
    """The entries that match what was asked in part, each saying in which: most of it first, then the most worth."""
    shared = _telling(asked)
    parts = {entry.id: _worths(shared[entry.id]) for entry in chosen if entry.id in shared}
    found = [
        Found(
            entries()[id_],
            sum(index().worth(text) for text in worths),
            ("近似：含" + "、".join(f"“{text}”" for text in worths),),
        )
        for id_, worths in parts.items()
    ]
    least = NEAR * max((each.score for each in found), default=0)
    near_enough = (each for each in found if each.score >= least)
    return sorted(near_enough, key=lambda each: (-each.score, -sum(parts[each.entry.id].values())))


def _covered(word: str, runs: list[Run]) -> float:
    wanted = pairs(word)
    return len(wanted & pairs("\n".join(run.text for run in runs))) / len(wanted) if wanted else 0


def _worths(runs: list[Run]) -> dict[str, float]:
    """What each text shared is worth, the best first: the sum over its fields; none is counted within another."""
    by_text: dict[str, dict[str, float]] = defaultdict(dict)
    for run in runs:
        in_fields = by_text[run.text]
        in_fields[run.term.field] = max(run.worth, in_fields.get(run.term.field, 0))
    worths = {text: sum(in_fields.values()) for text, in_fields in by_text.items()}
    kept: dict[str, float] = {}
    for text in sorted(worths, key=lambda text: -worths[text]):
        if not any(text in other or other in text for other in kept):
            kept[text] = worths[text]
    return kept


def _suggested(entry: Entry, runs: list[Run], category: Category, own: frozenset[str]) -> Found:
    """The worth of an entry to a point of the category, in an enterprise of these trades."""
    worths = _worths(runs)
    score, why = sum(worths.values()), []
    if entry.category == category:
        score, why = score * SAME_CATEGORY, [f"类别为{category.label}"]
    if entry.trade in own:
        score, why = score * OWN_TRADE, [*why, "本行业"]
    elif own:
        score *= COMMON_TRADE if entry.trade in common_trades() else OTHER_TRADE
    best: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: -run.worth):
        best.setdefault(run.text, run)
    return Found(entry, score, (*_reasons(best[text] for text in worths), *why))


def _reasons(runs: Iterable[Run]) -> tuple[str, ...]:
    """What matched, in Chinese: 名称含“冲压机”."""
    said: dict[str, str] = {}
    for run in runs:
        text = f"“{run.term.said}”" if run.term.field != "危险源" else "的描述"
        whole = run.text == run.term.text
        alike = "" if run.text in folded(run.term.said) else "同义的"  # the term has it in another spelling
        part = f"{run.term.field}{text}有{alike}“{run.text}”"
        said.setdefault(run.text, f"含{run.term.field}{text}" if whole else part)
    return tuple(said.values())[:REASONS]


def _named(part: str, names: tuple[str, ...]) -> bool:
    return any(plain(part) in plain(name) for name in names)


def _ordered(found: Iterable[Found]) -> list[Found]:
    place = {entry_id: number for number, entry_id in enumerate(entries())}
    return sorted(found, key=lambda each: (-each.score, place[each.entry.id]))
