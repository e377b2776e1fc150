"""What goes wrong, answered once for all rooms: problem+json for the API, a plain page for the pages."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from app.core.canonical import as_json
from app.core.errors import Conflict, Malformed, NotFound, Refusal, TooLarge
from qr import is_token

log = logging.getLogger("dual")

ErrorPage = Callable[[Refusal], Response]

REFUSALS: dict[int, Refusal] = {
    400: Malformed("请求无法解析，请检查后重试。"),
    404: NotFound("没有这个地址，请核对。"),
    413: TooLarge("请求内容过大，请压缩或分开提交。"),
}


class NotAllowed(Refusal):
    status, title, default_code = 405, "不支持的方法", "method_not_allowed"


class Unavailable(Refusal):
    status, title, default_code = 503, "暂时不可用", "unavailable"


class Broken(Refusal):
    status, title, default_code = 500, "系统内部错误", "broken"


def install(app: Flask, error_page: ErrorPage) -> None:
    """Answer every refusal and every fault; nothing raised leaves a half-written thing or a foreign language."""

    def answer(refusal: Refusal) -> Response:
        response = problem(refusal) if request.path.startswith("/api/") else error_page(refusal)
        if "retry_after" in refusal.facts:
            response.headers["Retry-After"] = str(refusal.facts["retry_after"])
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return answer(refusal)

    @app.errorhandler(HTTPException)
    def refused_by_framework(error: HTTPException) -> Any:
        if error.code == 405:
            allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
            response = answer(NotAllowed(f"这个地址只支持：{allowed or '其他方法'}。"))
            response.headers["Allow"] = allowed
            return response
        if error.code in (301, 302, 307, 308):
            return error
        return answer(REFUSALS.get(error.code or 500, REFUSALS[400] if (error.code or 500) < 500 else Broken(_BROKEN)))

    @app.errorhandler(IntegrityError)
    def collided(error: IntegrityError) -> Response:
        log.warning("integrity error: %s", type(error.orig).__name__)
        return answer(Conflict("与刚刚写入的内容冲突，请刷新后重试。", code="collided"))

    @app.errorhandler(OperationalError)
    def database_away(error: OperationalError) -> Response:
        log.error("database unavailable: %s", type(error.orig).__name__)
        return answer(Unavailable("数据库暂时不可用，请稍后重试；未收到回执的内容没有保存。", facts={"retry_after": 5}))

    @app.errorhandler(DBAPIError)
    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        log.exception("unhandled error", exc_info=error)
        return answer(Broken(_BROKEN))


_BROKEN = "系统出现错误，本次操作没有保存。请稍后重试，仍然失败请联系管理员。"


def _instance() -> str:
    """The path as asked; a code's token is masked, for problems are logged and passed on."""
    rule = request.url_rule.rule if request.url_rule else ""
    if "<token>" in rule:
        return rule
    return "/".join("<token>" if is_token(step) else step for step in request.path.split("/"))


def problem(refusal: Refusal) -> Response:
    """The refusal as problem+json."""
    body = {
        **refusal.facts,  # first, so that none takes the place of a member every problem has
        "type": f"/api/docs/errors#{refusal.code or refusal.default_code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": _instance(),
        "code": refusal.code or refusal.default_code,
    }
    if refusal.errors:
        body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in refusal.errors]
    return Response(as_json(body), status=refusal.status, mimetype="application/problem+json")
