"""Who may see which enterprise: people of an enterprise their own, an office those of its region and trades."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound, invalid_field
from app.enterprises.models import Enterprise


def place(actor: Actor, enterprise_id: UUID | None) -> Actor:
    """The actor, acting in one enterprise. Raises NotFound outside its scope, Invalid when an office names none."""
    if actor.home:
        if enterprise_id not in (None, actor.home):
            raise NotFound
        return actor
    if enterprise_id is None:
        raise invalid_field("/enterprise_id", "请用查询参数 enterprise_id 指明企业。", code="enterprise_needed")
    if session().scalar(select(within(actor, select(Enterprise.id)).where(Enterprise.id == enterprise_id).exists())):
        return replace(actor, enterprise_id=enterprise_id)
    raise NotFound


def within(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """Narrow a select over enterprises to those the actor may see; the platform's administrator sees their list."""
    if actor.home:
        return statement.where(Enterprise.id == actor.home)
    if actor.is_of_office:
        statement = statement.where(Enterprise.region_code.startswith(actor.region_code, autoescape=True))
        if actor.trades:
            statement = statement.where(Enterprise.trade.in_(actor.trades))
    return statement
