"""Where people sign in and accounts are kept."""

from typing import Any
from uuid import UUID

from app.accounts import erasing, passwords, service, sign_in
from app.accounts.models import User
from app.accounts.schemas import (
    ColleagueOut,
    MeOut,
    PersonIn,
    RefreshBody,
    SignInBody,
    TokenPair,
    UserIn,
    UserOut,
    UserPatch,
    UserQuery,
)
from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, PUBLIC, SIGNED_IN, Routes
from app.core.paging import page_of

routes = Routes("accounts")


def _hashed(body: dict[str, Any], **_: Any) -> dict[str, Any]:
    if "password" not in body:
        return {}
    password = body.pop("password")
    return {"body": {**body, "password_hash": passwords.hashed(password)}}


def _checked(body: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {"account": sign_in.checked(body)}


@routes.act(
    "/auth/login", PUBLIC, within=ANYWHERE, body=SignInBody, answer=TokenPair, prepare=_checked, refuses=(401, 429)
)
def log_in(account: dict[str, Any]) -> dict[str, Any]:
    """用企业（机构）代码、登录名和密码登录。"""
    return sign_in.token_pair(account["user_id"], sign_in.open_sign_in(**account))


@routes.act("/auth/refresh", PUBLIC, within=ANYWHERE, body=RefreshBody, answer=TokenPair, refuses=(401,))
def refresh(body: dict[str, Any]) -> dict[str, Any]:
    """用刷新凭证换取下一对凭证；每个刷新凭证只能用一次，重复使用会退出登录。"""
    return sign_in.refresh(**body)


@routes.act("/auth/logout", SIGNED_IN, within=ANYWHERE, status=204)
def log_out(actor: Actor) -> None:
    """退出登录，凭证立即失效。"""
    sign_in.sign_out(actor)


@routes.read("/auth/me", SIGNED_IN, within=ANYWHERE, answer=MeOut)
def show_me(actor: Actor) -> Actor:
    """我是谁，能做什么。"""
    return actor


@routes.read("/users", "people:see", query=UserQuery, answer=UserOut, paged=True)
def list_people(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出企业人员。"""
    return page_of(service.list_people(actor, **query), **paging)


@routes.read("/colleagues", "inspection:record", answer=ColleagueOut, paged=True)
def list_colleagues(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出在岗同事的姓名和部门，供交接班、移交任务时选人；没有登录名和电话。"""
    return page_of(service.list_people(actor, working=True), **paging)


@routes.create("/users", "people:keep", body=UserIn, answer=UserOut, prepare=_hashed, refuses=(409,))
def add_person(actor: Actor, body: dict[str, Any]) -> User:
    """为企业增加一个账号。"""
    return service.add_person(actor, **body)


@routes.change("/users/<uuid:user_id>", "people:keep", body=UserPatch, answer=UserOut, prepare=_hashed, refuses=(409,))
def change_person(actor: Actor, user_id: UUID, body: dict[str, Any]) -> User:
    """修改或停用一个账号；停用后其下一次请求即被拒绝。"""
    return service.change_person(actor, user_id, **body)


@routes.act("/users/<uuid:user_id>/erasure", "people:keep", answer=UserOut, refuses=(409,))
def erase_person(actor: Actor, user_id: UUID) -> User:
    """注销一个已停用账号的个人信息：姓名、登录名、电话不可恢复地删去，代以编号；其所做的记录保留，台账照样完整。"""
    return erasing.erase_person(actor, user_id)


@routes.create(
    "/enterprises/<uuid:subject_id>/principal",
    "platform:run",
    within=ANYWHERE,
    body=PersonIn,
    answer=UserOut,
    prepare=_hashed,
    refuses=(409,),
)
def add_first_principal(actor: Actor, subject_id: UUID, body: dict[str, Any]) -> User:
    """为新登记的企业建立主要负责人账号。"""
    return service.add_first_principal(actor, subject_id, **body)


@routes.create(
    "/offices/<uuid:office_id>/users",
    "platform:run",
    within=ANYWHERE,
    body=PersonIn,
    answer=UserOut,
    prepare=_hashed,
    refuses=(409,),
)
def add_regulator(office_id: UUID, body: dict[str, Any]) -> User:
    """为监管机构增加一个账号。"""
    return service.add_regulator(office_id, **body)
