"""The safety signs the product knows, read from the data beside this file: what they mean, what calls for them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from app.printing.signs.drawing import Mark, drawing


class Family(StrEnum):
    """The four families of safety signs, in the order they stand on a card."""

    WARNING = "warning"
    PROHIBITION = "prohibition"
    MANDATORY = "mandatory"
    INFORMATION = "information"

    @property
    def label(self) -> str:
        return {"warning": "警告标志", "prohibition": "禁止标志", "mandatory": "指令标志", "information": "提示标志"}[
            self
        ]


# There is one object a sign, so signs are compared and hashed as objects: choosing does it thousands of times a batch.
@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """One safety sign: what is printed under it, what calls for it, and the keys of the signs it leaves no place for.

    An accident type does not call for it where a text has a word of `unless`, and nothing does where one has a word of
    `never_with`. Signs of lower `rank` (from 0) come first, but before all of them those called for at an accident type
    of their `leads_at`.
    """

    key: str
    name: str
    family: Family
    rank: int
    accidents: frozenset[str]
    words: frozenset[str]
    unless: frozenset[str]
    leaves_out: frozenset[str]
    never_with: frozenset[str]
    leads_at: frozenset[str]


@dataclass(frozen=True, slots=True)
class Edition:
    """The standard the signs follow, with the day it came into force (ISO) and what the drawings are."""

    standard: str
    title: str
    in_force_from: str
    drawings: str


@dataclass(frozen=True, slots=True)
class Plate:
    """How the name under a sign is painted: fill and ink as #rrggbb."""

    fill: str
    ink: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("app.printing.signs").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


_COMMON = _read("signs")
_ENTRIES: dict[Family, list[dict[str, Any]]] = {family: _read(family)["signs"] for family in Family}
_DRAWINGS: dict[str, str] = {entry["key"]: entry["drawing"] for entries in _ENTRIES.values() for entry in entries}


def _sign(family: Family, entry: dict[str, Any]) -> Sign:
    return Sign(
        entry["key"],
        entry["name"],
        family,
        entry["rank"],
        frozenset(entry.get("accidents", ())),
        frozenset(entry.get("words", ())),
        frozenset(entry.get("unless", ())),
        frozenset(entry.get("leaves_out", ())),
        frozenset(entry.get("never_with", ())),
        frozenset(entry.get("leads_at", ())),
    )


SIGNS: Mapping[str, Sign] = MappingProxyType(
    {entry["key"]: _sign(family, entry) for family, entries in _ENTRIES.items() for entry in entries}
)
EDITION = Edition(
    standard=_COMMON["edition"]["standard"],
    title=_COMMON["edition"]["title"],
    in_force_from=_COMMON["edition"]["in_force_from"].isoformat(),
    drawings=_COMMON["edition"]["drawings"],
)
GENERAL_WARNING = SIGNS[_COMMON["general_warning"]]


def plate(family: Family) -> Plate:
    """Return how names of the family's signs are painted."""
    return Plate(*(_COMMON["colours"][_COMMON["frames"][family]["plate"][part]] for part in ("fill", "ink")))


def colours(family: Family) -> dict[str, str]:
    """Return the paints of the family's signs as #rrggbb, by the names drawings use."""
    return {paint: _COMMON["colours"][colour] for paint, colour in _COMMON["frames"][family]["paints"].items()}


@cache
def pictogram(key: str) -> tuple[Mark, ...]:
    """Return what a sign shows, in its place within the frame, which is a box of 100 × 100 with y upwards."""
    frame = _COMMON["frames"][SIGNS[key].family]
    x, y, scale = frame["place"]
    return tuple(mark.moved(x, y, scale) for mark in drawing(_DRAWINGS[key], _COMMON["figures"]))


@cache
def marks(key: str) -> tuple[Mark, ...]:
    """Return a whole sign: the ground of its frame, its pictogram, and what the frame paints over it."""
    frame = _COMMON["frames"][SIGNS[key].family]
    return (*drawing(frame["under"], {}), *pictogram(key), *drawing(frame.get("over", ""), {}))
