"""How a change of a point's level is carried upward: to its zones and its enterprise, in the same transaction.

A zone keeps how many points below it are at each level, shown and current, so that one statement carries a change to
every zone above, however deep the tree.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Update, func, select, update
from sqlalchemy.orm.util import identity_key

from app.core.db import AT_ONCE, batched, insert_once, session
from app.risks.models import EnterpriseLevels, RiskPoint, RiskZone
from risk_models import RiskLevel

Levels = tuple[RiskLevel | None, RiskLevel | None]  # shown, current
ABSENT = None


def enter(points: Sequence[RiskPoint]) -> None:
    """Count points in their zones and their enterprise."""
    for enterprise_id, changes in _by_enterprise(points):
        carry(enterprise_id, [(zone_id, ABSENT, levels) for zone_id, levels in changes])


def leave(points: Sequence[RiskPoint]) -> None:
    """Count points no longer."""
    for enterprise_id, changes in _by_enterprise(points):
        carry(enterprise_id, [(zone_id, levels, ABSENT) for zone_id, levels in changes])


def move(point: RiskPoint, *, from_zone: UUID, to_zone: UUID) -> None:
    """Count a point in another zone."""
    levels = (point.shown_level, point.current_level)
    carry(point.enterprise_id, [(from_zone, levels, ABSENT), (to_zone, ABSENT, levels)])


def move_zone(zone: RiskZone, *, from_path: str, to_path: str) -> None:
    """Count all a zone holds in the zones of one path no longer, and in those of another instead.

    A path that is moved names what stands above it before and after, empty at the top; one that is merged, itself too.
    """
    session().flush()
    session().refresh(zone, list(_zeroes()))
    held = {column: getattr(zone, column) for column in _zeroes() if getattr(zone, column)}
    nodes: dict[UUID, Counter[str]] = defaultdict(Counter)
    for path, sign in ((from_path, -1), (to_path, 1)):
        for node in steps(path):
            for column, count in held.items():
                nodes[node][column] += sign * count
    _add(zone.enterprise_id, nodes)


def carry(enterprise_id: UUID, changes: Sequence[tuple[UUID, Levels | None, Levels | None]]) -> None:
    """Add changes of points (zone, before, after) to every zone above them and to the enterprise.

    The zones of one delta are brought up to date by one statement: one point costs three, however deep it lies.
    """
    if not changes:
        return
    session().flush()
    paths = _paths(enterprise_id, {zone_id for zone_id, _, _ in changes})
    nodes: dict[UUID, Counter[str]] = defaultdict(Counter)
    for zone_id, before, after in changes:
        delta = _delta(before, after)
        for node in (*steps(paths[zone_id]), enterprise_id):
            for column, step in delta:
                nodes[node][column] += step
    whole = nodes.pop(enterprise_id)
    _add(enterprise_id, nodes)
    _add_to_enterprise(enterprise_id, whole)


def steps(path: str) -> list[UUID]:
    """The ids of a zone's path, from the root down to itself."""
    return [UUID(hex=step) for step in path.split("/") if step]


def enterprise_levels(enterprise_id: UUID) -> EnterpriseLevels:
    """The counts of the whole enterprise; all zero before its first point."""
    found = session().get(EnterpriseLevels, enterprise_id, populate_existing=True)
    return found or EnterpriseLevels(enterprise_id=enterprise_id, **_zeroes())


def stored_counts(enterprise_id: UUID) -> dict[UUID, dict[str, int]]:
    """The counts as they are kept: of every zone and, under the enterprise's id, of the whole."""
    columns = list(_zeroes())
    kept = select(RiskZone.id, *(getattr(RiskZone, column) for column in columns))
    rows = session().execute(kept.where(RiskZone.enterprise_id == enterprise_id))
    whole = enterprise_levels(enterprise_id)
    found = {zone_id: dict(zip(columns, counts, strict=True)) for zone_id, *counts in rows}
    return {**found, enterprise_id: {column: getattr(whole, column) for column in columns}}


def recounted(enterprise_id: UUID) -> dict[UUID, dict[str, int]]:
    """The counts of every zone and, under the enterprise's id, of the whole, from the points and the tree alone."""
    rows = session().execute(select(RiskZone.id, RiskZone.parent_id).where(RiskZone.enterprise_id == enterprise_id))
    parents = {zone_id: parent_id or enterprise_id for zone_id, parent_id in rows}
    totals = {node: _zeroes() for node in [*parents, enterprise_id]}
    which = (RiskPoint.zone_id, RiskPoint.shown_level, RiskPoint.current_level)
    points = select(*which, func.count()).where(
        RiskPoint.enterprise_id == enterprise_id, RiskPoint.retired_at.is_(None)
    )
    for zone_id, shown, current, count in session().execute(points.group_by(*which)):
        totals[zone_id][_column("shown", shown)] += count
        totals[zone_id][_column("current", current)] += count
    for zone_id in _deepest_first(parents, enterprise_id):
        above = totals[parents[zone_id]]
        for column, count in totals[zone_id].items():
            above[column] += count
    return totals


