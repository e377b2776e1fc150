"""Anyone reports by scanning: once however often it is sent, with photos, and it can be followed to its end."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from app.core.clock import now, stopped_at
from app.core.db import reading, session, writing
from app.core.events import broken_at
from app.messages.models import Message
from app.public_reports.models import PublicReport
from app.tags import service as tags
from tests.racing import at_once
from tests.surface import problem_of
from tests.visitor import DESCRIPTION, Visitor
from tests.world import API, World, jpeg

HOSTILE = '=HYPERLINK("x")<script>alert(1)</script>&amp;‮\t</textarea>{{7*7}}\' OR 1=1--'


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world)


def count() -> int:
    with reading():
        return session().query(PublicReport).count()


def test_a_report_waits_in_quarantine_and_those_who_decide_are_told(world: World, visitor: Visitor) -> None:
    answer = visitor.post(visitor.body())
    assert answer.status_code == 201
    assert set(answer.json) == {"id", "receipt", "received_at", "photos"}
    assert len(answer.json["receipt"]) == 23
    waiting = visitor.waiting()
    assert (waiting["verdict"], waiting["description"]) == ("quarantined", DESCRIPTION)
    assert waiting["risk_point_code"] == world.plant.point.code
    assert world.plant.manager.get("/hidden-hazards").json["total"] == 0
    with reading():
        told = session().query(Message).filter_by(kind="public_report.received")
        assert {message.recipient_id for message in told} == {world.plant.manager.id, world.plant.principal.id}
        assert not any(DESCRIPTION in message.title + message.text for message in told)
        assert broken_at(world.plant.enterprise.id) is None


def test_a_repeat_is_one_report_with_the_same_receipt(visitor: Visitor) -> None:
    body = visitor.body(jpeg(seed=1))
    first = visitor.post(body)
    assert visitor.put(first.json["receipt"], jpeg(seed=1)).status_code == 200
    again = visitor.post(body)
    assert (again.status_code, again.json) == (201, first.json)
    assert count() == 1


def test_a_repeat_is_known_after_a_fresh_label_took_the_place_of_the_old(world: World, visitor: Visitor) -> None:
    body = visitor.body()
    first = visitor.post(body)
    with writing():
        visitor.token = tags.issue(world.plant.manager.actor, point_id=world.plant.point.id).token
    assert visitor.post(body).json == first.json


@pytest.mark.parametrize(
    "other", [{"description": "另一处"}, {"secret": "x" * 22}, {"photos": [{"sha256": "a" * 64, "size": 5}]}]
)
def test_the_same_id_with_anything_else_is_refused(visitor: Visitor, other: dict[str, object]) -> None:
    body = visitor.body()
    visitor.post(body)
    answer = visitor.post({**body, **other})
    assert (answer.status_code, problem_of(answer)["code"]) == (409, "id_reused")
    assert count() == 1


def test_the_same_report_from_many_connections_at_once_is_one(world: World, visitor: Visitor) -> None:
    body, clients = visitor.body(), [Visitor.__new__(Visitor) for _ in range(8)]
    sends: list[Callable[[], TestResponse]] = []
    for client in clients:
        client.__dict__.update(visitor.__dict__, client=world.app.test_client())
        sends.append(lambda client=client: client.post(body))  # type: ignore[misc]
    answers = at_once(sends)
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json["receipt"] for answer in answers}) == 1
    assert count() == 1


def test_photos_come_in_any_order_and_again(visitor: Visitor) -> None:
    photos = [jpeg(seed=1), jpeg(seed=2)]
    receipt = visitor.post(visitor.body(*photos)).json["receipt"]
    assert visitor.put(receipt, photos[1]).json == {"named": 2, "arrived": 1}
    assert not visitor.waiting()["complete"]
    assert visitor.put(receipt, photos[1]).json == {"named": 2, "arrived": 1}
    assert visitor.put(receipt.lower(), photos[0]).json == {"named": 2, "arrived": 2}
    waiting = visitor.waiting()
    assert waiting["complete"]
    assert len(waiting["photos"]) == 2
    shown = visitor.plant.manager.get(f"/photos/{waiting['photos'][0]['sha256']}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")


def test_a_photo_that_is_not_announced_cut_or_none_is_refused(world: World, visitor: Visitor) -> None:
    whole = jpeg(seed=3)
    cut = whole[:-300]
    receipt = visitor.post(visitor.body(whole, cut)).json["receipt"]
    assert visitor.put(receipt, jpeg(seed=4)).status_code == 404
    assert problem_of(visitor.put(receipt, cut))["code"] == "photo_broken"
    address = f"{API}/reports/photos/{visitor.body(whole)['photos'][0]['sha256']}"
    headers = {"X-Receipt": receipt}
    other = world.anyone.put(address, data=jpeg(seed=4), content_type="image/jpeg", headers=headers)
    assert problem_of(other)["code"] == "hash_mismatch"
    for wrong in ("", "A" * 20, Visitor(world, world.other).report()):
        assert visitor.put(wrong, whole).status_code == 404
    assert visitor.status(receipt).json["photos"] == {"named": 2, "arrived": 0}


def test_more_photos_than_three_too_long_a_text_or_control_characters_are_refused(visitor: Visitor) -> None:
    for wrong, pointer in (
        (visitor.body(*[jpeg(seed=seed) for seed in range(9)]), "/photos"),
        (visitor.body(description="长" * 2001), "/description"),
        (visitor.body(description="甲\x00乙"), "/description"),
        (visitor.body(description="甲\x1b[31m"), "/description"),
        (visitor.body(description="   "), "/description"),
        (visitor.body(secret="short"), "/secret"),
        (visitor.body(id="b1f5a2c0-8f43-11ee-9f6f-0242ac120002"), "/id"),  # version 1 carries a network card's number
    ):
        problem = problem_of(visitor.post(wrong))
        assert problem["status"] == 422
        assert pointer in {error["pointer"] for error in problem["errors"]}
    answer = visitor.client.post(
        f"{API}/scan/{visitor.token}/reports", data=b" " * 1_000_001, content_type="application/json"
    )
    assert answer.status_code == 413
    assert count() == 0


def test_a_text_comes_out_as_it_was_typed(visitor: Visitor) -> None:
    _, report = visitor.admitted(description=HOSTILE)
    assert report["description"] == HOSTILE
    assert visitor.plant.manager.get(f"/hidden-hazards/{report['hazard_id']}").json["description"] == HOSTILE


def test_a_code_that_is_good_no_longer_takes_no_report(world: World, visitor: Visitor) -> None:
    manager = world.plant.manager
    tag = manager.get("/tags").json["items"][0]
    manager.post(f"/tags/{tag['id']}/revocation", {"reason": "换新"})
    assert visitor.post(visitor.body()).status_code == 404
    fresh = Visitor(world)
    manager.post(f"/risk-points/{world.plant.point.id}/retirement", {"reason": "拆除"})
    assert problem_of(fresh.post(fresh.body()))["code"] == "retired"
    assert count() == 0


def test_a_wrong_receipt_is_like_one_never_given(world: World, visitor: Visitor) -> None:
    visitor.report()
    answers = [visitor.status(receipt) for receipt in ("", "x", "A" * 20, "ABCDE-FGHIJ-KLMNO-PQRST")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_scanning_shows_nothing_of_reports_and_hidden_hazards(world: World, visitor: Visitor) -> None:
    scanned_at = now()

    def seen() -> tuple[str, str]:
        with stopped_at(scanned_at):  # a page carries the moment of its scan
            page, answer = (world.anyone.get(f"{start}/{visitor.token}") for start in ("/q", f"{API}/scan"))
        return page.text, answer.text

    before = seen()
    world.plant.report(description="护栏缺失")
    receipt, _ = visitor.admitted()
    visitor.report()
    assert seen() == before
    assert DESCRIPTION not in "".join(before)
    assert receipt not in "".join(before)
