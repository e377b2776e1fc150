"""What the three ledgers say: gathered from the rooms in a few queries, as plain dataclasses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts.models import User
from app.core.actor import Actor
from app.core.clock import local_text
from app.core.db import session
from app.enterprises.models import OrgUnit
from app.enterprises.service import own_enterprise
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.searching import list_hazards
from app.hidden_hazards.terms import State
from app.inspections.checklists import list_enterprise_items
from app.inspections.judging import limits_text
from app.inspections.models import Chapter
from app.printing import gather
from app.printing.check_ledger import CheckLedger, CheckRow
from app.printing.choosing import Chosen, Subjects, own_subjects, rows_of_each, said_of
from app.printing.hazard_ledger import HazardLedger, HazardRow
from app.printing.ledger import RiskLedger
from app.risks.models import RiskPoint, RiskZone
from app.risks.points import list_points


def risk_ledgers(actor: Actor, subjects: Sequence[str]) -> dict[str, RiskLedger]:
    """The risk ledger of each subject."""
    asked = own_subjects(actor, subjects)
    statements = [_points(actor, asked, one) for one in asked.chosen.values()]
    of_each = rows_of_each(RiskPoint, statements, RiskPoint.code, RiskPoint.id)
    gathered = gather.gather(actor, list({point.id: point for points in of_each for point in points}.values()))
    units = unit_names(actor)
    return {
        subject: RiskLedger(
            enterprise=gathered.enterprise.name,
            shows=gather.SHOWN,
            chosen=said_of(one, gathered.zones, units),
            rows=tuple(gather.ledger_rows(replace(gathered, points=points))),
        )
        for (subject, one), points in zip(asked.chosen.items(), of_each, strict=True)
    }


def check_ledgers(actor: Actor, subjects: Sequence[str]) -> dict[str, CheckLedger]:
    """The check ledger of each subject; a zone or a unit has items of the field half alone."""
    asked = own_subjects(actor, subjects)
    found = session().scalars(list_enterprise_items(actor)).all() if asked.chosen else []
    zones, units = gather.zone_names(actor), unit_names(actor)
    paths = _paths(actor, RiskZone), _paths(actor, OrgUnit)
    points = select(RiskPoint.id, RiskPoint.zone_id).where(RiskPoint.enterprise_id == actor.enterprise)
    zone_of = {row.id: row.zone_id for row in session().execute(points)}
    enterprise = own_enterprise(actor).name
    return {
        subject: CheckLedger(
            enterprise=enterprise,
            chosen=said_of(one, zones, units),
            rows=tuple(check_row(row) for row in found if _takes(one, row, zone_of, *paths)),
        )
        for subject, one in asked.chosen.items()
    }


def hazard_ledgers(actor: Actor, subjects: Sequence[str]) -> dict[str, HazardLedger]:
    """The ledger of hidden hazards of each subject."""
    asked = own_subjects(actor, subjects)
    statements = [list_hazards(actor, **_as_filters(one)) for one in asked.chosen.values()]
    of_each = rows_of_each(HiddenHazard, statements, HiddenHazard.found_at.desc(), HiddenHazard.id.desc())
    names, zones, units = own_names(actor), gather.zone_names(actor), unit_names(actor)
    enterprise = own_enterprise(actor).name
    return {
        subject: HazardLedger(
            enterprise=enterprise, chosen=said_of(one, zones, units), rows=tuple(hazard_rows(hazards, names))
        )
        for (subject, one), hazards in zip(asked.chosen.items(), of_each, strict=True)
    }


def check_row(row: Any) -> CheckRow:
    """An item in force as its row in the ledger."""
    item = row.item
    return CheckRow(
        half=row.half.label,
        code=row.point_code or "",
        place=row.point_name or _chapter(item.get("chapter", "")),
        check=item["check"],
        how=item["how"],
        standard=item["standard"],
        limits=limits_text(item["reading"]) if item.get("reading") else "",
        photo_required=bool(item.get("photo_required")),
        basis=item["basis"],
        unit=row.unit_name or "",
        responsible=gather.named(row.responsible_name or "", row.responsible_disabled_at),
        check_cycle=row.check_cycle or "",
        checklist_version=row.checklist_version,
    )


def hazard_rows(hazards: Iterable[HiddenHazard], names: Mapping[UUID | None, str]) -> Iterator[HazardRow]:
    """Hidden hazards as their rows in the ledger; `names` are those who may stand there by name."""
    for hazard in hazards:
        yield HazardRow(
            code=hazard.code,
            found_at=local_text(hazard.found_at),
            place=hazard.place,
            description=hazard.description,
            source=hazard.source.label,
            channel=hazard.channel.label,
            gravity=hazard.gravity.label if hazard.gravity else "未定级",
            grounds=grounds_of(hazard),
            state=hazard.state.label,
            finder=names.get(hazard.found_by, "匿名" if not hazard.found_by else ""),
            rectifier=names.get(hazard.rectifier_id, ""),
            original_deadline=local_text(hazard.original_deadline_at),
            deadline=local_text(hazard.deadline_at),
            extensions=hazard.extensions,
            measures=hazard.measures or "",
            cost="" if hazard.cost is None else format(hazard.cost, "f"),
            submitted_at=local_text(hazard.submitted_at),
            accepted_at=local_text(hazard.accepted_at),
            acceptor=names.get(hazard.accepted_by, "") if hazard.accepted_by else _entrusted(hazard),
            rechecked_at=local_text(hazard.rechecked_at),
            listed_at=local_text(hazard.listed_at),
            delisted_at=local_text(hazard.delisted_at),
            closed_at=local_text(hazard.closed_at if hazard.state is State.CLOSED else None),
            rejections=hazard.rejections,
            regradings_down=hazard.regradings_down,
            reopenings=hazard.reopenings,
            occurrences=hazard.occurrences,
            overdue=hazard.overdue,
        )


def grounds_of(hazard: HiddenHazard) -> str:
    """By what a hidden hazard was graded: the clauses, else what was written."""
    named = "；".join(f"{clause['title']} {clause['clause']}" for clause in hazard.clauses)
    return named or hazard.criteria or ""


def own_names(actor: Actor) -> dict[UUID | None, str]:
    """Who may stand in the ledger by name: the enterprise's own people; an office's go by their office's papers."""
    rows = session().execute(select(User.id, User.name).where(User.enterprise_id == actor.enterprise))
    return {row.id: row.name for row in rows}