def lost_zones(enterprise_id: UUID) -> list[UUID]:
    """The zones whose path is not their parent's followed by themselves: none, however zones were moved."""
    rows = session().execute(
        select(RiskZone.id, RiskZone.parent_id, RiskZone.path).where(RiskZone.enterprise_id == enterprise_id)
    )
    zones = {zone_id: (parent_id, path) for zone_id, parent_id, path in rows}
    above: dict[UUID | None, str] = {None: ""}
    above.update((zone_id, path) for zone_id, (_, path) in zones.items())
    return [zone_id for zone_id, (parent_id, path) in zones.items() if path != f"{above[parent_id]}{zone_id.hex}/"]


def _deepest_first(parents: dict[UUID, UUID], root: UUID) -> list[UUID]:
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for zone_id, parent_id in parents.items():
        below[parent_id].append(zone_id)
    ordered = [*below[root]]
    for zone_id in ordered:  # grows while it is walked: each zone is followed by those below it
        ordered += below[zone_id]
    return ordered[::-1]


def _by_enterprise(points: Sequence[RiskPoint]) -> Iterator[tuple[UUID, list[tuple[UUID, Levels]]]]:
    grouped: dict[UUID, list[tuple[UUID, Levels]]] = defaultdict(list)
    for point in points:
        grouped[point.enterprise_id].append((point.zone_id, (point.shown_level, point.current_level)))
    yield from grouped.items()


def _paths(enterprise_id: UUID, zone_ids: Collection[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for ids in batched(zone_ids, AT_ONCE):
        statement = select(RiskZone.id, RiskZone.path).where(
            RiskZone.enterprise_id == enterprise_id, RiskZone.id.in_(ids)
        )
        found.update((zone_id, path) for zone_id, path in session().execute(statement))
    return found


@cache
def _delta(before: Levels | None, after: Levels | None) -> tuple[tuple[str, int], ...]:
    changes: Counter[str] = Counter()
    for levels, step in ((before, -1), (after, 1)):
        for which, level in zip(("shown", "current"), levels or (), strict=False):
            changes[_column(which, level)] += step
    return tuple((column, step) for column, step in changes.items() if step)


def _column(which: str, level: RiskLevel | None) -> str:
    return f"{which}_{level or 'unassessed'}"


def _zeroes() -> dict[str, int]:
    return {_column(which, level): 0 for which in ("shown", "current") for level in (*RiskLevel, None)}


def _add(enterprise_id: UUID, nodes: dict[UUID, Counter[str]]) -> None:
    alike: dict[tuple[tuple[str, int], ...], list[UUID]] = defaultdict(list)
    for node, delta in nodes.items():
        if any(delta.values()):
            alike[tuple(sorted((column, step) for column, step in delta.items() if step))].append(node)
    for delta_of_all, zone_ids in alike.items():
        for ids in batched(zone_ids, AT_ONCE):
            where = (RiskZone.enterprise_id == enterprise_id, RiskZone.id.in_(ids))
            session().execute(_added(RiskZone, delta_of_all).where(*where))
            _forget(RiskZone, [(enterprise_id, zone_id) for zone_id in ids])


def _add_to_enterprise(enterprise_id: UUID, delta: Counter[str]) -> None:
    if not any(delta.values()):
        return
    statement = _added(EnterpriseLevels, delta.items()).where(EnterpriseLevels.enterprise_id == enterprise_id)
    if session().execute(statement).rowcount == 0:  # type: ignore[attr-defined]
        insert_once(EnterpriseLevels, {"enterprise_id": enterprise_id, **_zeroes()})
        session().execute(statement)
    _forget(EnterpriseLevels, [(enterprise_id,)])


def _added(model: type[Any], delta: Iterable[tuple[str, int]]) -> Update:
    values = {column: getattr(model, column) + step for column, step in delta if step}
    return update(model).values(values).execution_options(synchronize_session=False)


def _forget(model: type[Any], keys: Iterable[tuple[UUID, ...]]) -> None:
    """Let rows this session holds be read again, for a statement has changed their counts."""
    held = session().identity_map
    for key in keys:
        row = held.get(identity_key(model, key))
        if row is not None:
            session().expire(row, list(_zeroes()))
