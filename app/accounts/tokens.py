"""Tokens: a short access token and a refresh token used once, both of one sign-in that can be revoked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token
from flask_jwt_extended.config import config

from app.config import Settings
from app.core import incoming
from app.core.clock import now
from app.core.errors import Unauthenticated
from app.core.installation import settings as chosen

AUDIENCE = "dual-prevention"
COOKIE = incoming.COOKIE
CLAIMS = ["exp", "iat", "aud", "iss", "sub", "sid", "jti", "type"]  # without any of these a token is no token


@dataclass(frozen=True)
class Claims:
    """What a good token says: whose it is, of which sign-in, and its own id."""

    user_id: UUID
    sign_in_id: UUID
    jti: UUID
    for_pages: bool
    csrf: str  # what a page's form must repeat


def set_up(app: Flask, settings: Settings) -> None:
    """Fix the one algorithm, audience, issuer and lifetimes."""
    app.config.update(
        JWT_SECRET_KEY=settings.kept_secret(),
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_AUDIENCE=AUDIENCE,
        JWT_ENCODE_ISSUER=AUDIENCE,
        JWT_DECODE_ISSUER=AUDIENCE,
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=settings.access_minutes),
        JWT_REFRESH_TOKEN_EXPIRES=timedelta(days=settings.refresh_days),
        JWT_TOKEN_LOCATION=["headers", "cookies"],
    )
    JWTManager(app)


def access_token(user_id: UUID, sign_in_id: UUID) -> str:
    """A token for the Authorization header."""
    return str(create_access_token(str(user_id), additional_claims={"sid": str(sign_in_id)}))


def page_token(user_id: UUID, sign_in_id: UUID, *, lives: timedelta) -> str:
    """A token for the pages' cookie; forms must repeat its csrf value."""
    claims = {"sid": str(sign_in_id), "pages": True}
    return str(create_access_token(str(user_id), additional_claims=claims, expires_delta=lives))


def refresh_token(user_id: UUID, sign_in_id: UUID) -> tuple[str, UUID]:
    """A token that buys the next pair once, and its id."""
    text = create_refresh_token(str(user_id), additional_claims={"sid": str(sign_in_id)})
    return text, read(text, kind="refresh").jti


def presented(*, cookie: bool) -> Claims:
    """The access token of this request: of the pages' cookie or of the Authorization header, never of the other."""
    text = incoming.credential(cookie=cookie)
    if not text:
        raise Unauthenticated("请先登录后再操作。", code="token_missing")
    claims = read(text, kind="access")
    if claims.for_pages is not cookie:
        raise Unauthenticated("登录凭证用错了地方，请重新登录。", code="token_invalid")
    return claims


def read(text: str, *, kind: str) -> Claims:
    """What a token says. Raises Unauthenticated for one that is forged, expired or of another kind."""
    try:
        # flask-jwt-extended's decode_token takes the token apart three times, to offer hooks nothing uses here.
        claims: dict[str, Any] = jwt.decode(
            text,
            config.decode_key,
            algorithms=config.decode_algorithms,
            audience=config.decode_audience,
            issuer=config.decode_issuer,
            options={"require": CLAIMS},
        )
        if claims["type"] != kind or not claims["exp"]:
            raise Unauthenticated("登录凭证类型不对，请重新登录。", code="token_invalid")
        ids = (UUID(claims["sub"]), UUID(claims["sid"]), UUID(claims["jti"]))
        return Claims(*ids, for_pages=claims.get("pages") is True, csrf=claims.get("csrf") or "")
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("登录已过期，请刷新凭证或重新登录。", code="token_expired") from None
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        raise Unauthenticated("登录凭证无效，请重新登录。", code="token_invalid") from None


def refresh_expiry() -> datetime:
    """When a refresh token made now expires."""
    return now() + timedelta(days=chosen().refresh_days)
