"""What may happen with the library: an entry is suggested for a point, and adopted into it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, NotFound, invalid_field
from app.enterprises.models import Enterprise
from app.library.entries import Entry, entries
from app.library.matching import Found, suggest
from app.risks.models import HazardSource, RiskPoint
from app.risks.points import get_point, workable_point
from app.risks.sources import add_measures, add_sources


def get_entry(entry_id: str) -> Entry:
    """An entry of the library. Raises NotFound."""
    entry = entries().get(entry_id)
    if entry is None:
        raise NotFound("危险源库中没有这个条目，请从 GET /library/entries 中选用。")
    return entry


def suggest_for(actor: Actor, point_id: UUID, *, limit: int) -> list[Found]:
    """At most `limit` entries for a point by its name, category and enterprise's trade, without those it has."""
    point = get_point(actor, point_id)
    names = _names_in_use(point)
    enterprise = session().get_one(Enterprise, point.enterprise_id)
    suggested = suggest(point.name, point.category, trade=enterprise.trade)
    return [found for found in suggested if found.entry.hazard_source not in names][:limit]


def adopt(actor: Actor, point_id: UUID, *, entry_ids: list[str]) -> list[dict[str, Any]]:
    """Make hazard sources of a point from entries, each with its measures, to be edited at once.

    Gives entry_id, source and measures of each. Raises Invalid for an id of nothing or one named twice, Conflict for
    an entry the point already has.
    """
    point = workable_point(actor, point_id)
    chosen = _chosen(entry_ids)
    names = _names_in_use(point)
    for entry in chosen:
        if entry.hazard_source in names:
            raise Conflict(
                f"风险点已有危险源“{entry.hazard_source}”，请去掉条目 {entry.id}，直接修改已有的危险源。",
                code="already_adopted",
            )
    sources = add_sources(actor, point, [_source_of(entry) for entry in chosen])
    pairs = [
        (source, asdict(measure)) for source, entry in zip(sources, chosen, strict=True) for measure in entry.measures
    ]
    made = iter(add_measures(actor, point, pairs))
    return [
        {"entry_id": entry.id, "source": source, "measures": [next(made) for _ in entry.measures]}
        for source, entry in zip(sources, chosen, strict=True)
    ]


def _chosen(entry_ids: list[str]) -> list[Entry]:
    for place, entry_id in enumerate(entry_ids):
        if entry_id not in entries():
            raise invalid_field(f"/entry_ids/{place}", "危险源库中没有这个条目，请从 GET /library/entries 中选用。")
        if entry_id in entry_ids[:place]:
            raise invalid_field(f"/entry_ids/{place}", "同一条目只能选一次，请去掉重复的。")
    return [entries()[entry_id] for entry_id in entry_ids]


def _names_in_use(point: RiskPoint) -> set[str]:
    in_use = select(HazardSource.name).where(
        HazardSource.enterprise_id == point.enterprise_id,
        HazardSource.point_id == point.id,
        HazardSource.retired_at.is_(None),
    )
    return set(session().scalars(in_use))


def _source_of(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.hazard_source,
        "factor_class": entry.factor_class,
        "accident_types": list(entry.accident_types),
        "consequences": entry.consequences,
        "affected": entry.affected,
        "origin": f"library:{entry.id}",
    }
