"""Orders over HTTP: made once, fetched, cancelled, checked by whoever scans them, and found when out of date."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import update

from app.core.clock import now, stopped_at
from app.core.db import reading, session, writing
from app.core.events import Event
from app.core.ids import new_id
from app.core.jobs import LEASE, Job, JobState, run_one
from app.core.jobs import cancel as cancel_job
from app.printing import making, orders
from app.printing.catalogue import CATALOGUE, Format
from app.printing.models import Print, PrintKind
from app.printing.orders import own_order
from tests.printing.ordering import made, ordered, printed
from tests.surface import problem_of
from tests.world import API, Person, World

CARD = PrintKind.WARNING_CARD


def codes_in(pdf: bytes, page: int = 0) -> list[str]:
    image = pypdfium2.PdfDocument(pdf)[page].render(scale=200 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(image)]


def check_token(pdf: bytes) -> str:
    (address,) = (text for text in codes_in(pdf) if "/P/" in text)
    return address.rpartition("/")[2]


def standing(world: World, token: str) -> dict[str, Any]:
    return dict(world.anyone.get(f"{API}/print-check/{token}").json)


def prints_of(person: Person, **query: Any) -> list[dict[str, Any]]:
    return list(person.get("/prints", **query).json["items"])


def outdated(person: Person, kind: str = CARD) -> list[dict[str, Any]]:
    return list(person.get("/outdated-prints", kind=kind).json["items"])


def worked(app: Flask) -> bool:
    with app.app_context():
        return run_one(app)


def test_a_card_can_be_checked_until_what_it_says_has_changed(world: World) -> None:
    manager, point = world.plant.manager, world.plant.point
    first = check_token(printed(world.app, manager, CARD, risk_point_ids=[str(point.id)]))
    seen = standing(world, first)
    assert (seen["standing"], seen["version"], seen["since"]) == ("current", 1, None)
    assert (seen["title"], seen["enterprise"]) == (f"{point.code} {point.name}", world.plant.enterprise.name)
    assert outdated(manager) == []

    changed_at = now() + timedelta(hours=1)
    with stopped_at(changed_at):
        answer = manager.patch(f"/risk-points/{point.id}", {"emergency_steps": ["关阀", "撤离"]})
        assert answer.status_code == 200, answer.text
    old = standing(world, first)
    assert (old["standing"], old["version"]) == ("superseded", 1)
    assert old["since"][:16] == changed_at.isoformat()[:16]
    (listed,) = outdated(manager)
    assert (listed["title"], listed["standing"], listed["since"]) == (seen["title"], "superseded", old["since"])

    second = check_token(printed(world.app, manager, CARD, outdated=True))
    assert (standing(world, second)["standing"], standing(world, second)["version"]) == ("current", 2)
    assert (standing(world, first)["standing"], standing(world, first)["newest_version"]) == ("superseded", 2)
    assert outdated(manager) == []
    again = check_token(printed(world.app, manager, CARD, risk_point_ids=[str(point.id)]))
    assert (standing(world, again)["version"], standing(world, second)["standing"]) == (2, "current")


def test_what_hangs_for_a_point_no_longer_used_is_to_be_taken_down(world: World) -> None:
    manager, point = world.plant.manager, world.plant.point
    token = check_token(printed(world.app, manager, CARD, risk_point_ids=[str(point.id)]))
    manager.post(f"/risk-points/{point.id}/retirement", {"reason": "拆除"})
    assert standing(world, token)["standing"] == "withdrawn"
    assert [one["standing"] for one in outdated(manager)] == ["withdrawn"]
    answer = manager.post("/print-orders", {"id": str(new_id()), "kind": CARD, "outdated": True})
    assert problem_of(answer)["code"] == "nothing_selected"


def test_a_check_tells_nothing_of_codes_never_made_and_is_not_asked_without_end(world: World) -> None:
    assert world.anyone.get(f"{API}/print-check/{'A' * 26}").status_code == 404
    assert world.anyone.get(f"{API}/print-check/x").status_code == 404
    answers = [world.anyone.get(f"{API}/print-check/x").status_code for _ in range(60)]
    assert answers[-1] == 429


def test_an_order_sent_twice_is_one_order_and_one_print(world: World) -> None:
    manager = world.plant.manager
    body = {"id": str(new_id()), "kind": CARD}
    answers = [manager.post("/print-orders", body) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert manager.get("/print-orders").json["total"] == 1
    assert worked(world.app)
    assert not worked(world.app)
    assert manager.get("/prints").json["total"] == 1


def test_an_order_whose_worker_is_killed_is_made_again_and_printed_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = world.plant.manager
    order = ordered(manager, CARD)

    def killed(*_: Any) -> bool:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(making._Making, "record", killed)
        with pytest.raises(SystemExit):
            worked(world.app)
    assert manager.get(f"/print-orders/{order['id']}").json["state"] == "running"
    assert problem_of(manager.get(f"/print-orders/{order['id']}/file"))["code"] == "print_not_ready"
    with stopped_at(now() + LEASE + timedelta(seconds=1)):
        assert worked(world.app)
    assert manager.get(f"/print-orders/{order['id']}").json["state"] == "done"
    assert manager.get("/prints").json["total"] == 1


def test_a_worker_killed_after_the_print_was_written_down_leaves_nothing_to_print_again(world: World) -> None:
    manager = world.plant.manager
    order = ordered(manager, CARD)
    handlers, real = world.app.extensions["job_handlers"], making.make

    def killed_after(run: Any) -> dict[str, Any]:
        real(run)
        raise SystemExit

    handlers[orders.JOB] = killed_after
    with pytest.raises(SystemExit):
        worked(world.app)
    handlers[orders.JOB] = real
    assert manager.get(f"/print-orders/{order['id']}").json["state"] == "done"
    first = manager.get(f"/print-orders/{order['id']}/file").data
    with stopped_at(now() + LEASE + timedelta(seconds=1)):
        assert worked(world.app)
    assert manager.get("/prints").json["total"] == 1
    assert manager.get(f"/print-orders/{order['id']}/file").data == first


def test_two_that_print_the_same_at_once_count_its_versions_in_order(world: World) -> None:
    manager, leader = world.plant.manager, world.plant.leader
    for person in (manager, leader):
        ordered(person, CARD, risk_point_ids=[str(world.plant.point.id)])
    threads = [threading.Thread(target=worked, args=(world.app,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while worked(world.app):
        pass
    assert [one["version"] for one in prints_of(manager)] == [1, 1]


def test_an_order_can_be_cancelled_before_and_while_it_is_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = world.plant.manager
    waiting, running = ordered(manager, CARD), None
    answer = manager.post(f"/print-orders/{waiting['id']}/cancellation")
    assert (answer.status_code, answer.json["state"]) == (200, "cancelled")
    assert not worked(world.app)

    running = ordered(manager, CARD)
    real = CATALOGUE[CARD].draws[Format.PDF]

    def cancelled_meanwhile(stamped: Any, options: dict[str, Any]) -> bytes:
        manager.post(f"/print-orders/{running['id']}/cancellation")
        return real(stamped, options)

    monkeypatch.setitem(CATALOGUE[CARD].draws, Format.PDF, cancelled_meanwhile)
    assert worked(world.app)
    assert manager.get(f"/print-orders/{running['id']}").json["state"] == "cancelled"
    assert problem_of(manager.get(f"/print-orders/{running['id']}/file"))["code"] == "print_not_made"
    assert manager.get("/prints").json["total"] == 0
    monkeypatch.undo()
    done = made(world.app, manager, CARD)
    assert problem_of(manager.post(f"/print-orders/{done['id']}/cancellation"))["code"] == "job_ended"


def test_an_order_cancelled_while_it_is_saved_leaves_no_print(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = world.plant.manager
    order, real = ordered(manager, CARD), making.keep_file

    def cancelled_meanwhile(*given: Any) -> str:
        assert manager.post(f"/print-orders/{order['id']}/cancellation").status_code == 200
        return real(*given)

    monkeypatch.setattr(making, "keep_file", cancelled_meanwhile)
    assert worked(world.app)
    assert manager.get(f"/print-orders/{order['id']}").json["state"] == "cancelled"
    assert manager.get("/prints").json["total"] == 0


def test_an_order_claimed_while_it_is_cancelled_is_asked_to_stop(world: World) -> None:
    manager = world.plant.manager
    order = ordered(manager, CARD)
    with writing():
        job = own_order(manager.actor, UUID(order["id"]))[1]  # read while it waits
        session().execute(update(Job).where(Job.id == job.id).values(state=JobState.RUNNING).execution_options(
            synchronize_session=False
        ))  # fmt: skip
        assert cancel_job(manager.actor, job.id, kind=orders.JOB).state is JobState.RUNNING
        assert job.cancel_asked_at


def test_what_an_office_prints_stands_for_nothing_that_hangs_and_asks_nobody_to_sign(world: World) -> None:
    plant, within = world.plant, {"enterprise_id": str(world.plant.enterprise.id)}
    made(world.app, plant.manager, CARD)
    plant.manager.patch(f"/risk-points/{plant.point.id}", {"emergency_steps": ["撤离"]})
    (asked,) = plant.worker.get("/my-briefings").json["items"]
    body = {"id": str(new_id()), "kind": CARD}
    assert world.regulator.post("/print-orders", body, **within).status_code == 202
    assert worked(world.app)
    seen = world.regulator.get(f"/print-orders/{body['id']}", **within).json
    assert (seen["state"], plant.worker.get("/my-briefings").json["items"]) == ("done", [asked])
    assert [one["version"] for one in outdated(plant.manager)] == [1]
    made(world.app, plant.manager, CARD)
    assert outdated(plant.manager) == []
    assert [one["version"] for one in plant.worker.get("/my-briefings").json["items"]] == [2]
    labels = {"id": str(new_id()), "kind": "labels"}
    assert world.regulator.post("/print-orders", labels, **within).status_code == 403


def test_one_person_cannot_fill_the_queue_and_what_is_printed_again_is_not_chosen(world: World) -> None:
    manager = world.plant.manager
    for _ in range(orders.MOST_WAITING):
        ordered(manager, "yearly_plan")
    more = {"id": str(new_id()), "kind": "yearly_plan"}
    assert problem_of(manager.post("/print-orders", more))["code"] == "too_many_waiting"
    again = {"id": str(new_id()), "kind": CARD, "outdated": True, "level": "red"}
    assert problem_of(manager.post("/print-orders", again))["errors"][0]["pointer"] == "/level"


def test_a_file_is_forgotten_when_its_time_has_run_out_but_not_what_was_printed(world: World) -> None:
    manager = world.plant.manager
    order = made(world.app, manager, CARD)
    folder = world.app.config["SETTINGS"].print_folder
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    with stopped_at(now() + orders.KEPT + timedelta(seconds=1)):
        orders.forget_expired()
        assert [path for path in folder.rglob("*") if path.is_file()] == []
        assert problem_of(manager.get(f"/print-orders/{order['id']}/file"))["code"] == "print_expired"
    assert manager.get("/prints").json["total"] == 1


def test_an_option_of_another_kind_is_refused_and_leaves_nothing(world: World) -> None:
    manager = world.plant.manager
    for wrong in ({"year": 2026}, {"format": "csv"}, {"zone_id": str(new_id())}, {"level": "red"}, {"paper": "a9"}):
        answer = manager.post("/print-orders", {"id": str(new_id()), "kind": CARD, **wrong})
        assert answer.status_code == 422, wrong
    assert manager.get("/print-orders").json["total"] == 0


def test_orders_are_their_owners_alone(world: World) -> None:
    order = made(world.app, world.plant.manager, CARD)
    for person in (world.plant.leader, world.plant.principal):
        assert person.get(f"/print-orders/{order['id']}").status_code == 404
        assert person.get(f"/print-orders/{order['id']}/file").status_code == 404
        assert person.get("/print-orders").json["total"] == 0


def test_a_leader_prints_and_sees_what_is_of_his_own_units_alone(world: World) -> None:
    plant = world.plant
    with writing():
        elsewhere = plant.add_point(plant.manager.actor, name="别处", unit=plant.other_unit)
    order = made(world.app, plant.leader, CARD)
    assert order["documents"] == 1
    made(world.app, plant.manager, CARD, risk_point_ids=[str(elsewhere.id)])
    assert [one["title"].partition(" ")[0] for one in prints_of(plant.leader)] == [plant.point.code]
    body = {"id": str(new_id()), "kind": CARD, "risk_point_ids": [str(elsewhere.id)]}
    assert plant.leader.post("/print-orders", body).status_code in (403, 404)


def test_a_character_without_a_glyph_is_named(world: World) -> None:
    manager, point = world.plant.manager, world.plant.point
    manager.patch(f"/risk-points/{point.id}", {"name": "储罐😀𮯰"})
    order = made(world.app, manager, CARD)
    (warning,) = order["warnings"]
    assert "😀" in warning["text"]
    assert "U+1F600" in warning["text"]
    assert point.code in warning["title"]


def test_a_new_card_asks_the_people_of_the_point_to_sign_and_the_same_again_asks_nobody(world: World) -> None:
    plant = world.plant
    before = plant.worker.get("/my-briefings").json["total"]
    made(world.app, plant.manager, CARD)
    assert plant.worker.get("/my-briefings").json["total"] == before + 1
    made(world.app, plant.manager, CARD)
    assert plant.worker.get("/my-briefings").json["total"] == before + 1


def test_each_print_is_written_down_with_what_it_said(world: World) -> None:
    made(world.app, world.plant.manager, CARD)
    with reading():
        (one,) = session().query(Print).all()
        assert (one.kind, one.subject, one.version) == (CARD, str(world.plant.point.id), 1)
        assert len(one.content) == 64
    assert _events(world).count("print.made") == 1


def _events(world: World) -> list[str]:
    with reading():
        return [kind for (kind,) in session().query(Event.kind).filter_by(enterprise_id=world.plant.enterprise.id)]
