"""Signing in, staying signed in, and being out at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import RefreshToken, SignIn, SignInFailure
from app.accounts.policy import Role
from app.accounts.sign_in import wait_after
from app.core.afterwards import SecurityFact
from app.core.clock import now, stopped_at
from app.core.db import reading
from tests.racing import at_once
from tests.surface import problem_of
from tests.world import API, PASSWORD, Person, World

RIGHT = "a long and right password"


@pytest.fixture
def person(world: World) -> Person:
    """A worker with a real password."""
    worker = world.plant.worker
    assert world.plant.manager.patch(f"/users/{worker.id}", {"password": RIGHT}).status_code == 200
    return worker


def log_in(world: World, password: str = RIGHT, **named: str) -> TestResponse:
    body = {"code": "HG01", "name": "worker", "password": password, **named}
    return world.app.test_client().post(API + "/auth/login", json=body)


def refresh(world: World, token: str) -> TestResponse:
    return world.app.test_client().post(API + "/auth/refresh", json={"refresh_token": token})


def me(world: World, pair: dict[str, Any]) -> TestResponse:
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    return world.app.test_client().get(API + "/auth/me", headers=headers)


def test_a_right_password_opens_a_sign_in(world: World, person: Person) -> None:
    answer = log_in(world)
    assert answer.status_code == 200, answer.text
    assert me(world, answer.json).json["id"] == str(person.id)
    assert answer.json["expires_in"] == 15 * 60
    assert log_in(world, code="hg01").status_code == 200


def test_the_platforms_administrator_signs_in_with_its_own_code(world: World) -> None:
    assert log_in(world, code="PLATFORM", name="admin", password=PASSWORD).status_code == 200
    assert log_in(world, code="HG01", name="admin", password=PASSWORD).status_code == 401


def test_a_new_password_ends_every_sign_in_before_it(world: World) -> None:
    worker = world.plant.worker
    assert worker.get("/auth/me").status_code == 200
    world.plant.manager.patch(f"/users/{worker.id}", {"password": RIGHT})
    assert worker.get("/auth/me").status_code == 401


@pytest.mark.usefixtures("person")
def test_each_refresh_token_buys_one_pair(world: World) -> None:
    pair = log_in(world).json
    for _ in range(3):
        fresh = refresh(world, pair["refresh_token"])
        assert fresh.status_code == 200, fresh.text
        pair = fresh.json
    assert me(world, pair).status_code == 200


@pytest.mark.usefixtures("person")
def test_a_refresh_token_used_twice_signs_the_whole_family_out(world: World) -> None:
    first = log_in(world).json
    second = refresh(world, first["refresh_token"]).json
    stolen = refresh(world, first["refresh_token"])
    assert (stolen.status_code, problem_of(stolen)["code"]) == (401, "token_reused")
    assert me(world, second).status_code == 401
    assert me(world, first).status_code == 401
    assert refresh(world, second["refresh_token"]).status_code == 401
    with reading() as session:
        assert session.scalars(select(SecurityFact.kind).where(SecurityFact.kind == "refresh.reused")).first()
    assert log_in(world).status_code == 200


@pytest.mark.usefixtures("person")
def test_one_refresh_token_used_by_many_at_once_buys_at_most_one_pair(world: World) -> None:
    pair = log_in(world).json
    answers = at_once([lambda: refresh(world, pair["refresh_token"])] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    won = next(answer.json for answer in answers if answer.status_code == 200)
    assert me(world, won).status_code == 401


@pytest.mark.usefixtures("person")
def test_signing_out_ends_access_and_refresh(world: World) -> None:
    pair = log_in(world).json
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    assert world.app.test_client().post(API + "/auth/logout", headers=headers).status_code == 204
    assert me(world, pair).status_code == 401
    assert refresh(world, pair["refresh_token"]).status_code == 401


def test_one_sign_out_leaves_the_other_devices_signed_in(world: World, person: Person) -> None:
    phone, desk = log_in(world).json, log_in(world).json
    headers = {"Authorization": f"Bearer {phone['access_token']}"}
    world.app.test_client().post(API + "/auth/logout", headers=headers)
    assert me(world, phone).status_code == 401
    assert me(world, desk).json["id"] == str(person.id)


def test_a_disabled_person_is_out_at_the_next_request(world: World, person: Person) -> None:
    pair = log_in(world).json
    assert me(world, pair).status_code == 200
    assert world.plant.manager.patch(f"/users/{person.id}", {"disabled": True}).status_code == 200
    assert (me(world, pair).status_code, refresh(world, pair["refresh_token"]).status_code) == (401, 401)
    assert problem_of(log_in(world))["code"] == "sign_in_failed"
    world.plant.manager.patch(f"/users/{person.id}", {"disabled": False})
    assert me(world, pair).status_code == 401
    assert log_in(world).status_code == 200


def test_a_changed_role_holds_at_the_next_request(world: World) -> None:
    leader = world.plant.leader
    assert leader.get("/tags").status_code == 200
    world.plant.manager.patch(f"/users/{leader.id}", {"role": "worker"})
    assert leader.get("/tags").status_code == 403


@pytest.mark.usefixtures("person")
def test_wrong_passwords_make_one_wait_longer_each_time(world: World) -> None:
    start = now()
    with stopped_at(start):
        for _ in range(5):
            assert log_in(world, "wrong password").status_code == 401
        waiting = log_in(world)
        assert waiting.status_code == 429
        assert waiting.headers["Retry-After"] == "30"
        assert problem_of(waiting)["retry_after"] == 30
    with stopped_at(start + timedelta(seconds=31)):
        assert log_in(world, "wrong password").status_code == 401
        assert log_in(world).headers["Retry-After"] == "60"
    with stopped_at(start + timedelta(seconds=95)):
        assert log_in(world).status_code == 200
        assert log_in(world, "wrong password").status_code == 401
        assert log_in(world).status_code == 200


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(count, tries=5, first=30).total_seconds() for count in range(12)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert wait_after(10**6, tries=5, first=30) == timedelta(minutes=15)


@pytest.mark.usefixtures("person")
def test_known_and_unknown_names_are_answered_alike_wait_included(world: World) -> None:
    start = now()
    said = []
    for named in ({}, {"name": "nobody"}, {"code": "ZZ99"}, {"code": "LK01"}, {"code": "PLATFORM"}):
        with stopped_at(start):
            answers = [log_in(world, "wrong password", **named) for _ in range(7)]
        said.append([(answer.status_code, answer.text, answer.headers.get("Retry-After")) for answer in answers])
    assert all(answers == said[0] for answers in said)
    assert [status for status, _, _ in said[0]] == [401] * 5 + [429] * 2


@pytest.mark.usefixtures("person")
def test_a_wait_for_one_name_is_none_for_another(world: World) -> None:
    for _ in range(6):
        log_in(world, "wrong password", name="leader")
    assert log_in(world, name="leader").status_code == 429
    assert log_in(world).status_code == 200


@pytest.mark.usefixtures("person")
def test_guesses_at_once_are_all_counted(world: World) -> None:
    answers = at_once([lambda: log_in(world, "wrong password")] * 8)
    assert {answer.status_code for answer in answers} <= {401, 429}
    assert log_in(world).status_code == 429


@pytest.mark.usefixtures("person")
def test_nothing_kept_of_a_failure_tells_who_tried(world: World) -> None:
    log_in(world, "wrong password")
    with reading() as session:
        kept = session.scalars(select(SignInFailure)).one()
        fact = session.scalars(select(SecurityFact).where(SecurityFact.kind == "sign_in.failed")).one()
    for text in (kept.name_hash, str(fact.data)):
        assert "worker" not in text
        assert "HG01" not in text
        assert "127.0.0.1" not in text


@pytest.mark.usefixtures("person")
def test_what_is_kept_of_tokens_signs_nobody_in(world: World) -> None:
    pair = log_in(world).json
    with reading() as session:
        stored = [str(getattr(row, column.name)) for model in (RefreshToken, SignIn)
                  for row in session.scalars(select(model)) for column in model.__table__.columns]  # fmt: skip
    assert not any(text in (pair["access_token"], pair["refresh_token"]) for text in stored)


def test_nobody_makes_an_account_above_his_own(world: World) -> None:
    manager, principal = world.plant.manager, world.plant.principal
    body = {"login": "second", "name": "二把手", "password": "long enough text", "role": "principal"}
    assert manager.post("/users", body).status_code == 403
    for role in ("regulator", "platform_admin"):
        for person in (manager, principal):
            assert person.post("/users", {**body, "role": role}).status_code == 422
            assert person.patch(f"/users/{world.plant.worker.id}", {"role": role}).status_code in (403, 422)
    assert manager.patch(f"/users/{world.plant.worker.id}", {"role": "principal"}).status_code == 403
    assert manager.patch(f"/users/{principal.id}", {"disabled": True}).status_code == 403
    assert manager.patch(f"/users/{principal.id}", {"password": RIGHT}).status_code == 403
    assert manager.patch(f"/users/{manager.id}", {"role": "worker"}).status_code == 403
    assert principal.patch(f"/users/{principal.id}", {"disabled": True}).status_code == 403
    assert principal.post("/users", body).status_code == 201


def test_one_who_may_keep_people_keeps_only_his_own(world: World) -> None:
    for person in (world.other.worker, world.regulator, world.admin):
        for change in ({"password": RIGHT}, {"disabled": True}, {"role": "worker"}):
            assert world.plant.principal.patch(f"/users/{person.id}", change).status_code == 404
    assert world.plant.hire("later", Role.WORKER)
