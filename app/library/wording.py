"""What words mean to the library (pure): spellings of one thing, and the trades an enterprise's code stands for."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize


def plain(text: str) -> str:
    """A text as it is compared: half-width, lower case, each thing in its one spelling."""
    spelling, either = _spellings()
    return either.sub(lambda found: spelling[found[0]], folded(text))


def folded(text: str) -> str:
    """A text as written, but half-width and lower case."""
    return normalize("NFKC", text).casefold()


@cache
def own_trades(code: str) -> frozenset[str]:
    """The trades of the library that are an enterprise's own, by the code of its trade; none for a code not listed."""
    rows = _read("enterprise_trades")["own"]
    return frozenset(trade for row in rows if code in row["codes"] for trade in row["trades"])


@cache
def common_trades() -> frozenset[str]:
    """The trades of the library that concern every enterprise."""
    return frozenset(_read("enterprise_trades")["common"])


@cache
def _spellings() -> tuple[dict[str, str], re.Pattern[str]]:
    spelling = {folded(each): folded(same[0]) for same in _read("synonyms")["same"] for each in same}
    longest_first = sorted(spelling, key=lambda each: -len(each))
    return spelling, re.compile("|".join(map(re.escape, longest_first)))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("app.library").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
