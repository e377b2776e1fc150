"""Signing in and staying signed in: the password, the wait after wrong ones, the pair of tokens, the sign-out."""

import hashlib
import math
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from app.accounts import passwords, tokens
from app.accounts.models import RefreshToken, SignIn, SignInFailure, User
from app.core import afterwards
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import insert_once, reading, session
from app.core.errors import TooMany, Unauthenticated
from app.core.ids import new_id
from app.core.installation import settings as chosen
from app.enterprises.codes import PLATFORM
from app.enterprises.models import Enterprise, Office

LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)


def checked(body: dict[str, Any]) -> dict[str, Any]:
    """Check a password outside any lock; gives user_id. Raises Unauthenticated, or TooMany while a wait runs."""
    code, login, password = body["code"].upper(), body["name"], body["password"]
    name_hash = hashlib.sha256(f"{code}\n{login}".encode()).hexdigest()
    with reading() as current:
        failure = current.get(SignInFailure, name_hash)
        wait_until = failure.wait_until if failure else None
        found = current.execute(_account(code, login)).first()
    if wait_until and wait_until > now():
        seconds = math.ceil((wait_until - now()).total_seconds())
        raise TooMany(f"密码连续输错，请 {seconds} 秒后再试，或请安全管理员重置密码。", facts={"retry_after": seconds})
    if not passwords.matches(password, found.password_hash if found else None) or found is None:
        afterwards.note("sign_in.failed", name_hash=name_hash[:16])
        afterwards.afterwards(lambda: _count_failure(name_hash))
        raise Unauthenticated("企业代码、登录名或密码不对，请核对后重试。", code="sign_in_failed")
    return {"user_id": found.id, "name_hash": name_hash}


def open_sign_in(user_id: UUID, name_hash: str) -> UUID:
    """Begin a sign-in after a right password."""
    sign_in = SignIn(id=new_id(), user_id=user_id)
    session().add(sign_in)
    session().execute(delete(SignInFailure).where(SignInFailure.name_hash == name_hash))
    session().flush()
    return sign_in.id


def token_pair(user_id: UUID, sign_in_id: UUID) -> dict[str, Any]:
    """The next access and refresh token of a sign-in."""
    text, jti = tokens.refresh_token(user_id, sign_in_id)
    session().add(RefreshToken(id=jti, sign_in_id=sign_in_id, expires_at=tokens.refresh_expiry()))
    return {
        "access_token": tokens.access_token(user_id, sign_in_id),
        "refresh_token": text,
        "token_type": "Bearer",
        "expires_in": chosen().access_minutes * 60,
    }


def refresh(refresh_token: str) -> dict[str, Any]:
    """Exchange a refresh token for the next pair. One used before was stolen: its whole family is signed out."""
    claims = tokens.read(refresh_token, kind="refresh")
    used = session().execute(
        update(RefreshToken)
        .where(RefreshToken.id == claims.jti, RefreshToken.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        afterwards.note("refresh.reused", actor_id=claims.user_id)
        afterwards.afterwards(lambda: revoke(claims.sign_in_id))
        raise Unauthenticated("登录凭证已被使用过，为安全起见已退出，请重新登录。", code="token_reused")
    alive = select(User.id).join(SignIn, SignIn.user_id == User.id).where(
        SignIn.id == claims.sign_in_id, SignIn.revoked_at.is_(None), User.disabled_at.is_(None)
    )  # fmt: skip
    if session().scalar(alive) is None:
        raise Unauthenticated("账号已停用或登录已失效，请重新登录。", code="signed_out")
    return token_pair(claims.user_id, claims.sign_in_id)


def sign_out(actor: Actor) -> None:
    """End the sign-in this request came with."""
    revoke(actor.session_id)


def revoke(sign_in_id: UUID) -> None:
    """End a sign-in with every token of it."""
    session().execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )


def wait_after(count: int, *, tries: int, first: int) -> timedelta:
    """How long to wait after `count` wrong passwords in a row: nothing up to `tries`, then doubling from `first` s."""
    if count < tries:
        return timedelta(0)
    return min(timedelta(seconds=first * 2 ** min(count - tries, 20)), LONGEST_WAIT)


def _count_failure(name_hash: str) -> None:
    insert_once(SignInFailure, {"name_hash": name_hash, "count": 0, "last_at": now(), "wait_until": None})
    count: int = (
        session()
        .execute(
            update(SignInFailure)
            .where(SignInFailure.name_hash == name_hash)
            .values(count=SignInFailure.count + 1, last_at=now())
            .returning(SignInFailure.count)
        )
        .scalar_one()
    )
    wait = wait_after(count, tries=chosen().sign_in_tries, first=chosen().sign_in_wait_seconds)
    session().execute(update(SignInFailure).where(SignInFailure.name_hash == name_hash).values(wait_until=_until(wait)))
    session().execute(delete(SignInFailure).where(SignInFailure.last_at < now() - FORGET_AFTER))


def _until(wait: timedelta) -> datetime | None:
    return now() + wait if wait else None


def _account(code: str, login: str) -> Any:
    """The account of an enterprise code or office code and a name; one statement, whichever it is."""
    statement = (
        select(User.id, User.password_hash)
        .outerjoin(Enterprise, Enterprise.id == User.enterprise_id)
        .outerjoin(Office, Office.id == User.office_id)
        .where(User.login == login, User.disabled_at.is_(None))
    )
    if code == PLATFORM:
        return statement.where(User.enterprise_id.is_(None), User.office_id.is_(None))
    return statement.where((Enterprise.code == code) | (Office.code == code))
