"""How an enterprise of the demo governs its risks: duties named, special control plans signed, points confirmed."""

from typing import Any

from app.accounts.policy import Role
from app.controls import confirming, plans
from app.controls.duties import Duty, duties_of, name_duties
from app.controls.gaps import governing_level
from app.controls.schemas import ConfirmationIn, ControlPlanIn, DutiesPatch
from app.controls.steps import Step
from app.core.actor import Actor
from app.core.clock import LOCAL, months_after
from app.core.ids import new_id
from app.demo.content import loaded
from app.demo.stage import Stage, Watch
from app.risks.models import RiskPoint
from app.risks.rules import rules_of
from risk_models import RiskLevel

Entry = dict[str, Any]
PARTS = ("goal", "measures", "organisation", "resources", "schedule", "emergency")


def govern(stage: Stage, watch: Watch, *, manager: Actor, principal: Actor) -> None:
    """Name who has no account of a leader to follow from, sign the plans, and confirm every point."""
    duties = duties_of(manager, list(stage.points.values()))
    for entry in stage.document["points"]:
        point = stage.points[entry["key"]]
        missing = [duty for duty in duties[point.id] if duty.lack]
        if missing:
            named = [_in_charge(stage, entry, duty) for duty in missing]
            watch.do(name_duties, manager, point.id, **loaded(DutiesPatch, duties=named))
    rules = rules_of(manager.enterprise)
    left_out = stage.document["control_plan"]["left_out"]
    for entry in stage.document["points"]:
        if rules.needs_plan(_level(stage.points[entry["key"]])) and entry["key"] not in left_out:
            _sign(stage, watch, entry, manager=manager, principal=principal)
    _confirm(stage, watch, manager=manager, principal=principal)


def _level(point: RiskPoint) -> RiskLevel | None:
    return governing_level(point.inherent_level, point.shown_level)


def _in_charge(stage: Stage, point: Entry, duty: Duty) -> Entry:
    """The first person of the unit or of those below it; whoever answers for the point where there is nobody."""
    unit = next((one for one in stage.units.values() if one.id == duty.unit_id), stage.units[point["unit"]])
    within = [
        person
        for person in stage.document["people"]
        if duty.unit_id and stage.units[person["unit"]].path.startswith(unit.path) and person["role"] != Role.PRINCIPAL
    ]
    key = min(within, key=lambda person: len(stage.units[person["unit"]].path), default={"key": point["responsible"]})
    return {"tier": duty.tier.value, "unit_id": str(unit.id), "person_id": str(stage.actors[key["key"]].id)}


def _sign(stage: Stage, watch: Watch, entry: Entry, *, manager: Actor, principal: Actor) -> None:
    measures = [measure["text"] for source in entry["sources"] for measure in source["measures"]]
    facts = {
        "point": entry["name"],
        "responsible": stage.actors[entry["responsible"]].name,
        "measures": "\n".join(f"{n}. {text}" for n, text in enumerate(measures, 1)),
        "steps": "\n".join(f"{n}. {text}" for n, text in enumerate(entry["emergency_steps"], 1)),
    }
    written = {part: stage.document["control_plan"][part].format(**facts) for part in PARTS}
    last_day = months_after(watch.moment.astimezone(LOCAL).date(), plans.LONGEST_VALID)
    content = loaded(ControlPlanIn, **written, valid_until=last_day.isoformat())
    plan = watch.do(plans.draft_plan, manager, stage.points[entry["key"]].id, **content)
    watch.do(plans.sign_plan, principal, plan.id)


def _confirm(stage: Stage, watch: Watch, *, manager: Actor, principal: Actor) -> None:
    points = list(stage.points.values())
    red = [point for point in points if _level(point) is RiskLevel.RED]
    rest = [point for point in points if _level(point) is not RiskLevel.RED]
    for actor, step, some in (
        (manager, Step.SUBMIT, points),
        (manager, Step.REVIEW, points),
        (principal, Step.CONFIRM, red),
        (manager, Step.CONFIRM, rest),
    ):
        ids = [str(point.id) for point in some]
        taken = loaded(ConfirmationIn, id=str(new_id()), step=step.value, risk_point_ids=ids)
        taken.pop("id")
        watch.do(confirming.take, actor, **taken)
