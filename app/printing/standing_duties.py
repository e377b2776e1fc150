"""What everyone at a post, and who has a role there besides, must and may do whatever its risks (pure)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class StandingDuty:
    """One sentence of what is to be done, and the article it comes of."""

    says: str
    source: str


EVERYONE = "everyone"


@cache
def standing_duties(whose: str = EVERYONE) -> tuple[StandingDuty, ...]:
    """The duties of everyone, or those a role has besides; none for a role the data does not name."""
    text = files("app.printing").joinpath("standing_duties.toml").read_text(encoding="utf-8")
    return tuple(StandingDuty(one["says"], one["source"]) for one in tomllib.loads(text).get(whose, ()))
