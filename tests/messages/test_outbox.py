"""What leaves for the outside: at least once, signed, again after a fault, and never before it stands."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask

from app.core.clock import stopped_at
from app.core.db import reading, session
from app.core.errors import NotFound
from app.core.events import Ledger
from app.messages import outbox
from app.messages.chain_heads import send_chain_heads
from app.messages.formats import Outcome
from app.messages.models import Delivery
from app.messages.outbox import deliver_waiting, is_given_up, wait_after
from tests.messages.conftest import SECRET, deliveries, told, told_and_refused, webhook
from tests.messages.receiver import Receiver
from tests.world import World

START = datetime(2026, 11, 21, 1, tzinfo=UTC)


def test_a_message_is_delivered_signed_and_once(world: World, receiver: Receiver) -> None:
    webhook(world, f"{receiver.origin}/hook")
    told(world, subject_kind="risk_point", subject_id=world.plant.point.id, data={"code": "FX-0001"})
    assert receiver.heard == []  # telling sends nothing
    assert deliver_waiting(world.app) == 1
    assert deliver_waiting(world.app) == 0
    (heard,) = receiver.heard
    assert heard.signed_with(SECRET)
    assert heard.headers["X-Dual-Key"] == "HG01:k:1"
    said = heard.said
    assert (said["kind"], said["title"], said["text"]) == ("hidden_hazard.submit", "消息 k:1", "请处理")
    assert said["subject"] == {"kind": "risk_point", "id": str(world.plant.point.id)}
    assert (said["enterprise"], said["data"]) == ("HG01", {"code": "FX-0001"})
    (delivery,) = deliveries(world, state="delivered")
    assert (delivery["id"], delivery["attempts"], delivery["problem"]) == (said["id"], 1, "")


def test_what_fell_with_its_transaction_never_leaves(world: World, receiver: Receiver) -> None:
    webhook(world, receiver.origin)
    with pytest.raises(NotFound):
        told_and_refused(world)
    assert deliver_waiting(world.app) == 0
    assert receiver.heard == []


def test_a_fault_is_tried_again_with_the_same_key_until_it_is_delivered(world: World, receiver: Receiver) -> None:
    webhook(world, receiver.origin)
    receiver.answers = [(500, b"", {}), (429, b"", {}), (200, b"", {})]
    moment = START
    with stopped_at(moment):
        told(world)
        assert deliver_waiting(world.app) == 0
        assert deliver_waiting(world.app) == 0  # it is not due
    (waiting,) = deliveries(world, state="waiting")
    assert (waiting["attempts"], "500" in waiting["problem"]) == (1, True)
    for _ in range(2):
        moment += timedelta(minutes=2)
        with stopped_at(moment):
            deliver_waiting(world.app)
    (delivered,) = deliveries(world)
    assert (delivered["state"], delivered["attempts"], delivered["problem"]) == ("delivered", 3, "")
    assert len({(one.headers["X-Dual-Key"], one.body) for one in receiver.heard}) == 1
    assert len({one.headers["X-Dual-Signature"] for one in receiver.heard}) == 3  # each signed with its own time


def test_a_receiver_that_is_away_or_slow_gets_it_later_and_holds_up_no_other(world: World, receiver: Receiver) -> None:
    with Receiver() as gone:
        pass
    world.app.extensions["sender"] = outbox.Sender(frozenset({receiver.origin, gone.origin}), seconds=0.1)
    webhook(world, gone.origin)
    webhook(world, receiver.origin)
    receiver.go_on = threading.Event()
    told(world)
    assert deliver_waiting(world.app) == 0
    assert [(one["attempts"], bool(one["problem"])) for one in deliveries(world)] == [(1, True)] * 2
    assert len(receiver.heard) == 1
    receiver.go_on = None
    with stopped_at(datetime.now(UTC) + timedelta(minutes=2)):
        assert deliver_waiting(world.app) == 1


def test_what_a_receiver_refuses_is_given_up_soon_and_a_person_can_send_it_again(
    world: World, receiver: Receiver
) -> None:
    webhook(world, receiver.origin)
    receiver.answers = [(404, b"", {})]
    with stopped_at(START):
        told(world)
    for hour in range(5):
        with stopped_at(START + timedelta(hours=hour)):
            deliver_waiting(world.app)
    (given_up,) = deliveries(world, state="given_up")
    assert (given_up["attempts"], len(receiver.heard)) == (3, 3)
    receiver.answers = [(200, b"", {})]
    assert world.plant.manager.post(f"/deliveries/{given_up['id']}/retry").json["state"] == "waiting"
    assert deliver_waiting(world.app) == 1
    assert len({one.headers["X-Dual-Key"] for one in receiver.heard}) == 1


def test_after_twelve_attempts_it_is_given_up_and_its_problem_kept(world: World, receiver: Receiver) -> None:
    webhook(world, receiver.origin)
    receiver.answers = [(503, b"", {})]
    with stopped_at(START):
        told(world)
    for attempt in range(14):
        with stopped_at(START + timedelta(hours=8 * attempt)):
            deliver_waiting(world.app)
    (given_up,) = deliveries(world, state="given_up")
    assert (given_up["attempts"], "503" in given_up["problem"], len(receiver.heard)) == (12, True, 12)


def test_a_claim_is_one_workers_until_its_lease_has_run_out(world: World, receiver: Receiver) -> None:
    webhook(world, receiver.origin)
    with stopped_at(START):
        told(world)
        assert len(outbox._claimed()) == 1  # and its worker is killed
        assert deliver_waiting(world.app) == 0
    with stopped_at(START + outbox.LEASE):
        assert deliver_waiting(world.app) == 1
    (delivered,) = deliveries(world)
    assert delivered["attempts"] == 2


def test_a_worker_whose_lease_ran_out_does_not_undo_what_another_did(world: World, receiver: Receiver) -> None:
    webhook(world, receiver.origin)
    with stopped_at(START):
        told(world)
        (late,) = outbox._claimed()
    with stopped_at(START + outbox.LEASE):
        assert deliver_waiting(world.app) == 1
    outbox._record(late, Outcome("没有连上"))
    assert deliveries(world)[0]["state"] == "delivered"


def test_two_workers_at_once_send_each_message_once(world: World, receiver: Receiver) -> None:
    webhook(world, receiver.origin)
    for number in range(12):
        told(world, f"k:{number}")

    def work() -> None:
        with world.app.app_context():
            deliver_waiting(world.app)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(receiver.heard) == len({one.said["id"] for one in receiver.heard}) == 12


def test_the_wait_doubles_from_half_a_minute_to_six_hours_and_is_spread() -> None:
    for spread in (0.0, 0.5, 1.0):
        waits = [wait_after(attempts, spread=spread) for attempts in range(1, 13)]
        assert all(longer >= shorter for shorter, longer in pairwise(waits))
        assert timedelta(seconds=22) <= waits[0] <= timedelta(seconds=38)
        assert waits[-1] == timedelta(hours=6)
    assert wait_after(3, spread=0.5) == timedelta(minutes=2)
    assert wait_after(3, spread=0.0) < wait_after(3, spread=1.0)
    assert wait_after(10_000, spread=1.0) == timedelta(hours=6)


@pytest.mark.parametrize(
    ("attempts", "refused", "given_up"),
    [(1, True, False), (2, True, False), (3, True, True), (3, False, False), (11, False, False), (12, False, True)],
)
def test_it_is_given_up_after_three_refusals_or_twelve_faults(attempts: int, refused: bool, given_up: bool) -> None:
    assert is_given_up(attempts, Outcome("…", refused=refused)) is given_up


def test_the_head_of_the_chain_goes_out_once_a_day(world: World, receiver: Receiver) -> None:
    webhook(world, f"{receiver.origin}/heads", kinds=["chain.head"])
    webhook(world, f"{receiver.origin}/others", kinds=["hidden_hazard"])
    with reading():
        ledger = session().get_one(Ledger, world.plant.enterprise.id)
    for hours in (0, 1, 24, 25):
        with stopped_at(START + timedelta(hours=hours)):
            send_chain_heads()
            deliver_waiting(world.app)
    assert [one.path for one in receiver.heard] == ["/heads", "/heads"]
    said = receiver.heard[0].said
    assert (said["key"], said["data"]) == ("chain.head:2026-11-21", {"seq": ledger.seq, "hash": ledger.hash})
    assert ledger.hash in said["text"]
    assert {one.headers["X-Dual-Key"] for one in receiver.heard} == {
        "HG01:chain.head:2026-11-21", "HG01:chain.head:2026-11-22",
    }  # fmt: skip


def test_without_channels_nothing_waits_and_nothing_is_sent(app: Flask, world: World) -> None:
    told(world)
    assert send_chain_heads() == deliver_waiting(app) == 0
    with reading() as current:
        assert current.query(Delivery).count() == 0
