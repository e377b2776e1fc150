"""The four refusals of the application, and how each becomes problem+json (RFC 9457).

Refusal
├── NotFound   404  absent, or not yours: the two are told apart by nobody
├── Forbidden  403  you may see it, but not do this
├── Conflict   409  it is not in the state for this; the text says what is allowed
└── Invalid    422  well-formed, but a field breaks a rule; `errors` names it
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One field that breaks a rule: a JSON pointer into the body (or the name of a parameter) and what to do."""

    pointer: str
    detail: str


@dataclass
class Refusal(Exception):
    """A request that is refused and changed nothing. `code` is stable; `detail` is Chinese and says what next."""

    detail: str
    code: str = ""
    errors: list[FieldError] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)  # further members of the problem, such as allowed_actions

    status = 500
    title = ""
    default_code = ""

    def __str__(self) -> str:
        return self.detail


class NotFound(Refusal):
    status, title, default_code = 404, "未找到", "not_found"

    def __init__(self, detail: str = "没有这个对象，或您无权查看。请核对编号后重试。") -> None:
        super().__init__(detail)


class Forbidden(Refusal):
    status, title, default_code = 403, "无权操作", "forbidden"


class Conflict(Refusal):
    status, title, default_code = 409, "当前状态不允许", "conflict"


class Invalid(Refusal):
    status, title, default_code = 422, "内容不符合要求", "invalid"


class Malformed(Refusal):
    status, title, default_code = 400, "请求无法解析", "malformed"


class Unauthenticated(Refusal):
    status, title, default_code = 401, "请先登录", "unauthenticated"


class TooMany(Refusal):
    status, title, default_code = 429, "请求过于频繁", "too_many"


class TooLarge(Refusal):
    status, title, default_code = 413, "内容过大", "too_large"


class WrongType(Refusal):
    status, title, default_code = 415, "不支持的内容类型", "wrong_type"


class StoreFull(Refusal):
    """The disk is nearly full: photos wait, so that reports, which are rows, still find room."""

    status, title, default_code = 503, "存储空间不足", "store_full"


def invalid_field(pointer: str, detail: str, *, code: str = "") -> Invalid:
    """The refusal of one field; `pointer` as in /hazard_source_id."""
    return Invalid(detail, code=code, errors=[FieldError(pointer, detail)])
