"""Codes outlive servers: old hosts and paths lead on to the present address, and a bad setting stops the start."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import SettingError, Settings
from app.core.db import db
from app.core.ids import new_id
from app.tags.addresses import check_addresses
from app.web.old_addresses import install
from qr import new_token
from tests.surface import every_route, problem_of
from tests.world import World

TEMPLATES = "http://10.0.0.5:8000/Q/{token}, /scan.html?code={token}, http://old.example.cn/t/{token}"


@pytest.fixture
def moved(settings: Settings) -> Iterator[Flask]:
    """The application after a move: codes once pointed elsewhere."""
    application = create_app(replace(settings, old_addresses=TEMPLATES))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def test_old_hosts_and_paths_lead_on_to_the_present_address(
    world: World, moved: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    manager = world.plant.manager
    tag = manager.post("/tags", {"risk_point_id": str(world.plant.point.id)}).json
    phone = moved.test_client()
    arrivals = [
        ("/Q/{}", "http://10.0.0.5:8000"),
        ("/scan.html?code={}", "http://10.0.0.5:8000"),
        ("/scan.html?code={}&from=singlemessage", "https://anything.example.cn"),
        ("/t/{}", "http://OLD.example.cn"),
    ]
    for token in (tag["token"], new_token()):
        for path, base in arrivals:
            answer = phone.get(path.format(token), base_url=base)
            assert (answer.status_code, answer.headers["Location"]) == (302, f"/q/{token}"), (path, base)
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in answer.headers
        assert token not in caplog.text
    assert phone.get(f"/q/{tag['token']}", base_url="http://10.0.0.5:8000").status_code == 200
    assert manager.get("/tags", attention="true").json["items"][0]["attention"] == ["old_address"]


def test_what_is_no_old_address_stays_closed(world: World, moved: Flask) -> None:
    token = world.plant.manager.post("/tags", {"risk_point_id": str(world.plant.point.id)}).json["token"]
    phone = moved.test_client()
    assert phone.get(f"/Q/{token}").status_code == 200  # the present address at the present host
    closed = [f"/t/{token}", "/scan.html", f"/scan.html?id={token}", f"/scan.html?code={token.lower()}", f"/x/{token}"]
    assert [phone.get(path).status_code for path in closed] == [404] * len(closed)
    assert phone.post(f"/scan.html?code={token}").status_code == 405
    assert world.plant.manager.get("/tags").json["items"][0]["old_address_at"] is None
    assert {route.declared.permission for route in every_route(moved) if "scan.html" in route.rule} == {"public"}


def test_the_phones_own_scanner_is_told_the_token_of_what_it_read(world: World, moved: Flask) -> None:
    token, phone = new_token(), moved.test_client()
    for text in (token, f" HTTPS://HOST.CN/Q/{token}\n", f"http://a.cn/scan.html?code={token}"):
        answer = phone.post("/api/v1/scan", json={"text": text})
        assert (answer.status_code, answer.json) == (200, {"token": token}), text
    answer = phone.post("/api/v1/scan", json={"text": "https://example.com/"})
    assert (answer.status_code, problem_of(answer)["errors"][0]["pointer"]) == (422, "/text")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old_addresses": "10.0.0.5/Q/{token}"}, "DUAL_OLD_ADDRESSES.*不是旧地址的写法"),
        ({"old_addresses": "/Q/{token}"}, "DUAL_OLD_ADDRESSES.*就是现行的地址"),
        ({"old_addresses": "https://QR.example.cn/Q/{token}"}, "DUAL_OLD_ADDRESSES.*现行的地址"),
        ({"public_host": "https://qr.example.cn/app"}, "DUAL_PUBLIC_HOST.*不带路径"),
    ],
)
def test_an_address_that_cannot_be_used_stops_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        create_app(Settings(**{"public_host": "qr.example.cn", **given}))


@pytest.mark.parametrize("named", ["/?t={token}", "/sign-in?x={token}", "/api/v1/scan/{token}"])
def test_an_address_of_the_product_itself_is_no_old_one(app: Flask, settings: Settings, named: str) -> None:
    with pytest.raises(SettingError, match=r"DUAL_OLD_ADDRESSES.*本系统自己的地址"):
        install(app, replace(settings, old_addresses=named))


@pytest.mark.parametrize(("length", "warned"), [(27, False), (28, True)])
def test_a_host_too_long_for_version_5_is_warned_of(
    caplog: pytest.LogCaptureFixture, length: int, warned: bool
) -> None:
    check_addresses(Settings(public_host=f"https://{'a' * (length - 3)}.cn"))
    assert ("DUAL_PUBLIC_HOST" in caplog.text) is warned


def test_a_code_of_before_binds_and_answers_like_any_other(world: World, moved: Flask) -> None:
    manager = world.plant.manager
    manager.post("/tag-rolls", {"id": str(new_id()), "count": 1})
    token = manager.get("/tags").json["items"][0]["token"]
    body = {"id": str(new_id()), "risk_point_id": str(world.plant.point.id)}
    assert moved.test_client().get(f"/scan.html?code={token}").status_code == 302
    assert manager.post(f"/scan/{token}/binding", body).status_code == 200
