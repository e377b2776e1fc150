"""A code locates and proves nothing: no guess opens a card, and a token stays where it was printed."""

import base64
import logging
import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.core.db import reading
from app.core.ids import new_id
from app.tags import service
from app.tags.models import Tag
from qr import is_token, new_token
from tests.sizes import TOKEN_GUESSES, TOKENS_CHANGED
from tests.surface import problem_of
from tests.world import World

pytestmark = pytest.mark.deep

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
OTHER = "01 89-_.=/%abcdefghijklmnopqrstuvwxyzÄＡ\x00"


def accepted(texts: Iterator[str]) -> set[str]:
    """Those of the texts that a scan would take: of the right shape, and issued. Looked up in bulk."""
    shaped = [text for text in texts if is_token(text)]
    found: set[str] = set()
    with reading() as session:
        for start in range(0, len(shaped), 20_000):
            part = shaped[start : start + 20_000]
            found |= set(session.scalars(select(Tag.token).where(Tag.token.in_(part))))
    return found


def issued(world: World, count: int) -> list[str]:
    point = str(world.plant.point.id)
    manager = world.plant.manager
    return [manager.post("/tags", {"risk_point_id": point}).json["token"] for _ in range(count)]


def guesses(count: int, near: list[str]) -> Iterator[str]:
    """Random tokens, counted-up ones, those near good ones, and texts of other shapes."""
    chance = random.Random(31)
    for turn in range(count):
        match turn % 4:
            case 0 | 1:
                yield base64.b32encode(chance.randbytes(16)).decode().rstrip("=")
            case 2:
                yield base64.b32encode(turn.to_bytes(16, "big")).decode().rstrip("=")
            case _:
                good = chance.choice(near)
                place = chance.randrange(24)
                yield good[:place] + chance.choice(ALPHABET) + chance.choice(ALPHABET) + good[place + 2 :]


def test_no_guess_is_accepted(world: World) -> None:
    good = issued(world, 5)
    assert accepted(iter(good)) == set(good)
    assert accepted(text for text in guesses(TOKEN_GUESSES, good) if text not in good) == set()


def test_no_change_of_one_character_of_a_good_token_is_accepted(world: World) -> None:
    good = issued(world, min(TOKENS_CHANGED, 60))
    good += [new_token() for _ in range(TOKENS_CHANGED - len(good))]
    changed = (
        token[:place] + letter + token[place + 1 :]
        for token in good
        for place in range(len(token))
        for letter in ALPHABET + OTHER
        if letter != token[place]
    )
    assert accepted(changed) == set()
    assert accepted(text for token in good for text in (token[:-1], token + "A", token.lower(), f" {token}")) == set()


def test_a_wrong_token_a_revoked_one_an_expired_one_and_a_misshapen_one_are_answered_alike(world: World) -> None:
    manager = world.plant.manager
    revoked, expired = (manager.post("/tags", {"risk_point_id": str(world.plant.point.id)}).json for _ in range(2))
    assert world.anyone.get(f"/api/v1/scan/{revoked['token']}").status_code == 200
    manager.post(f"/tags/{revoked['id']}/revocation", {"reason": "破损"})
    at_once = {"id": str(new_id()), "reason": "丢失", "grace_days": 0}
    assert manager.post(f"/tags/{expired['id']}/replacement", at_once).status_code == 201
    answers = set()
    for text in (revoked["token"], expired["token"], new_token(), revoked["token"].lower(), "x", "A" * 26, "é"):
        answer = world.anyone.get(f"/api/v1/scan/{text}")
        assert problem_of(answer)["code"] == "not_found"
        answers.add((answer.status_code, answer.get_data(as_text=True)))
    assert len(answers) == 1


