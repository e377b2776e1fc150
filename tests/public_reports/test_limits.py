"""How many reports a point and an address may bring, and what is said to whoever is refused."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import now, stopped_at
from app.core.db import writing
from app.core.ids import new_id
from app.core.pace import MOST_KEPT, Pace
from app.public_reports.models import PublicReport
from tests.surface import problem_of
from tests.visitor import Visitor
from tests.world import World, jpeg

TEN = timedelta(minutes=10)


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world)


def refused(answer: Any) -> int:
    """The seconds to wait that a refusal names, once it is as every such refusal is."""
    problem = problem_of(answer)
    assert (problem["status"], problem["code"]) == (429, "too_many")
    assert answer.headers["Retry-After"] == str(problem["retry_after"])
    return int(problem["retry_after"])


def test_an_address_reports_so_often_and_then_waits(world: World, visitor: Visitor) -> None:
    most = world.app.config["SETTINGS"].public_reports
    start = now()
    with stopped_at(start):
        for _ in range(most):
            visitor.report()
        answer = visitor.post(visitor.body())
        assert refused(answer) == 600
        for words in ("立即撤离", "0427-119", "10 分钟"):
            assert words in answer.json["detail"]
        elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.8"}}
        visitor.sent_from, mine = elsewhere, visitor.sent_from
        assert visitor.post(visitor.body()).status_code == 201
    visitor.sent_from = mine
    with stopped_at(start + TEN):
        assert visitor.post(visitor.body()).status_code == 201


def test_a_point_takes_so_many_reports_an_hour_and_a_repeat_still(world: World, visitor: Visitor) -> None:
    settings, plant = world.app.config["SETTINGS"], world.plant
    body = visitor.body()
    kept = visitor.post(body)
    with writing() as session:
        session.add_all(
            PublicReport(
                enterprise_id=plant.enterprise.id, id=new_id(), point_id=plant.point.id, description="堵",
                receipt_hash=f"{number:064x}", at=now() - timedelta(minutes=30),
            )
            for number in range(settings.point_reports_hour - 1)
        )  # fmt: skip
    answer = visitor.post(visitor.body())
    assert 1700 < refused(answer) <= 1800
    assert "0427-119" in answer.json["detail"]
    assert visitor.post(body).json == kept.json
    assert Visitor(world, world.other).post(visitor.body()).status_code == 201


def test_wrong_receipts_are_slowed_and_right_ones_are_not_counted(world: World, visitor: Visitor) -> None:
    receipt = visitor.report()
    most = world.app.config["SETTINGS"].wrong_receipts
    assert {visitor.status(receipt).status_code for _ in range(most + 1)} == {200}
    assert {visitor.status("A" * 20).status_code for _ in range(most)} == {404}
    assert refused(visitor.status("A" * 20)) <= 600
    refused(visitor.put("A" * 20, jpeg()))
    assert Visitor(world, address="203.0.113.9").status(receipt).status_code == 200


def test_a_pace_keeps_no_address_and_forgets_when_the_window_has_passed() -> None:
    pace, start = Pace(), now()
    with stopped_at(start):
        assert [pace.wait("a", "203.0.113.7", most=2, within=TEN, counts=True) for _ in range(3)] == [0, 0, 600]
        assert pace.wait("b", "203.0.113.7", most=2, within=TEN, counts=True) == 0
        assert "203.0.113.7" not in repr(pace._visits)
    with stopped_at(start + TEN):
        assert pace.wait("a", "203.0.113.7", most=2, within=TEN, counts=False) == 0
        assert len(pace._visits) == 1  # of the other kind, not looked at since


def test_a_pace_remembers_so_many_and_no_more() -> None:
    pace = Pace()
    for number in range(MOST_KEPT + 5):
        pace.wait("a", str(number), most=1, within=TEN, counts=True)
    assert len(pace._visits) == MOST_KEPT


@pytest.mark.parametrize(
    ("proxies", "passed_on", "counted_as_one"),
    [
        (0, ["198.51.100.1", "198.51.100.2"], True),  # anyone can write the header
        (1, ["198.51.100.1", "198.51.100.2"], False),
        (1, ["9.9.9.9, 198.51.100.1", "8.8.8.8, 198.51.100.1"], True),
        (1, ["2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::2"], True),
        (1, ["2001:db8:1:2::1", "2001:db8:1:3::1"], False),
        (2, ["198.51.100.1", "198.51.100.2"], True),
    ],
)
def test_an_address_is_read_past_the_trusted_proxies_only(
    world: World, visitor: Visitor, proxies: int, passed_on: list[str], counted_as_one: bool
) -> None:
    settings = world.app.config["SETTINGS"]
    object.__setattr__(settings, "trusted_proxies", proxies)
    object.__setattr__(settings, "public_reports", 1)
    answers = [visitor.post(visitor.body(), headers={"X-Forwarded-For": text}) for text in passed_on]
    assert [answer.status_code for answer in answers] == [201, 429 if counted_as_one else 201]
