"""An enterprise sets up its ways out: what is refused, what is shown, and what switching off means."""

from typing import Any
from uuid import UUID

import pytest

from app.core import events
from app.core.db import reading
from app.messages.outbox import deliver_waiting
from tests.messages.conftest import SECRET, deliveries, told, webhook
from tests.messages.receiver import Receiver
from tests.world import World

KEY = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222"


def test_a_secret_goes_in_and_never_out(world: World) -> None:
    manager = world.plant.manager
    channel = webhook(world, "https://hooks.example.com/T0/very-secret-path", kinds=["hidden_hazard", "chain.head"])
    assert channel["address"] == "https://hooks.example.com/…"
    assert channel["signed"] is True
    robot = manager.post("/channels", {"name": "群", "kind": "wecom", "address": KEY}).json
    assert robot["address"] == "https://qyapi.weixin.qq.com/…"
    changed = manager.patch(f"/channels/{channel['id']}", {"secret": "another-very-secret-text", "name": "平台二"})
    said = [manager.get("/channels").text, changed.text, manager.get("/deliveries").text]
    with reading():
        happened = events.timeline(world.plant.enterprise.id, UUID(channel["id"]))
        said += [str(event.data) for event in happened]
        assert [event.kind for event in happened] == ["channel.added", "channel.changed"]
    for text in said:
        assert not any(hidden in text for hidden in (SECRET, "very-secret", "11111111"))


@pytest.mark.parametrize(
    ("given", "field"),
    [({"address": "http://example.com/"}, "/address"), ({"address": "https://127.0.0.1/"}, "/address"),
     ({"address": "https://user:word@example.com/"}, "/address"), ({"address": "safety@example.com"}, "/address"),
     ({"secret": "short"}, "/secret"), ({"secret": ""}, "/secret"), ({"kind": "wecom"}, "/secret"),
     ({"kind": "mail", "secret": ""}, "/address"), ({"kinds": ["Hidden Hazard"]}, "/kinds/0")],
)  # fmt: skip
def test_a_channel_that_could_not_work_is_refused_with_the_field(
    world: World, given: dict[str, Any], field: str
) -> None:
    body = {"name": "平台", "kind": "webhook", "address": "https://example.com/", "secret": SECRET, **given}
    answer = world.plant.manager.post("/channels", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [field]


def test_only_those_who_keep_channels_see_them_and_only_their_own(world: World) -> None:
    channel = webhook(world, "https://hooks.example.com/x")
    assert world.plant.leader.get("/channels").status_code == 403
    assert world.regulator.get("/channels", enterprise_id=str(world.plant.enterprise.id)).status_code == 403
    other = world.other.manager
    assert other.get("/channels").json["total"] == 0
    assert other.patch(f"/channels/{channel['id']}", {"name": "别人的"}).status_code == 404
    assert other.post(f"/channels/{channel['id']}/test").status_code == 404


def test_a_trial_arrives_at_once_or_says_what_went_wrong(world: World, receiver: Receiver) -> None:
    manager, channel = world.plant.manager, webhook(world, f"{receiver.origin}/hook")
    assert manager.post(f"/channels/{channel['id']}/test").status_code == 200
    (heard,) = receiver.heard
    assert heard.said["kind"] == "channel.test"
    assert heard.signed_with(SECRET)
    receiver.answers = [(500, b"", {})]
    refused = manager.post(f"/channels/{channel['id']}/test")
    assert (refused.status_code, refused.json["code"]) == (409, "not_delivered")
    assert "500" in refused.json["detail"]
    mail = {"name": "邮箱", "kind": "mail", "address": "safety@example.com"}
    mail_id = manager.post("/channels", mail).json["id"]
    assert "没有配置" in manager.post(f"/channels/{mail_id}/test").json["detail"]
    assert deliveries(world) == []


def test_a_channel_carries_the_kinds_it_names_and_their_families(world: World, receiver: Receiver) -> None:
    webhook(world, f"{receiver.origin}/family", kinds=["hidden_hazard"])
    webhook(world, f"{receiver.origin}/one", kinds=["task.due"])
    webhook(world, f"{receiver.origin}/all")
    off = webhook(world, f"{receiver.origin}/off")
    world.plant.manager.patch(f"/channels/{off['id']}", {"disabled": True})
    told(world, "k:1", kind="hidden_hazard.submit")
    told(world, "k:2", kind="hidden_hazards")
    told(world, "k:3", kind="task.due")
    deliver_waiting(world.app)
    heard = sorted((one.path, one.said["key"]) for one in receiver.heard)
    assert heard == [("/all", "k:1"), ("/all", "k:2"), ("/all", "k:3"), ("/family", "k:1"), ("/one", "k:3")]


def test_switching_off_gives_up_what_waits_and_a_retry_needs_it_on_again(world: World, receiver: Receiver) -> None:
    manager, channel = world.plant.manager, webhook(world, f"{receiver.origin}/")
    told(world)
    manager.patch(f"/channels/{channel['id']}", {"disabled": True})
    assert deliver_waiting(world.app) == 0
    (delivery,) = deliveries(world, state="given_up")
    assert "停用" in delivery["problem"]
    refused = manager.post(f"/deliveries/{delivery['id']}/retry")
    assert (refused.status_code, refused.json["code"]) == (409, "channel_disabled")
    manager.patch(f"/channels/{channel['id']}", {"disabled": False})
    assert manager.post(f"/deliveries/{delivery['id']}/retry").json["state"] == "waiting"
    assert deliver_waiting(world.app) == 1
    again = manager.post(f"/deliveries/{delivery['id']}/retry")
    assert (again.status_code, again.json["code"]) == (409, "not_given_up")
    assert world.other.manager.post(f"/deliveries/{delivery['id']}/retry").status_code == 404
    assert len(receiver.heard) == 1


def test_an_enterprise_has_so_many_channels_and_no_more(world: World) -> None:
    for number in range(20):
        webhook(world, f"https://hooks.example.com/{number}")
    body = {"name": "再一个", "kind": "mail", "address": "safety@example.com"}
    answer = world.plant.manager.post("/channels", body)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_channels")
