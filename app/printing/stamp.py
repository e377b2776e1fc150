"""What every print carries so that paper can be checked, and the paper it is drawn on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reportlab.lib import pagesizes


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """Which version of its subject a print is, of which day, and how to ask whether it still holds."""

    version: int
    """Counts the different contents the subject has been printed with, from 1."""
    printed_on: date
    seq: int
    """The number in the enterprise's ledger it was made from."""
    code: str
    """For the eye, as in 7KQ2-M4XD."""
    address: str
    """What the check symbol says."""


class Paper(StrEnum):
    """The sizes prints come in. Source: ISO 216."""

    A5 = "a5"
    A4 = "a4"
    A3 = "a3"
    A2 = "a2"
    A1 = "a1"

    @property
    def label(self) -> str:
        return self.value.upper()


@dataclass(frozen=True, slots=True)
class Look:
    """How a print is to look: the paper and which way it lies."""

    paper: Paper = Paper.A4
    landscape: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page, in points."""
        size: tuple[float, float] = getattr(pagesizes, self.paper.label)
        return (size[1], size[0]) if self.landscape else size
