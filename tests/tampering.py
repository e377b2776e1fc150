"""A plant with a history to tamper with, and the one who could: the owner of its database."""

from typing import Any
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from tests.world import World, announced, jpeg


def told(world: World) -> UUID:
    """The enterprise of a plant with a history: reports, photos, three closed loops and an inspection that failed."""
    plant = world.plant
    for turn in range(3):
        photo = jpeg(seed=200 + turn, width=330)
        hazard = plant.report(photos=[announced(photo)])
        plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo)
        accepted = plant.move(plant.manager, plant.rectified(hazard), "accept", opinion="符合")
        assert accepted.status_code == 201, accepted.text
    answer: Any = plant.worker.post("/inspections", plant.inspection(failed=2))
    assert answer.status_code == 201, answer.text
    return plant.enterprise.id


def owner(world: World) -> Session:
    """A session of the database's owner, who could change anything."""
    return Session(create_engine(world.app.config["SETTINGS"].owner_database, poolclass=NullPool))
