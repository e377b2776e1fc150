"""The templates of the management half: what form they must have, read once from `templates/*.toml`.

Their words are the product's own; `basis` names the law or standard an item follows, by article only where that is
certain, and says 通行做法 where no text asks for it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.inspections.models import Chapter

NAMES = ("common", "chemicals", "machinery", "grain")
"""The files, in the order in which they are shown: what all trades have in common, then the trades."""

LONGEST = {"check": 60, "how": 60, "standard": 120, "basis": 100}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TemplateFault(ValueError):
    """Content that breaks the form; says in which file and item."""


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One thing to look at; `key` never changes, for adopted items are known by it."""

    key: str
    chapter: Chapter
    check: str
    how: str
    standard: str
    basis: str
    photo_required: bool = False

    @property
    def described(self) -> dict[str, Any]:
        """What a management item made of it says."""
        names = ("chapter", "check", "how", "standard", "basis", "photo_required")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Template:
    """The items of one file."""

    name: str
    title: str
    note: str
    items: tuple[TemplateItem, ...]

    def key_of(self, item: TemplateItem) -> str:
        """By what an adopted item is known."""
        return f"{self.name}.{item.key}"


@cache
def templates() -> dict[str, Template]:
    """Every template by name. Raises TemplateFault naming the file and the item that breaks the form."""
    folder = files("app.inspections").joinpath("templates")
    return {name: read_template(name, folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES}


def read_template(name: str, text: str) -> Template:
    """One template from its text. Raises TemplateFault."""
    document = tomllib.loads(text)
    items = tuple(_item(name, said) for said in document["items"])
    for what in ("key", "check"):
        said = [getattr(item, what) for item in items]
        for one in set(said):
            if said.count(one) > 1:
                raise TemplateFault(f"{name}: {one} stands {said.count(one)} times")
    return Template(name=name, title=document["title"], note=document["note"], items=items)


def _item(name: str, said: dict[str, Any]) -> TemplateItem:
    where = f"{name}.{said.get('key')}"
    try:
        item = TemplateItem(**{**said, "chapter": Chapter(said["chapter"])})
    except (KeyError, TypeError, ValueError) as fault:
        raise TemplateFault(f"{where}: {fault}") from fault
    if not _SLUG.fullmatch(item.key):
        raise TemplateFault(f"{where}: not a slug")
    for part, most in LONGEST.items():
        text = getattr(item, part)
        if not isinstance(text, str) or not 1 <= len(text) <= most:
            raise TemplateFault(f"{where}: {part} is to be a text of 1 to {most} characters")
    return item
