"""The accident types, as dated lists (pure): the 27 in force, and the 20 that old rows keep."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def accident_lists() -> dict[str, list[str]]:
    """The lists by their standard and edition, the one in force first."""
    text = files("app.risks").joinpath("accident_types.toml").read_text(encoding="utf-8")
    return {entry["standard"]: entry["types"] for entry in tomllib.loads(text)["lists"]}


ACCIDENT_TYPES = frozenset(kind for kinds in accident_lists().values() for kind in kinds)
