"""The hidden hazards of the demo: each is found, and lives as far as its document tells."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from app.core.actor import Actor
from app.core.clock import now
from app.core.ids import new_id
from app.demo.content import Calendar, end_of_day, loaded
from app.demo.drawing import Scene, photograph
from app.demo.rounds import FILLING_IN, inspect
from app.demo.stage import Act, Stage
from app.evidence import uploads
from app.evidence.photos import Picture
from app.hidden_hazards import service as hidden_hazards
from app.hidden_hazards.grounds import DECIDED_ON_PHOTOS
from app.hidden_hazards.lifecycle import MOVES, Action
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.moves import move, shown_by
from app.hidden_hazards.schemas import HiddenHazardIn, TransitionIn
from app.hidden_hazards.terms import OPEN, Source

Entry = dict[str, Any]

PEOPLE_OUTSIDE = ("government", "public")  # what they find the office's regulator enters
GOVERNMENT = "government"
PLAIN_FACTS = (
    "measures", "cost", "opinion", "reason", "treatment_plan", "guarantees", "interim_measures", "listing",
)  # fmt: skip


def stories(stage: Stage, calendar: Calendar) -> Iterator[Act]:
    """What happens to each hidden hazard, from its finding on."""
    for story in stage.document["stories"]:
        day = calendar.workday(story["day"])
        found_at = calendar.moment(day, story["hour"], stage.chance.randrange(3, 35))
        yield Act(found_at, partial(_find, stage, story))
        for step in story["steps"]:
            at = found_at + timedelta(hours=step["after_hours"], minutes=stage.chance.randrange(20))
            yield Act(at, partial(_take, stage, story, step, found_at))


def _find(stage: Stage, story: Entry) -> None:
    if "check" in story and story["found_by"] not in PEOPLE_OUTSIDE:
        hazard = _find_on_a_round(stage, story)
    else:
        hazard = _report(stage, story)
    stage.hazards[story["key"]] = hazard.id
    if "check" in story:
        stage.open_items[story["point"], story["check"]] = hazard.code


def _find_on_a_round(stage: Stage, story: Entry) -> HiddenHazard:
    failed = {
        "check": story["check"],
        "note": story["description"],
        "reading": Decimal(story["reading"]) if "reading" in story else None,
        "picture": _photo(stage, story, stage.actors[story["found_by"]], "整改前"),
    }
    (hazard,) = inspect(stage, story["point"], story["found_by"], failed=failed).values()
    return hazard


def _report(stage: Stage, story: Entry) -> HiddenHazard:
    actor = stage.actors[GOVERNMENT if story["found_by"] in PEOPLE_OUTSIDE else story["found_by"]]
    picture = _photo(stage, story, actor, "整改前")
    described = loaded(
        HiddenHazardIn,
        id=str(new_id()),
        risk_point_id=str(stage.points[story["point"]].id),
        place=story["place"],
        description=story["description"],
        client_at=(now() - FILLING_IN).isoformat(),
        photos=[_announced(picture)],
    )
    hazard = hidden_hazards.report(actor, described.pop("id"), source=Source(story["source"]), **described)
    hidden_hazards.receive_photo(actor, hazard.id, picture)
    return hazard


def _take(stage: Stage, story: Entry, step: Entry, found_at: datetime) -> None:
    """Take one step of the story: a move, and the photo that proves it."""
    actor, action = stage.actors[step["by"]], Action(step["action"])
    hazard = hidden_hazards.get_hazard(actor, stage.hazards[story["key"]])
    asked_for = "photos" in MOVES[action].facts
    picture = _photo(stage, story, actor, shown_by(action).label) if asked_for else None
    if picture and action in DECIDED_ON_PHOTOS:
        hazard = _show(stage, hazard, actor, picture)
    facts = loaded(
        TransitionIn,
        id=str(new_id()),
        action=action,
        version=hazard.version,
        client_at=(now() - FILLING_IN).isoformat(),
        photos=[_announced(picture)] if picture else None,
        **_facts(stage, story, step, found_at),
    )
    given = {name: facts.pop(name) for name in ("action", "version", "client_at")}
    facts.pop("id")
    hazard = move(actor, hazard.id, **given, facts=facts)
    if picture:
        hidden_hazards.receive_photo(actor, hazard.id, picture)
    if "check" in story and hazard.state not in OPEN:
        del stage.open_items[story["point"], story["check"]]


def _show(stage: Stage, hazard: HiddenHazard, actor: Actor, picture: Picture) -> HiddenHazard:
    """Register and send the photo a decision rests on, which has to be there before it."""
    facts = {"photos": [_announced(picture)]}
    hazard = move(
        actor, hazard.id, action=Action.ADD_EVIDENCE, version=hazard.version, client_at=now() - FILLING_IN, facts=facts
    )
    hidden_hazards.receive_photo(actor, hazard.id, picture)
    return hazard


def _facts(stage: Stage, story: Entry, step: Entry, found_at: datetime) -> Entry:
    facts = {name: step[name] for name in PLAIN_FACTS if name in step}
    if step["action"] == Action.GRADE:
        facts |= {name: story[name] for name in ("criteria", "clauses") if name in story} | {"gravity": story["grade"]}
    if step["action"] == Action.ASSIGN:
        facts["rectifier_id"] = str(stage.actors[step["rectifier"]].id)
        facts["deadline_at"] = end_of_day(now(), days_after=step["deadline_days"]).isoformat()
    if "dual_report" in step:
        told = step["dual_report"]
        facts["dual_report"] = {
            "to_regulator_at": (found_at + timedelta(days=told["regulator_days"])).isoformat(),
            "to_workers_congress_at": (found_at + timedelta(days=told["congress_days"])).isoformat(),
        }
    return facts


def _photo(stage: Stage, story: Entry, actor: Actor, shows: str) -> Picture:
    scene = Scene(subject=stage.points[story["point"]].name, place=story["place"], shows=shows, at=now())
    return uploads.stored(actor, photograph(scene, seed=f"{stage.enterprise.code} {story['key']}"))


def _announced(picture: Picture) -> Entry:
    return {"sha256": picture.sha256, "size": picture.size}
