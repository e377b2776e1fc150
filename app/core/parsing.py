"""How what was sent becomes what a schema reads: JSON as it was meant, each field that breaks a rule named."""

import json
from decimal import Decimal
from typing import Any

from flask import request
from marshmallow import ValidationError

from app.core.errors import FieldError, Invalid, Malformed, TooLarge, WrongType
from app.core.fields import Schema
from app.core.installation import settings


def single(values: dict[str, list[str]]) -> dict[str, str]:
    """Query parameters, each given once. Raises Invalid for one given twice."""
    repeated = [FieldError(name, "只能给出一次。") for name, given in values.items() if len(given) > 1]
    if repeated:
        raise Invalid("查询参数重复。", errors=repeated)
    return {name: given[0] for name, given in values.items()}


def json_body(schema: Schema) -> dict[str, Any]:
    """The body of this request as the schema reads it. Raises WrongType, TooLarge, Malformed or Invalid."""
    if request.mimetype != "application/json":
        raise WrongType("请求内容应为 JSON，请设置 Content-Type: application/json。")
    most = settings().json_bytes
    if (request.content_length or 0) > most:
        raise TooLarge(f"请求内容超过 {most // 1000} KB，请分开提交。")
    content = request.stream.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"请求内容超过 {most // 1000} KB，请分开提交。")
    return load(schema, parse_json(content))


def parse_json(content: bytes) -> Any:
    """JSON as it was meant: numbers exact, no repeated names, no NaN. Raises Malformed."""

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("repeated name")
        return found

    def no_constant(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(
            content.decode("utf-8"), parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=no_repeats
        )
    except (ValueError, RecursionError, ArithmeticError):
        raise Malformed("请求内容不是有效的 JSON（UTF-8，键不重复），请检查后重试。") from None


def load(schema: Schema, data: Any) -> dict[str, Any]:
    """What the schema reads. Raises Invalid naming each field that breaks a rule."""
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise Invalid("有字段不符合要求，请按 errors 逐项改正。", errors=list(_pointers(error.messages))) from None
    return loaded


def _pointers(messages: Any, at: str = "") -> Any:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).encode("utf-8", "replace").decode()[:100]
            yield from _pointers(inner, at + step)
    else:
        for message in messages:
            yield FieldError(at or "/", str(message))
