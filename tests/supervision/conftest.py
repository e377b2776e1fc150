"""Hidden hazards placed in time, each moved through its life by the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from app.accounts import service as accounts
from app.core.actor import Actor
from app.core.clock import LOCAL, stopped_at
from app.core.db import db, reading, writing
from app.core.ids import new_id
from app.enterprises import service as enterprises
from app.evidence.photos import Picture
from app.evidence.service import keep_photo
from app.hidden_hazards import moves
from app.hidden_hazards import service as hidden_hazards
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity, Source
from app.supervision import service
from app.supervision.counting import GroupBy
from tests.world import HASH, Person, Plant, World

PHOTO = Picture(b"photo", "a" * 64, "image/jpeg", 1, 1, "0" * 16, {}, b"")
PLAN = dict.fromkeys(("goal", "measures", "funds", "people", "time_limit", "safety_and_emergency"), "按方案")

MAJOR_PLAN = {
    "treatment_plan": PLAN,
    "guarantees": dict.fromkeys(("responsibility", "measures", "funds", "time_limit", "plan"), "已落实"),
    "interim_measures": "停用",
}


def local(text: str) -> datetime:
    """A local instant: "03-10", "03-10 08:00" of 2024, or with its year and to the second."""
    text = text if text[4:5] == "-" else f"2024-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


class Story:
    """What happened at the plants of a world, told in the order of its telling, not of its time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.photographed: set[UUID] = set()

    at = staticmethod(local)

    def hazard(
        self,
        found: str,
        *,
        deadline: str | None = None,
        submitted: str | None = None,
        closed: str | None = None,
        dismissed: str | None = None,
        rejected: tuple[str, str] | None = None,
        source: Source = Source.SELF_CHECK,
        gravity: Gravity = Gravity.GENERAL,
        plant: Plant | None = None,
        point_id: UUID | None = None,
        place: str = "",
        trade: str = "",
    ) -> UUID:
        """A hidden hazard with the instants of its life; `rejected` is a submission and its rejection.

        `trade` is that at its finding, by which many can be told in one world and asked for one by one.
        """
        plant = plant or self.world.plant
        actor = plant.worker.actor if source is Source.SELF_CHECK else self.office_in(plant)
        hazard_id = new_id()
        with stopped_at(local(found)), writing():
            at = None if place else point_id or plant.point.id
            hazard = hidden_hazards.report(
                actor, hazard_id, description="护罩缺失", source=source, point_id=at, place=place
            )
            hazard.trade = trade or hazard.trade
        if dismissed:
            shown = [_named()]
            self.move(plant, hazard_id, "add_evidence", dismissed, photos=shown)
            self.move(plant, hazard_id, "dismiss", dismissed, reason="不属实", photos=shown)
        if not deadline:
            return hazard_id
        major = gravity is Gravity.MAJOR
        self.move(
            plant, hazard_id, "grade", found, gravity=gravity, **({"criteria": "判定标准第三条"} if major else {})
        )
        reported = {"to_regulator_at": local(found), "to_workers_congress_at": local(found)}
        extra = {**MAJOR_PLAN, "dual_report": reported} if major else {}
        self.move(plant, hazard_id, "assign", found, rectifier_id=plant.worker.id, deadline_at=local(deadline), **extra)
        if rejected:
            self.submit(plant, hazard_id, rejected[0])
            self.move(plant, hazard_id, "reject", rejected[1], reason="未固定")
        if submitted:
            self.submit(plant, hazard_id, submitted)
        if closed:
            closing = "pass_recheck" if source is Source.GOVERNMENT else "accept"
            self.move(plant, hazard_id, closing, closed, opinion="已核实")
        return hazard_id

    def submit(self, plant: Plant, hazard_id: UUID, at: str) -> None:
        self.move(plant, hazard_id, "submit", at, measures="加装护罩", photos=[_named()])

    def move(self, plant: Plant, hazard_id: UUID, action: str, at: str, **facts: Any) -> None:
        """One move by the one whose it is, at its instant."""
        actor = {"submit": plant.worker.actor, "pass_recheck": self.office_in(plant)}.get(action, plant.manager.actor)
        with stopped_at(local(at)), writing() as session:
            if plant.enterprise.id not in self.photographed:
                self.photographed.add(plant.enterprise.id)
                keep_photo(plant.worker.actor, PHOTO)
            version = session.get_one(HiddenHazard, (plant.enterprise.id, hazard_id)).version
            moves.move(actor, hazard_id, action=Action(action), version=version, client_at=None, facts=facts)

    def office_in(self, plant: Plant) -> Actor:
        """The office's person, acting in a plant."""
        return replace(self.world.regulator.actor, enterprise_id=plant.enterprise.id)

    def rates(self, as_of: str, *, of: Person | None = None, group_by: str = "region", **asked: Any) -> dict[str, Any]:
        """The figures of 2024 as of a local instant, seen by the office."""
        asked = {"found_from": local("01-01").date(), **asked}
        with reading():
            actor = (of or self.world.regulator).actor
            return service.rates(actor, group_by=GroupBy(group_by), as_of=local(as_of), **asked)

    def self_check(self, as_of: str, **asked: Any) -> dict[str, Any]:
        """The total of the enterprises' own."""
        found: dict[str, Any] = self.rates(as_of, **asked)["total"]["self_check"]
        return found

    def city(self, *, trades: tuple[str, ...] = ()) -> Person:
        """Someone of an office above both counties."""
        with writing():
            enterprises.add_region(code="2199", name="东北市")
        with writing():
            office = enterprises.add_office(code="SJ2199", name="市监管", region_code="2199", trades=list(trades))
        with writing():
            user = accounts.add_regulator(office.id, login="li", name="李监管", password_hash=HASH)
        return self.world.sign_in(user)


@pytest.fixture
def story(world: World) -> Story:
    """The world, and a way to tell what happened in it."""
    return Story(world)


@contextmanager
def counting_queries() -> Iterator[list[str]]:
    """The SELECTs sent within the block."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def queries() -> Any:
    return counting_queries


def _named() -> dict[str, Any]:
    return {"sha256": PHOTO.sha256, "size": PHOTO.size}
