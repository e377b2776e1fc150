"""The reference is read from this host alone, by anyone, under a strict policy."""

import json
import re

from flask import Flask

from api_docs.codes import CODES
from api_docs.made import HERE
from api_docs.reference import ASSETS

ADDRESS = re.compile(r'(?:src|href)="([^"]+)"')


def test_the_page_and_all_it_loads_come_from_this_host(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/docs")
    assert page.status_code == 200
    addresses = ADDRESS.findall(page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/api/docs/"), address
        assert client.get(address).status_code == 200, address
    assert "http" not in client.get("/api/docs/assets/start.js").text


def test_the_policy_of_the_page_lets_nothing_else_in(app: Flask) -> None:
    policy = app.test_client().get("/api/docs").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy


def test_no_other_page_gets_the_wider_policy(app: Flask) -> None:
    assert "unsafe-inline" not in app.test_client().get("/api/docs/errors").headers["Content-Security-Policy"]


def test_the_document_served_is_the_committed_one(app: Flask) -> None:
    answer = app.test_client().get("/api/docs/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json == json.loads((HERE / "openapi.json").read_text(encoding="utf-8"))


def test_assets_have_their_types_and_may_be_kept(app: Flask) -> None:
    for name, (_, media_type) in ASSETS.items():
        answer = app.test_client().get(f"/api/docs/assets/{name}")
        assert answer.mimetype == media_type
        assert "max-age" in answer.headers["Cache-Control"]


def test_no_other_file_is_served(app: Flask) -> None:
    for name in ("swagger-ui.js", "..%2Fcodes.py", "%2e%2e/openapi.py", "index.html"):
        assert app.test_client().get(f"/api/docs/assets/{name}").status_code == 404, name


def test_a_refusal_points_at_its_explanation(app: Flask) -> None:
    problem = app.test_client().get("/api/v1/auth/me").json
    address, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in app.test_client().get(address).text


def test_every_code_is_explained_on_the_page_once(app: Flask) -> None:
    page = app.test_client().get("/api/docs/errors").text
    assert sorted(re.findall(r'<tr id="([^"]+)"', page)) == sorted(code.code for code in CODES)
