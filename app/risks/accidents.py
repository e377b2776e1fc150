"""The accident types, as dated lists (pure): the 27 in force, and the 20 that old rows keep, with what follows each."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files("app.risks").joinpath("accident_types.toml").read_text(encoding="utf-8"))


@cache
def accident_lists() -> dict[str, list[str]]:
    """The lists by their standard and edition, the one in force first."""
    return {entry["standard"]: entry["types"] for entry in _document()["lists"]}


def successors(old: str) -> list[tuple[str, str]]:
    """The names in force that follow an old one, each with when it is the right one (empty where nothing else is)."""
    return [(new["name"], new.get("when", "")) for new in _document()["moved"]["names"].get(old, ())]


def moved_names() -> list[dict[str, Any]]:
    """Every old name with the names in force that follow it, for a form that helps moving."""
    return [
        {"old": old, "new": [{"name": name, "when": when} for name, when in successors(old)]}
        for old in _document()["moved"]["names"]
    ]


ACCIDENT_TYPES = frozenset(kind for kinds in accident_lists().values() for kind in kinds)
NEW_NAMES = frozenset(next(iter(accident_lists().values())))