def unit_names(actor: Actor) -> dict[UUID, str]:
    """The names of the enterprise's units by id."""
    rows = session().execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.enterprise_id == actor.enterprise))
    return {row.id: row.name for row in rows}


def _chapter(key: str) -> str:
    """The chapter of an item as people call it."""
    return Chapter(key).label if key in set(Chapter) else key


def _points(actor: Actor, asked: Subjects, chosen: Chosen) -> Select[RiskPoint]:
    """The points a subject names; a unit stands for all below it."""
    filters = {name: value for name, value in chosen.items() if name != "unit_id"}
    statement = list_points(actor, **filters)
    if "unit_id" not in chosen:
        return statement
    path = asked.units[chosen["unit_id"]].path
    units = select(OrgUnit.id).where(OrgUnit.enterprise_id == actor.enterprise, OrgUnit.path.startswith(path))
    return statement.where(RiskPoint.unit_id.in_(units))


def _takes(
    chosen: Chosen, row: Any, zone_of: Mapping[UUID, UUID], zones: Mapping[UUID, str], units: Mapping[UUID, str]
) -> bool:
    """Whether an item is of what a subject names."""
    if "half" in chosen and row.half is not chosen["half"]:
        return False
    if "zone_id" in chosen:
        path = zones[zone_of[row.point_id]] if row.point_id else ""
        if not path.startswith(zones[chosen["zone_id"]]):
            return False
    return "unit_id" not in chosen or units.get(row.unit_id, "").startswith(units[chosen["unit_id"]])


def _paths(actor: Actor, model: Any) -> dict[UUID, str]:
    rows = session().execute(select(model.id, model.path).where(model.enterprise_id == actor.enterprise))
    return {row.id: row.path for row in rows}


def _as_filters(chosen: Chosen) -> dict[str, Any]:
    """What a subject names as the list of hidden hazards calls it."""
    return {"found_to" if name == "found_until" else name: value for name, value in chosen.items()}


def _entrusted(hazard: HiddenHazard) -> str:
    return f"{hazard.entrusted['name']}（委托）" if hazard.entrusted else ""
