"""Each event names the hash it is chained by: an installation may go over to SM3 midway, and back."""

import hashlib
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.config import Settings
from app.core import canonical
from app.core.canonical import available, digest, hashed
from app.core.chain import broken_links, lost_commitments
from app.core.db import reading
from app.core.events import Event, PersonalValue, broken_at
from app.core.safety import UnsafeStart, check_algorithm
from tests.world import World

needs_sm3 = pytest.mark.skipif(not available("sm3"), reason="this OpenSSL has no SM3")


def hash_by(app: Flask, algorithm: str) -> None:
    """Let new events be hashed so, as after a restart with another setting."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], chain_algorithm=algorithm)


@needs_sm3
def test_a_chain_goes_over_to_sm3_and_back_and_holds(world: World) -> None:
    plant = world.plant
    hash_by(world.app, "sm3")
    person = {"login": "new.one", "name": "新员工", "password": "long enough text", "role": "worker"}
    assert plant.manager.post("/users", person).status_code == 201
    hash_by(world.app, "sha256")
    plant.report()
    with reading() as session:
        enterprise_id = plant.enterprise.id
        named = list(session.scalars(
            select(Event.algorithm).where(Event.enterprise_id == enterprise_id).order_by(Event.seq)
        ))  # fmt: skip
        assert named[-2:] == ["sm3", "sha256"]
        assert broken_at(enterprise_id) is None
        assert not list(lost_commitments(enterprise_id))
        event = session.scalars(select(Event).where(Event.algorithm == "sm3")).one()
        value = session.get_one(PersonalValue, (enterprise_id, event.seq, "name"))
        assert event.commitments["name"] == digest([value.salt, value.value], "sm3")


@needs_sm3
def test_sm3_is_the_one_of_the_standard() -> None:
    assert hashed(b"abc", "sm3") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hashed(b"abc") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("name", ["md5", "", "SM3", "sha512"])
def test_an_unknown_algorithm_stops_the_start_and_says_which_there_are(name: str, settings: Settings) -> None:
    with pytest.raises(UnsafeStart, match="sha256 或 sm3"):
        create_app(replace(settings, chain_algorithm=name))
    assert not available(name)


def test_an_algorithm_this_machine_lacks_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(canonical._MAKERS, "sm3", lambda content: hashlib.new("no-such-hash", content))
    with pytest.raises(UnsafeStart, match="OpenSSL 没有 sm3"):
        check_algorithm("sm3")


def test_a_chain_by_an_algorithm_this_machine_lacks_is_not_called_broken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(canonical._MAKERS, "sha256", lambda content: hashlib.new("no-such-hash", content))
    with reading():
        (finding,) = broken_links(world.plant.enterprise.id)
    assert "请在有这些算法的机器上核对" in finding.what
