"""Only the product's own tokens are taken, each only where it belongs."""

import base64
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from app.accounts.tokens import AUDIENCE, COOKIE, access_token, page_token, refresh_token
from app.config import Settings
from app.core.db import reading
from app.core.ids import new_id
from tests.surface import problem_of
from tests.world import API, World

Claims = dict[str, Any]


def claims_of(world: World, **changed: Any) -> Claims:
    """What a good access token of a worker says, changed; None leaves a claim out."""
    person = world.plant.worker
    now = int(time.time())
    good: Claims = {
        "sub": str(person.id), "sid": str(person.sign_in_id), "jti": str(new_id()), "type": "access", "fresh": False,
        "iss": AUDIENCE, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 600, "csrf": "c",
    }  # fmt: skip
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def asked_with(world: World, token: str) -> TestResponse:
    return world.anyone.get(API + "/auth/me", headers={"Authorization": f"Bearer {token}"})


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forged(world: World, settings: Settings) -> Iterator[tuple[str, str]]:
    """Tokens that are not the product's, each with what is wrong with it."""
    key, good, now = settings.kept_secret(), claims_of(world), int(time.time())
    for name in ("none", "None", "NONE", "nOnE"):
        yield f"alg {name}", f"{encoded({'alg': name, 'typ': 'JWT'})}.{encoded(good)}."
    for algorithm in ("HS384", "HS512"):
        yield algorithm, jwt.encode(good, key, algorithm=algorithm)
    for other in ("x" * 32, key[:-1] + "!", key.upper() + "x", "secret" * 8):
        yield "another key", jwt.encode(good, other, algorithm="HS256")
    changes: dict[str, list[Any]] = {
        "aud": [None, "other", ["other"], "", AUDIENCE.upper()],
        "iss": [None, "other", "", AUDIENCE + "x"],
        "exp": [None, now - 1, now - 10_000, 0, "soon"],
        "nbf": [now + 600, "later"],
        "iat": [now + 6000, "once"],
        "type": ["refresh", "Access", "", 1],
        "sub": [None, "", "nobody", str(new_id()), str(world.plant.manager.id), str(world.other.worker.id)],
        "sid": [None, "", "x", 7, str(new_id()), str(world.other.worker.sign_in_id), [], {}],
        "jti": [None, "", "x", 7],
        "pages": [True],
    }
    for name, values in changes.items():
        for value in values:
            yield f"{name}={value!r}", jwt.encode(claims_of(world, **{name: value}), key, algorithm="HS256")
    for part in (None, [], "text", 7):
        yield f"claims {part!r}", jwt.api_jws.encode(json.dumps(part).encode(), key, algorithm="HS256")
    yield (
        "key in the header",
        jwt.encode(good, "k" * 32, algorithm="HS256", headers={"jwk": {"kty": "oct", "k": "a2s"}}),
    )
    yield "another kid", jwt.encode(good, "k" * 32, algorithm="HS256", headers={"kid": "../../dev/null"})
    for text in (
        "",
        " ",
        ".",
        "..",
        "...",
        "a.b.c",
        "Bearer",
        "é.é.é",
        "x" * 9000,
        "\x7f",
        "null",
        "{}",
        "a.b",
        "a.b.c.d",
    ):
        yield f"text {text[:9]!r}", text


def test_a_good_token_is_taken(world: World, settings: Settings) -> None:
    token = jwt.encode(claims_of(world), settings.kept_secret(), algorithm="HS256")
    answer = asked_with(world, token)
    assert answer.status_code == 200, answer.text
    assert answer.json["id"] == str(world.plant.worker.id)


def test_no_forgery_is_taken(world: World, settings: Settings) -> None:
    tried = 0
    for what, token in forged(world, settings):
        answer = asked_with(world, token)
        assert answer.status_code == 401, (what, answer.text)
        assert problem_of(answer)["code"].startswith(("token_", "signed_out")), what
        tried += 1
    assert tried > 60


def test_a_token_changed_in_any_one_place_is_not_taken(world: World) -> None:
    token = access_token(world.plant.worker.id, world.plant.worker.sign_in_id)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    chance = random.Random(20261121)
    for place in range(len(token) - 1):  # the last character carries two unused bits
        other = chance.choice([letter for letter in alphabet if letter != token[place]])
        answer = asked_with(world, token[:place] + other + token[place + 1 :])
        assert answer.status_code == 401, place
    for cut in (1, 2, 10, 43):
        assert asked_with(world, token[:-cut]).status_code == 401


@pytest.mark.parametrize("scheme", ["", "Basic", "Token", "bearer,", "JWT"])
def test_only_a_bearer_is_a_bearer(world: World, scheme: str) -> None:
    token = access_token(world.plant.worker.id, world.plant.worker.sign_in_id)
    answer = world.anyone.get(API + "/auth/me", headers={"Authorization": f"{scheme} {token}".strip()})
    assert answer.status_code == 401


def test_a_token_is_taken_from_the_header_alone(world: World) -> None:
    token = access_token(world.plant.worker.id, world.plant.worker.sign_in_id)
    client = world.app.test_client()
    for name in (COOKIE, "access_token_cookie"):
        client.set_cookie(name, token)
    assert client.get(API + "/auth/me").status_code == 401
    assert client.get(API + "/auth/me", query_string={"jwt": token}).status_code == 401


def test_each_kind_of_token_is_refused_where_another_belongs(world: World) -> None:
    worker = world.plant.worker
    lives = world.app.config["JWT_ACCESS_TOKEN_EXPIRES"]
    page = page_token(worker.id, worker.sign_in_id, lives=lives)
    with reading():
        refresh, _ = refresh_token(worker.id, worker.sign_in_id)
    access = access_token(worker.id, worker.sign_in_id)
    for token in (page, refresh):
        assert asked_with(world, token).status_code == 401
    for token in (page, access):
        assert world.anyone.post(API + "/auth/refresh", json={"refresh_token": token}).status_code == 401
    check = f"/check/{world.plant.point.id}"
    for token in (access, refresh):
        client = world.app.test_client()
        client.set_cookie(COOKIE, token)
        assert client.get(check).status_code in (302, 303, 401)
    client = world.app.test_client()
    client.set_cookie(COOKIE, page)
    assert client.get(check).status_code == 200
