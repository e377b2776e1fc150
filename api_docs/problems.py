"""Which refusals a route may answer, and what they look like: RFC 9457, one schema, one response per status."""

from collections.abc import Iterator
from typing import Any

from api_docs.codes import codes_of
from app.core.endpoint import ENTERPRISE, PUBLIC, SIGNED_IN, Declared

NAMES = {
    400: "Malformed",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    413: "TooLarge",
    415: "WrongType",
    422: "Invalid",
    429: "TooMany",
    503: "Unavailable",
}
TITLES = {
    400: "请求无法解析",
    401: "没有登录，或凭证失效",
    403: "无权操作",
    404: "没有这个对象，或无权查看",
    409: "与当前状态或已有内容冲突",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "内容不符合要求",
    429: "请求过于频繁",
    503: "暂时不可用",
}
RETRY_AFTER = {"Retry-After": {"description": "多少秒后可以重试", "schema": {"type": "integer"}}}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "登录方式", "schema": {"type": "string"}}},
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "拒绝的原因和下一步（RFC 9457）。状态冲突时另有 state、version、allowed_actions。",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "description": "错误代码的说明地址"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "给人看的中文说明：为什么，下一步做什么"},
        "instance": {"type": "string", "description": "请求的地址"},
        "code": {"type": "string", "description": "稳定的错误代码，供程序判断"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "字段位置（JSON Pointer）或查询参数名"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def problem_responses() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each refusal as a named response, with the codes it may carry."""
    for status, name in NAMES.items():
        codes = "、".join(f"`{code.code}`" for code in codes_of(status))
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        headers = {"headers": HEADERS[status]} if status in HEADERS else {}
        yield name, {"description": f"{TITLES[status]}（{codes}）", **headers, "content": content}


def refused_by(declared: Declared) -> Iterator[tuple[int, str]]:
    """The statuses a route may refuse with, and the name of each response."""
    sends = declared.body is not None or declared.upload is not None
    applies = {
        400: declared.body is not None,
        401: declared.permission != PUBLIC,
        403: declared.permission not in (PUBLIC, SIGNED_IN),
        404: "<" in declared.rule or (declared.within == ENTERPRISE and declared.permission != PUBLIC),
        409: declared.once,
        413: sends,
        415: sends,
        422: True,
        503: True,
    }
    for status, name in NAMES.items():
        if applies.get(status) or status in declared.refuses:
            yield status, name
