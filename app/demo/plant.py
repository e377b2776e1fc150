"""Setting an enterprise up from its document: people, plans, zones, points, sources, measures, checklists, tags."""

from datetime import datetime
from random import Random
from typing import Any

from app.accounts import service as accounts
from app.accounts.policy import Role
from app.accounts.schemas import UserIn
from app.assessments import grading
from app.assessments.models import Basis
from app.assessments.schemas import AssessmentIn
from app.core.actor import Actor
from app.demo.content import loaded
from app.demo.drawing import plan_drawing
from app.demo.governing import govern
from app.demo.stage import Stage, Watch, acting
from app.enterprises import service as enterprises
from app.enterprises.schemas import EnterpriseIn, OrgUnitIn
from app.evidence import uploads
from app.inspections import checklists
from app.risks.models import FloorPlan, HazardSource, RiskPoint, RiskZone
from app.risks.points import add_point
from app.risks.schemas import (
    ControlMeasureIn,
    FloorPlanIn,
    HazardSourceIn,
    RiskPointIn,
    RiskZoneIn,
)
from app.risks.sources import add_measure, add_source
from app.risks.zones import add_floor_plan, add_zone, put_plan_image
from app.tags import service as tags

Entry = dict[str, Any]


def set_up(document: Entry, *, admin: Actor, password: str, password_hash: str, start: datetime) -> Stage:
    """Register an enterprise and enter everything its document says of it, beginning at `start`."""
    described = {name: value for name, value in document["enterprise"].items() if name not in NOT_REGISTERED}
    watch = Watch(start)
    enterprise = watch.do(
        enterprises.add_enterprise,
        admin,
        **loaded(EnterpriseIn, **described, region_code=document["enterprise"]["region"]),
    )
    # The same document gives the same story: whatever is left to chance follows from the enterprise's code.
    stage = Stage(document, enterprise, Random(enterprise.code))  # noqa: S311 - a story is to be repeated, not secret
    _add_people(stage, watch, admin, password, password_hash)
    zones = _add_zones(stage, watch)
    for entry in document["points"]:
        _add_point(stage, watch, entry, zones[entry["zone"]])
    govern(stage, watch, manager=safety_manager(stage), principal=principal(stage))
    return stage


NOT_REGISTERED = ("region", "principal", "opened_on")


def safety_manager(stage: Stage) -> Actor:
    """The first of the enterprise's safety managers, who keeps its risks."""
    return next(actor for actor in stage.actors.values() if actor.role == Role.SAFETY_MANAGER)


def principal(stage: Stage) -> Actor:
    """The enterprise's principal."""
    return next(actor for actor in stage.actors.values() if actor.role == Role.PRINCIPAL)


def _add_people(stage: Stage, watch: Watch, admin: Actor, password: str, password_hash: str) -> None:
    first = next(person for person in stage.document["people"] if person["role"] == Role.PRINCIPAL)
    user = watch.do(
        accounts.add_first_principal,
        admin,
        stage.enterprise.id,
        login=first["login"],
        name=first["name"],
        phone=first["phone"],
        password_hash=password_hash,
    )
    chief = stage.actors[first["key"]] = acting(user)
    for entry in stage.document["units"]:
        parent = stage.units[entry["parent"]].id if "parent" in entry else None
        described = loaded(OrgUnitIn, name=entry["name"], kind=entry["kind"], parent_id=str(parent) if parent else None)
        stage.units[entry["key"]] = watch.do(enterprises.add_unit, chief, **described)
    for person in stage.document["people"]:
        if person is not first:
            _add_person(stage, watch, chief, person, password, password_hash)


def _add_person(stage: Stage, watch: Watch, chief: Actor, person: Entry, password: str, password_hash: str) -> None:
    unit = stage.units[person["unit"]]
    described = {name: person[name] for name in ("login", "name", "phone", "role")}
    described = loaded(UserIn, **described, unit_id=str(unit.id), password=password)
    described.pop("password")
    user = watch.do(accounts.add_person, chief, password_hash=password_hash, **described)
    stage.actors[person["key"]] = acting(user, unit=unit)


def _add_zones(stage: Stage, watch: Watch) -> dict[str, RiskZone]:
    manager = safety_manager(stage)
    plans: dict[str, FloorPlan] = {}
    for entry in stage.document["floor_plans"]:
        described = {name: entry[name] for name in ("name", "width", "height", "north", "millimetres_per_unit")}
        plan = watch.do(add_floor_plan, manager, **loaded(FloorPlanIn, **described))
        watch.do(put_plan_image, manager, plan.id, uploads.stored(manager, plan_drawing(entry)))
        plans[entry["key"]] = plan
    zones: dict[str, RiskZone] = {}
    for entry in stage.document["zones"]:
        described = loaded(
            RiskZoneIn,
            name=entry["name"],
            kind=entry["kind"],
            polygon=entry.get("polygon"),
            parent_id=str(zones[entry["parent"]].id) if "parent" in entry else None,
            floor_plan_id=str(plans[entry["floor_plan"]].id) if "floor_plan" in entry else None,
        )
        zones[entry["key"]] = watch.do(add_zone, manager, **described)
    return zones


def _add_point(stage: Stage, watch: Watch, entry: Entry, zone: RiskZone) -> None:
    manager = safety_manager(stage)
    described = loaded(
        RiskPointIn,
        name=entry["name"],
        category=entry["category"],
        zone_id=str(zone.id),
        unit_id=str(stage.units[entry["unit"]].id),
        responsible_id=str(stage.actors[entry["responsible"]].id),
        x=entry["position"][0],
        y=entry["position"][1],
        check_cycle=entry["cycle"],
        emergency_steps=entry["emergency_steps"],
    )
    point = watch.do(add_point, manager, **described)
    for source in entry["sources"]:
        _add_source(stage, watch, point, source)
    stage.points[entry["key"]] = point
    stage.checklists[entry["key"]] = watch.do(checklists.publish_checklist, manager, point.id)
    watch.do(tags.issue, manager, point_id=point.id)


def _add_source(stage: Stage, watch: Watch, point: RiskPoint, entry: Entry) -> None:
    manager = safety_manager(stage)
    described = {name: value for name, value in entry.items() if name not in ("inherent", "residual", "measures")}
    given = loaded(HazardSourceIn, risk_point_id=str(point.id), **described)
    source = watch.do(add_source, manager, **given)
    for measure in entry["measures"]:
        watch.do(add_measure, manager, **loaded(ControlMeasureIn, hazard_source_id=str(source.id), **measure))
    for basis in Basis:
        _assess(stage, watch, source, basis, entry[basis])


def _assess(stage: Stage, watch: Watch, source: HazardSource, basis: Basis, entry: Entry) -> None:
    """What is judged red directly is judged by the principal; the rest is graded by the safety manager."""
    assessor = principal(stage) if "direct" in entry else safety_manager(stage)
    described = loaded(
        AssessmentIn,
        hazard_source_id=str(source.id),
        basis=basis,
        method=entry["method"],
        factors=entry["factors"],
        direct_reason=entry.get("direct"),
        note=entry["basis"],
    )
    watch.do(grading.assess, assessor, **described)
