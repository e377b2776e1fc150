"""The committed document says what the routes declare, in valid OpenAPI 3.1."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask

from api_docs.codes import CODES
from api_docs.made import HERE, made_files
from api_docs.openapi import documented, path_of
from app.core.endpoint import PUBLIC

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROOT = Path(__file__).parents[2]
REFUSALS = {
    *("Refusal", "NotFound", "Forbidden", "Conflict", "Invalid", "Malformed", "Unauthenticated", "TooMany"),
    *("TooLarge", "WrongType", "invalid_field", "GradingError"),
}


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads((HERE / "openapi.json").read_text(encoding="utf-8"))


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, found) for path, item in document["paths"].items() for method, found in item.items()]


def test_what_is_committed_is_what_the_product_makes() -> None:
    for path, text in made_files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date: run python -m api_docs"


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()


def test_every_schema_is_valid_json_schema(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": DIALECT, **schema}), name


def test_every_route_of_the_api_is_there_and_no_page_is(app: Flask, document: Any) -> None:
    declared = {(path_of(rule), said.method.lower()) for rule, said in documented(app)}
    assert declared == {(path, method) for path, method, _ in operations(document)}
    assert all(path.startswith("/api/v1/") for path, _ in declared)


def test_every_operation_has_its_own_id_and_a_chinese_summary(document: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for _, _, operation in operations(document):
        assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), operation["operationId"]


def test_a_public_route_asks_for_no_sign_in_and_every_other_does(app: Flask, document: Any) -> None:
    for rule, declared in documented(app):
        operation = document["paths"][path_of(rule)][declared.method.lower()]
        if declared.permission == PUBLIC:
            assert operation["security"] == ([{"receipt": []}] if declared.receipt else [])
            assert "403" not in operation["responses"]
        else:
            assert operation["security"] == [{"bearer": []}]
            assert "401" in operation["responses"]


def test_nothing_that_crosses_the_wire_is_left_undescribed(document: Any) -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if not said.keys() & {"type", "$ref", "anyOf", "allOf", "oneOf", "enum"}
    ]
    assert bare == []


def test_every_code_a_refusal_carries_is_explained() -> None:
    used = {
        code for folder in ("app", "risk_models") for path in (ROOT / folder).rglob("*.py") for code in codes_in(path)
    }
    explained = {code.code for code in CODES}
    assert used - explained == set()
    assert explained - used == set()


def codes_in(path: Path) -> set[str]:
    """The codes a module refuses with, as written in its source."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
            values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            chosen = [inner for value in values for inner in ast.walk(value) if isinstance(inner, ast.Constant)]
            found |= {constant.value for constant in chosen}
        if isinstance(node, ast.ClassDef):
            found |= {code for line in node.body if (code := default_code(line))}
    return found


def default_code(line: ast.stmt) -> str:
    """The default code among a class's attributes: status, title, default_code = 404, "…", "not_found"."""
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Tuple) and isinstance(line.value, ast.Tuple):
        pairs = zip(line.targets[0].elts, line.value.elts, strict=True)
        return next((value.value for name, value in pairs if getattr(name, "id", "") == "default_code"), "")
    return ""
