"""How someone signs in on a page: the form, what is wrong with it, and the cookie that follows.

Nobody is signed in yet, so the form is tied to its page by a random cookie that it must repeat.
"""

import re
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from app.accounts import sign_in, tokens
from app.accounts.schemas import SignInBody
from app.core.endpoint import load
from app.core.errors import Forbidden, Refusal
from app.web.forms import local_path, read_form, same
from app.web.pages import Refilled, onward, page

FORM_COOKIE = "sign_in_form"
FORM_PATH = "/sign-in"
SECRET = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)
LABELS = {"/code": "企业代码", "/name": "登录名", "/password": "密码"}


def form_page(*, next_page: str, unsaved: bool = False, typed: Any = None, refusal: Refusal | None = None) -> Response:
    """The form; refused, it says why and keeps what was typed, but never the password."""
    secret = request.cookies.get(FORM_COOKIE, "")
    if not SECRET.fullmatch(secret):
        secret = secrets.token_urlsafe(24)
    answer = page(
        "sign_in.html",
        status=refusal.status if refusal else 200,
        secret=secret,
        next_page=next_page,
        unsaved=unsaved,
        typed=typed or {"code": "", "name": ""},
        problems=_problems(refusal) if refusal else [],
    )
    answer.set_cookie(
        FORM_COOKIE, secret, httponly=True, samesite="Strict", secure=_settings().secure_cookies, path=FORM_PATH
    )
    return answer


def attempted(**_: Any) -> dict[str, Any]:
    """The account of a right password, outside any lock. Raises Refilled with the form for anything else."""
    form = read_form()
    typed = {"code": form.get("code", "").strip(), "name": form.get("name", "").strip()}
    next_page = local_path(form.get("next", ""))
    try:
        if not same(form.get("secret", ""), request.cookies.get(FORM_COOKIE, "")):
            raise Forbidden("登录页面已过期，请重新输入密码后再登录。", code="form_expired")
        account = sign_in.checked(load(SignInBody(), {**typed, "password": form.get("password", "")}))
    except Refusal as refusal:
        raise Refilled(refusal, form_page(next_page=next_page, typed=typed, refusal=refusal)) from None
    return {"account": account, "next_page": next_page}


def let_in(user_id: UUID, sign_in_id: UUID, *, next_page: str) -> Response:
    """Go on to the page that was wanted, with the cookie of one shift."""
    lives = timedelta(hours=_settings().web_hours)
    answer = onward(next_page)
    answer.set_cookie(
        tokens.COOKIE,
        tokens.page_token(user_id, sign_in_id, lives=lives),
        max_age=lives,
        httponly=True,
        samesite="Lax",
        secure=_settings().secure_cookies,
        path="/",
    )
    answer.delete_cookie(FORM_COOKIE, path=FORM_PATH)
    return answer


def let_out() -> Response:
    """Go home without the cookie."""
    answer = onward("/")
    answer.delete_cookie(tokens.COOKIE, path="/", httponly=True, samesite="Lax", secure=_settings().secure_cookies)
    return answer


def _problems(refusal: Refusal) -> list[str]:
    if not refusal.errors:
        return [refusal.detail]
    return [f"{LABELS.get(error.pointer, '内容')}：{error.detail}" for error in refusal.errors]


def _settings() -> Any:
    return current_app.config["SETTINGS"]
