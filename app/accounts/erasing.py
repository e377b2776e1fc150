"""Erasing a person who has left: name, login and telephone go for good; what they did stays, and the chain still holds.

The events of a person hold salted commitments of what is personal; with value and salt gone nothing tells the value.
"""

from uuid import UUID

from sqlalchemy import delete, select

from app.accounts.models import User
from app.accounts.policy import Role
from app.accounts.service import end_sign_ins, get_person
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.core.events import Event, PersonalValue

ERASED = "已注销人员"
SERIES = "ZX"
NO_PASSWORD = "!"  # no hash, so that no password is its


def erase_person(actor: Actor, user_id: UUID) -> User:
    """Erase a disabled account of the enterprise; it keeps its id and role, and a number in place of its name.

    Raises NotFound, Forbidden for a principal's by another, Conflict for one that is not disabled or erased already.
    """
    user = get_person(actor, user_id)
    if user.role is Role.PRINCIPAL and actor.role != Role.PRINCIPAL:
        raise Forbidden("主要负责人的账号只能由主要负责人注销。")
    if user.erased_at:
        raise Conflict("该人员的个人信息已经注销，不必再办。", code="erased")
    if user.disabled_at is None:
        raise Conflict("账号仍在使用。请先停用（disabled），交接好工作后再注销个人信息。", code="not_disabled")
    number = events.next_code(actor.enterprise, SERIES, 4)
    user.name, user.login, user.phone = f"{ERASED} {number}", f"{ERASED} {number}", ""
    user.password_hash, user.erased_at = NO_PASSWORD, now()
    end_sign_ins(user.id)
    told = select(Event.seq).where(
        Event.enterprise_id == actor.enterprise, Event.subject_id == user.id, Event.kind.startswith("person.")
    )
    session().execute(
        delete(PersonalValue)
        .where(PersonalValue.enterprise_id == actor.enterprise, PersonalValue.seq.in_(told))
        .execution_options(synchronize_session=False)
    )
    events.append(actor.enterprise, "person.erased", user.id, actor_id=actor.id, data={"number": number})
    return user
