"""Every command of the guide works against the running application, in the order in which it is given."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from api_docs.made import HERE
from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.passwords import hashed
from app.accounts.policy import Role
from app.briefings.models import Cause
from app.briefings.service import ask
from app.core.clock import now, today
from app.core.db import writing
from app.core.ids import new_id
from app.hidden_hazards.lifecycle import MOVES
from app.hidden_hazards.terms import State
from app.messages.formats import for_webhook
from app.tags import service as tags
from tests.world import PASSWORD, World, in_days, jpeg

GUIDE = HERE / "guide"
PAGES = (
    "README.md", "worker.md", "offline.md", "manager.md", "printing.md", "planning.md", "closed-loop.md",
    "identification.md", "regulator.md",
)  # fmt: skip
STAND_INS = Path(__file__).with_name("stand_ins.py")
COMMANDS = re.compile(r"```bash\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"\b(GET|POST|PUT|PATCH) (?:/api/v1)?(/[\w/{}.-]+)")
CALLED = re.compile(r'"\$API(/[^"?]*)')


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """Where the application is served for this test."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    world.app.extensions["worker"].start()  # the page asks after a job until it is done
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()
    world.app.extensions["worker"].stop()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_works(world: World, address: str, tmp_path: Path, page: str) -> None:
    token = told(world)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(seed=9))
    given = {"API": address, "PASSWORD": PASSWORD, "QR": token, "PHOTO": str(photo), "PATH": with_stand_ins(tmp_path)}
    script = "".join(COMMANDS.findall((GUIDE / page).read_text(encoding="utf-8")))
    shell = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(shell, cwd=tmp_path, env={**os.environ, **given}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stderr


def test_every_address_the_guide_names_is_in_the_document() -> None:
    paths = json.loads((HERE / "openapi.json").read_text(encoding="utf-8"))["paths"]
    known = re.compile("|".join(re.sub(r"\{\w+\}", "[^/]+", path) for path in paths))
    for page in PAGES:
        text = (GUIDE / page).read_text(encoding="utf-8")
        named = [path for _, path in NAMED.findall(text)] + CALLED.findall(text)
        for path in named:
            assert known.fullmatch("/api/v1" + path), (page, path)


def test_every_link_of_the_guide_leads_somewhere() -> None:
    for page in GUIDE.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (GUIDE / target).exists(), (page.name, target)


def test_a_receiver_written_by_the_guide_tells_a_genuine_message_from_others() -> None:
    written: dict[str, Any] = {}
    code = re.findall(r"```python\n(.*?)```", (GUIDE / "closed-loop.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(code[0], written)  # noqa: S102 - our own guide
    genuine, secret = written["genuine"], "0123456789abcdef"
    payload = {"enterprise": "HG01", "key": "escalated:1", "title": "隐患逾期"}
    post = for_webhook(payload, secret=secret, at=now())
    assert genuine(post.headers, post.body, secret)
    assert not genuine(post.headers, post.body.replace("逾期".encode(), "销号".encode()), secret)
    assert not genuine(post.headers, post.body, "another secret 16")
    old = for_webhook(payload, secret=secret, at=now() - timedelta(hours=1))
    assert not genuine(old.headers, old.body, secret)


def test_the_lifecycle_page_shows_every_state_and_every_move() -> None:
    text = (GUIDE / "lifecycle.md").read_text(encoding="utf-8")
    assert all(f"    {state.value}: {state.label}\n" in text for state in State)
    for action, move in MOVES.items():
        assert f"| {move.label} | `{action.value}` |" in text
        reached = [other for other in (move.reaches, move.reaches_when_listed) if other]
        assert all(f"    {state} --> {other}: {move.label}" in text for state in move.leaves for other in reached)


def told(world: World) -> str:
    """Bring the world to where the demo is when the guide begins; gives the token of a posted code."""
    plant, secret = world.plant, hashed(PASSWORD)
    with writing():
        actor = plant.principal.actor
        worker = accounts.add_person(
            actor, login="machao", name="马超", role=Role.WORKER, password_hash=secret, unit_id=plant.unit.id
        )
        accounts.add_person(actor, login="linanping", name="林安平", role=Role.SAFETY_MANAGER, password_hash=secret)
        accounts.add_person(
            actor, login="wangliqiang", name="王立强", role=Role.LEADER, password_hash=secret, unit_id=plant.unit.id
        )
        accounts.add_person(actor, login="chenzhiyuan", name="陈志远", role=Role.PRINCIPAL, password_hash=secret)
        accounts.add_regulator(world.office.id, login="gaoming", name="高明", password_hash=secret)
        tag = tags.issue(actor, point_id=plant.point.id)
        told = {"news": ["新的告知卡已张贴。"]}
        ask(actor, plant.point, cause=Cause.NEW_CARD, cause_key="card:1", title="岗位安全风险告知卡", told=told)
    plant.manager.post("/floor-plans", {"name": "总平面图", "width": 1000, "height": 800})
    plant.rectified(plant.report())
    plant.rectified(found_by_the_government(world))
    hazard = plant.report()
    facts = {"rectifier_id": str(worker.id), "deadline_at": in_days(7)}
    graded = plant.move(plant.manager, hazard, "grade", gravity="general").json
    assert plant.move(plant.manager, graded, "assign", **facts).status_code == 201
    plant.report()
    plan_the_day(world, worker)
    return str(tag.token)


def plan_the_day(world: World, worker: User) -> None:
    """A round over the point, and a task for today by it."""
    plant = world.plant
    stops = {"risk_point_ids": [str(plant.point.id)]}
    walked = plant.manager.post(
        "/rounds", {"name": "一车间巡检路线", "kind": "team", "unit_id": str(plant.unit.id), **stops}
    )
    assert walked.status_code == 201, walked.text
    planned = plant.manager.post(
        "/inspection-plans",
        {
            "name": "一车间每日排查", "kind": "daily", "tier": "team", "scope": stops, "cycle_unit": "day",
            "unit_id": str(plant.unit.id), "assignee_id": str(worker.id), "starts_on": today().isoformat(),
        },
    )  # fmt: skip
    assert planned.status_code == 201, planned.text


def found_by_the_government(world: World) -> dict[str, Any]:
    """A hidden hazard the office found at the plant."""
    body = {
        "id": str(new_id()),
        "source": "government",
        "place": "罐区东侧围堰",
        "description": "围堰排水阀常开",
        "client_at": in_days(0),
    }
    answer = world.regulator.post("/supervision/findings", body, enterprise_id=world.plant.enterprise.id)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def with_stand_ins(folder: Path) -> str:
    """A PATH on which curl and jq are the stand-ins, and python3 is the one that runs the tests."""
    tools = folder / "bin"
    tools.mkdir()
    commands = {name: f'"{sys.executable}" -S -E "{STAND_INS}" {name}' for name in ("curl", "jq")}
    for name, command in {**commands, "python3": f'"{sys.executable}"'}.items():
        tool = tools / name
        tool.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        tool.chmod(0o755)
    return f"{tools}{os.pathsep}{os.environ['PATH']}"
