"""How what was chosen for a ledger becomes the subject that names it, and is read from it again.

A subject is a text as in `zone_id=…|level=red`: what was chosen, by the names of the order, in one order; `all` stands
for everything. A leader's ledger always names a unit of his, so that it is another document than the enterprise's.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, or_, select, true

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Invalid
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit
from app.hidden_hazards.terms import Gravity, State
from app.inspections.models import Half
from app.risks.models import RiskZone
from app.risks.points import must_lead
from app.risks.terms import Category
from app.risks.zones import get_zone
from risk_models import RiskLevel

EVERYTHING = "all"
Chosen = dict[str, Any]
_READ: Mapping[str, Callable[[str], Any]] = {
    "zone_id": UUID,
    "unit_id": UUID,
    "level": RiskLevel,
    "category": Category,
    "half": Half,
    "state": State,
    "gravity": Gravity,
    "overdue": lambda text: text == "yes",
    "found_from": date.fromisoformat,
    "found_until": date.fromisoformat,
}
_NAMED = {
    "zone_id": "区域", "unit_id": "部门", "level": "等级", "category": "类别", "half": "清单", "state": "状态",
    "gravity": "级别", "found_from": "发现日期起", "found_until": "发现日期止",
}  # fmt: skip


def subject_of(actor: Actor, asked: Mapping[str, Any], names: Collection[str]) -> str:
    """The subject of what was asked for by these names. Raises Invalid for an absent zone or unit.

    Raises Forbidden where a leader asks for a unit that is not his.
    """
    chosen = {name: asked[name] for name in _READ if name in names and asked.get(name) not in (None, False)}
    if "zone_id" in chosen:
        get_zone(actor, chosen["zone_id"], field="/zone_id")
    if actor.role == "leader" and "unit_id" in names:
        chosen.setdefault("unit_id", _own_unit(actor))
    if "unit_id" in chosen:
        must_lead(actor, get_unit(actor, chosen["unit_id"], field="/unit_id"))
    said = {name: "yes" if chosen[name] is True else str(chosen[name]) for name in _READ if name in chosen}
    return "|".join(f"{name}={text}" for name, text in said.items()) or EVERYTHING


def chosen_by(subject: str) -> Chosen:
    """What a subject names, as values."""
    if subject == EVERYTHING:
        return {}
    parts = (part.partition("=") for part in subject.split("|"))
    return {name: _READ[name](text) for name, _, text in parts}


@dataclass(frozen=True)
class Subjects:
    """Subjects with what each names, and the zones and units they name: while these are held, nobody asks for them."""

    chosen: dict[str, Chosen]
    zones: dict[UUID, RiskZone]
    units: dict[UUID, OrgUnit]


def own_subjects(actor: Actor, subjects: Sequence[str]) -> Subjects:
    """The subjects the actor may see: a leader only those of a unit of his; two queries."""
    chosen = {subject: chosen_by(subject) for subject in subjects}
    zones = _held(actor, RiskZone, {one["zone_id"] for one in chosen.values() if "zone_id" in one})
    units = _held(actor, OrgUnit, {one["unit_id"] for one in chosen.values() if "unit_id" in one})
    if actor.role == "leader":
        led = {unit_id for unit_id, unit in units.items() if actor.leads(unit.path)}
        chosen = {subject: one for subject, one in chosen.items() if one.get("unit_id") in led}
    return Subjects(chosen, zones, units)


def said_of(chosen: Chosen, zones: Mapping[UUID, str], units: Mapping[UUID, str]) -> str:
    """What was chosen as a heading says it; zones and units by their names."""
    names: dict[Any, str] = {**zones, **units}
    said = [
        f"{_NAMED[name]}：{names.get(value) or getattr(value, 'label', None) or value}"
        for name, value in chosen.items()
        if name in _NAMED
    ]
    return "　".join([*said, *(["只列逾期的"] if chosen.get("overdue") else [])])


def rows_of_each(model: Any, statements: Sequence[Select[Any]], *order: Any) -> list[list[Any]]:
    """The rows each select of one table gives, by one query: which of them a row belongs to the database says."""
    if not statements:
        return []
    held = [and_(true(), *(() if one.whereclause is None else (one.whereclause,))) for one in statements]
    belongs = [case((condition, 1), else_=0).label(f"of_{place}") for place, condition in enumerate(held)]
    found: list[list[Any]] = [[] for _ in statements]
    for row, *flags in session().execute(select(model, *belongs).where(or_(*held)).order_by(*order)):
        for rows, flag in zip(found, flags, strict=True):
            if flag:
                rows.append(row)
    return found


def _held(actor: Actor, model: Any, ids: set[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    rows = session().scalars(select(model).where(model.enterprise_id == actor.enterprise, model.id.in_(ids)))
    return {row.id: row for row in rows}


def _own_unit(actor: Actor) -> UUID:
    """The unit a leader leads. Raises Invalid for one of no unit, who has no ledger."""
    if not actor.unit_path:
        raise Invalid("您的账号没有所属部门，没有可打印的内容；请联系安全管理员为您指定部门。", code="nothing_selected")
    return UUID(hex=actor.unit_path.rstrip("/").rpartition("/")[2])
