"""The chain of each enterprise holds after honest writes, and every tamper is found where it was made."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import events
from app.core.db import reading, writing
from app.core.events import START, Event, Ledger, PersonalValue, chained
from app.core.ids import new_id
from tests.conftest import DATABASE
from tests.sizes import TAMPERS
from tests.tampering import owner, told
from tests.world import World

pytestmark = pytest.mark.deep

Tamper = Callable[[Session, UUID, int, random.Random], int]


def change(session: Session, enterprise_id: UUID, seq: int, **values: Any) -> int:
    """Overwrite a column of one event."""
    session.execute(update(Event).where(Event.enterprise_id == enterprise_id, Event.seq == seq).values(**values))
    return seq


def event_at(session: Session, enterprise_id: UUID, seq: int) -> Event:
    return session.get_one(Event, (enterprise_id, seq))


def another_text(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return (
        text[:place]
        + chance.choice([letter for letter in "0123456789abcdef" if letter != text[place]])
        + text[place + 1 :]
    )


def change_kind(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    return change(session, enterprise_id, seq, kind=event_at(session, enterprise_id, seq).kind + "x")


def change_subject(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    return change(session, enterprise_id, seq, subject_id=new_id())


def change_actor(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    return change(session, enterprise_id, seq, actor_id=chance.choice((new_id(), None)))


def change_time(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    at = event_at(session, enterprise_id, seq).at
    return change(session, enterprise_id, seq, at=at + timedelta(microseconds=chance.choice((1, -1, 10**9))))


def change_client_time(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    event = event_at(session, enterprise_id, seq)
    return change(session, enterprise_id, seq, client_at=None if event.client_at else event.at)


def change_data(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    data = event_at(session, enterprise_id, seq).data
    wrong = {name: value for name, value in data.items() if name != chance.choice(list(data) or [""])}
    return change(session, enterprise_id, seq, data=wrong if wrong != data else {**data, "more": 1})


def change_commitments(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    return change(session, enterprise_id, seq, commitments={"name": f"{chance.getrandbits(256):064x}"})


def change_hash(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    return change(session, enterprise_id, seq, hash=another_text(event_at(session, enterprise_id, seq).hash, chance))


def rewrite_with_its_own_hash(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    """A clever one: the event is changed and its hash made good, so the next no longer follows."""
    event = event_at(session, enterprise_id, seq)
    before = event_at(session, enterprise_id, seq - 1).hash if seq > 1 else START
    event.data = {"forged": True}
    event.hash = chained(event, after=before)
    session.flush()
    return seq + 1


def remove(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    session.execute(delete(PersonalValue).where(PersonalValue.enterprise_id == enterprise_id, PersonalValue.seq == seq))
    session.execute(delete(Event).where(Event.enterprise_id == enterprise_id, Event.seq == seq))
    return seq


def cut_the_tail(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    """Only the ledger still knows how long the chain was."""
    for model in (PersonalValue, Event):
        session.execute(delete(model).where(model.enterprise_id == enterprise_id, model.seq >= seq))
    return seq


def swap(session: Session, enterprise_id: UUID, seq: int, chance: random.Random) -> int:
    first, second = event_at(session, enterprise_id, seq), event_at(session, enterprise_id, seq + 1)
    for name in ("kind", "subject_id", "actor_id", "at", "client_at", "data", "commitments", "hash"):
        one, other = getattr(first, name), getattr(second, name)
        setattr(first, name, other)
        setattr(second, name, one)
    session.flush()
    return seq


WAYS: list[Tamper] = [
    change_kind, change_subject, change_actor, change_time, change_client_time, change_data, change_commitments,
    change_hash, rewrite_with_its_own_hash, remove, cut_the_tail, swap,
]  # fmt: skip


def test_the_chain_holds_after_honest_writes(world: World) -> None:
    told(world)
    with reading() as session:
        for plant in (world.plant, world.other):
            enterprise_id = plant.enterprise.id
            assert events.broken_at(enterprise_id) is None
            seqs = list(session.scalars(
                select(Event.seq).where(Event.enterprise_id == enterprise_id).order_by(Event.seq)
            ))  # fmt: skip
            assert seqs == list(range(1, len(seqs) + 1))
            assert session.get_one(Ledger, enterprise_id).seq == len(seqs)


def test_every_tamper_is_found_where_it_was_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enterprise_id, chance = told(world), random.Random(9)
    with owner(world) as session:
        monkeypatch.setattr(events, "session", lambda: session)
        last = session.get_one(Ledger, enterprise_id).seq
        session.commit()
        for turn in range(TAMPERS):
            tamper = WAYS[turn % len(WAYS)]
            seq = chance.randrange(1, last)
            found_at = tamper(session, enterprise_id, seq, chance)
            session.flush()
            session.expire_all()
            assert events.broken_at(enterprise_id) == found_at, (tamper.__name__, seq)
            session.rollback()
        assert events.broken_at(enterprise_id) is None


def test_rewriting_everything_is_found_only_with_an_anchor_outside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the chain alone cannot show, and why its head is printed and sent out."""
    enterprise_id = told(world)
    with owner(world) as session:
        monkeypatch.setattr(events, "session", lambda: session)
        ledger = session.get_one(Ledger, enterprise_id)
        anchor = ledger.hash
        previous = START
        for event in session.scalars(select(Event).where(Event.enterprise_id == enterprise_id).order_by(Event.seq)):
            if event.seq == 3:
                event.data = {"forged": True}
            event.hash = previous = chained(event, after=previous)
        ledger.hash = previous
        session.flush()
        session.expire_all()
        assert events.broken_at(enterprise_id) is None
        assert session.get_one(Ledger, enterprise_id).hash != anchor
        session.rollback()


def test_erasing_a_personal_value_leaves_the_chain_whole(world: World) -> None:
    with writing() as session:
        erased = session.execute(delete(PersonalValue).where(PersonalValue.enterprise_id == world.plant.enterprise.id))
        assert erased.rowcount > 3
    with reading():
        assert events.broken_at(world.plant.enterprise.id) is None


def test_a_commitment_is_salted_so_that_a_name_cannot_be_guessed_from_it(world: World) -> None:
    with reading() as session:
        values = session.scalars(select(PersonalValue)).all()
        assert len({value.salt for value in values}) == len(values)
        assert all(len(value.salt) == 32 for value in values)


def test_the_serving_role_cannot_change_or_remove_an_event(world: World) -> None:
    enterprise_id = told(world)
    for statement in (
        update(Event).where(Event.enterprise_id == enterprise_id).values(kind="x"),
        delete(Event).where(Event.enterprise_id == enterprise_id, Event.seq > 5),
    ):
        if DATABASE == "postgresql":
            with pytest.raises(DBAPIError, match="permission denied"), writing() as session:
                session.execute(statement)
    with reading():
        assert events.broken_at(enterprise_id) is None
