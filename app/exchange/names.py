"""What a name in a workbook means in one enterprise: a unit, a person, a zone. Names of others are never looked at."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from app.exchange.cells import Amiss, Reading, near, quoted, same, suggested
from app.exchange.known import Key, Known, Row
from app.exchange.workbook.sheet import Field

NAMED = re.compile(r"(.+?)\s*[（(]\s*([^（()）]+?)\s*[)）]")
Path = tuple[str, ...]


class Names:
    """Reads names; each text is looked up once."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.unit_paths = paths_of(known.units)
        zones = {zone_id: zone for zone_id, zone in known.zones.items() if zone.retired_at is None}
        self.zone_paths = paths_of(zones)
        self.new_zones: dict[Path, Key | Path | None] = {}  # those to be made, each with its parent
        self._units: dict[str, list[Key]]
        self._zones: dict[str, list[Key]]
        self._units, self._zones = _by_last(self.unit_paths), _by_last(self.zone_paths)
        self.names = Reading(self._names)
        self.unit = Reading(self._unit)
        self.person = Reading(self._person)
        self.zone = Reading(self._zone)

    def _names(self, asked: tuple[Field, str, Key]) -> bool:
        """Whether a text may name this very unit, zone or person, however many others it may name."""
        field, text, key = asked
        if field is Field.PERSON:
            person = self.known.people[key]
            return text in (same(person.name), f"{same(person.name)}（{same(person.login)}）")
        paths = self.unit_paths if field is Field.UNIT else self.zone_paths
        return key in paths and _ends_with(paths[key], text)

    def _unit(self, text: str) -> Key:
        found = [
            unit_id for unit_id in self._units.get(_split(text)[-1], ()) if _ends_with(self.unit_paths[unit_id], text)
        ]
        found = found or self._units.get(text, [])
        if len(found) > 1:
            paths = "、".join("/".join(self.unit_paths[unit_id]) for unit_id in found[:3])
            raise Amiss(f"有 {len(found)} 个部门叫{quoted(text)}，请写上级部门以区分，例如：{paths}。")
        if not found:
            like = suggested(text, sorted(self._units))
            raise Amiss(f"本企业没有部门{quoted(text)}，{like or '请先建立这个部门，或改为已有的部门。'}")
        return found[0]

    def _person(self, text: str) -> Key:
        working = [person for person in self.known.people.values() if person.disabled_at is None]
        found = [person for person in working if same(person.name) == text]
        named = NAMED.fullmatch(text)
        if not found and named:
            found = [one for one in working if (same(one.name), same(one.login)) == named.groups()]
        if len(found) > 1:
            each = "、".join(f"{person.name}（{person.login}）" for person in found[:3])
            raise Amiss(f"有 {len(found)} 个人叫{quoted(text)}，请写成姓名（登录名）以区分：{each}。")
        if not found:
            like = suggested(text, sorted({person.name for person in working}))
            raise Amiss(f"本企业没有在用的人员{quoted(text)}，{like or '请填一位已建立账号的责任人。'}")
        return found[0].id  # type: ignore[no-any-return]

    def _zone(self, text: str) -> Key | Path:
        """The zone of this name or path, or the path of one that is to be made."""
        return self._zone_at((text,), text) if text in self._zones else self._zone_at(_split(text), text)

    def of_new_zone(self, path: Path) -> str:
        """What to tell of a zone that is to be made, for it may be a slip of the pen."""
        like = near(path[-1], sorted(self._zones))
        remedy = f"；如为笔误请改为“{like[0]}”" if like else ""
        return f"将新建风险分区“{' › '.join(path)}”{remedy}。"

    def _zone_at(self, path: Path, text: str) -> Key | Path:
        ending = [
            zone_id for zone_id in self._zones.get(path[-1], ()) if self.zone_paths[zone_id][-len(path) :] == path
        ]
        whole = [zone_id for zone_id in ending if self.zone_paths[zone_id] == path]
        found = whole or ending
        if len(found) > 1:
            paths = "、".join(" › ".join(self.zone_paths[zone_id]) for zone_id in found[:3])
            raise Amiss(f"有 {len(found)} 个区域叫{quoted(text)}，请写上级区域以区分，例如：{paths}。")
        if found:
            return found[0]
        if len(path[-1]) > 60:
            raise Amiss("区域名称最多 60 个字；上下级用 › 或 / 隔开。")
        above = self._zone_at(path[:-1], text) if len(path) > 1 else None
        made = (*(above if isinstance(above, tuple) else self.zone_paths.get(above, ())), path[-1])
        self.new_zones[made] = above
        return made


def paths_of(rows: Mapping[Key, Row]) -> dict[Key, Path]:
    """The names from the root down to each row of a tree; an ancestor that is missing here is left out."""
    paths: dict[Key, Path] = {}
    for row_id in rows:
        below: list[Key] = []
        here: Any = row_id
        while here in rows and here not in paths:
            below.append(here)
            here = rows[here].parent_id
        for each in reversed(below):
            paths[each] = (*paths.get(rows[each].parent_id, ()), same(rows[each].name))
    return paths


def shown_names(rows: Mapping[Key, Row], name: Callable[[Row], str], exact: Callable[[Row], str]) -> dict[Key, str]:
    """How each row is written in a workbook: by its name, or exactly where another row has the same."""
    bearers: dict[str, int] = defaultdict(int)
    for row in rows.values():
        bearers[same(name(row))] += 1
    return {row_id: name(row) if bearers[same(name(row))] == 1 else exact(row) for row_id, row in rows.items()}


def _split(text: str) -> Path:
    mark = r"[›>＞»→]" if re.search(r"[›>＞»→]", text) else "/"
    return tuple(part.strip() for part in re.split(mark, text) if part.strip()) or (text,)


def _ends_with(path: Path, text: str) -> bool:
    parts = _split(text)
    return path[-1:] == (text,) or path[-len(parts) :] == parts


def _by_last(paths: Mapping[Key, Path]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = defaultdict(list)
    for row_id, path in paths.items():
        found[path[-1]].append(row_id)
    return found