def test_a_token_is_in_no_log_and_no_problem(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    manager = world.plant.manager
    good, old = (manager.post("/tags", {"risk_point_id": str(world.plant.point.id)}).json for _ in range(2))
    manager.post(f"/tags/{old['id']}/replacement", {"id": str(new_id()), "reason": "褪色", "grace_days": 5})
    manager.post("/tag-rolls", {"id": str(new_id()), "count": 1})
    blank = manager.get("/tags", state="blank").json["items"][0]
    tokens = [good["token"], old["token"], blank["token"], new_token()]
    pages = [("GET", "/api/v1/scan/{}"), ("GET", "/q/{}"), ("GET", "/Q/{}"), ("POST", "/api/v1/scan/{}")]
    for method, path in [*pages, ("POST", "/api/v1/scan/{}/binding"), ("POST", "/api/v1/scan/{}/worn")]:
        for token in tokens:
            answer = world.anyone.open(path.format(token), method=method)
            assert token not in answer.get_data(as_text=True)
    for act in ("binding", "worn"):
        body = {"id": str(new_id()), **({"risk_point_id": str(world.plant.point.id)} if act == "binding" else {})}
        for token in tokens[:1] if act == "binding" else tokens[1:]:
            assert token not in manager.post(f"/scan/{token}/{act}", body).text
    assert not [token for token in tokens if token in caplog.text]
    assert "/api/v1/scan/<token>/binding" in caplog.text


def test_a_fault_of_the_database_puts_no_token_into_the_log(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    broken = select(Tag).where(Tag.token == token, Tag.revoked_because.op("no such operator")(token))
    monkeypatch.setattr(service, "select", lambda *_: broken)
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = world.anyone.get(f"/api/v1/scan/{token}")
    assert answer.status_code in (500, 503)
    assert token not in caplog.text
    assert token not in answer.get_data(as_text=True)


def test_a_scan_says_what_is_posted_and_nothing_else(world: World) -> None:
    tag = world.plant.manager.post("/tags", {"risk_point_id": str(world.plant.point.id)}).json
    world.plant.report(description="只有本企业知道的隐患")
    answer = world.anyone.get(f"/api/v1/scan/{tag['token']}")
    assert set(answer.json) == {
        "code", "name", "enterprise", "shown_level", "current_level", "main_risks", "accident_types", "measures",
        "emergency_steps", "emergency_phone", "old_tag",
    }  # fmt: skip
    text = answer.get_data(as_text=True)
    hidden = ["只有本企业知道的隐患", str(world.plant.worker.id), world.plant.leader.user.name]
    hidden += [str(world.plant.enterprise.id), str(world.plant.point.id), world.plant.enterprise.credit_code]
    assert not [secret for secret in hidden if secret in text]


def test_a_blank_one_says_that_it_hangs_nowhere_and_nothing_else(world: World) -> None:
    manager = world.plant.manager
    roll = {"id": str(new_id()), "count": 1}
    manager.post("/tag-rolls", roll)
    token = manager.get("/tags", roll_id=roll["id"]).json["items"][0]["token"]
    asked = world.anyone.get(f"/api/v1/scan/{token}")
    problem = problem_of(asked)
    assert (asked.status_code, problem["code"]) == (409, "tag_blank")
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code"}
    for answer in (asked, world.anyone.get(f"/q/{token}")):
        text = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "还没有绑定到风险点" in text
        hidden = [token, "BQ-", world.plant.enterprise.name, str(world.plant.enterprise.id), world.plant.point.code]
        assert not [secret for secret in hidden if secret in text]
    tip = {"id": str(new_id()), "secret": "s" * 24, "description": "出口堵塞"}
    assert problem_of(world.anyone.post(f"/api/v1/scan/{token}/reports", json=tip))["code"] == "tag_blank"


def test_an_empty_choice_of_points_prints_nothing(world: World) -> None:
    answer = world.plant.manager.post("/qr-labels", {"risk_point_ids": []})
    assert (answer.status_code, problem_of(answer)["code"]) == (422, "nothing_selected")
    assert world.plant.manager.get("/tags").json["total"] == 0
