"""What may happen to accounts: who they are, what they may do now, and who keeps them."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update

from app.accounts import passwords
from app.accounts.models import SignIn, User
from app.accounts.policy import OF_ENTERPRISES, RIGHTS, Role
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session, wall_around
from app.core.errors import Conflict, Forbidden, NotFound, Unauthenticated, invalid_field
from app.core.ids import new_id
from app.enterprises.models import Enterprise, Office, OrgUnit
from app.enterprises.service import get_unit


def actor_of(user_id: UUID, sign_in_id: UUID) -> Actor:
    """The account as it is now. Raises Unauthenticated when it was disabled or the sign-in revoked."""
    statement = _acting(session().get_bind().dialect.name)
    row = session().execute(statement, {"user_id": user_id, "sign_in_id": sign_in_id}).first()
    return _as_actor(row, sign_in_id)


def act_for(user_id: UUID) -> Actor:
    """The account as it is now, for work it asked for and need not wait signed in for. Raises Unauthenticated."""
    statement = _account(session().get_bind().dialect.name)
    return _as_actor(session().execute(statement, {"user_id": user_id}).first(), new_id())


def _as_actor(row: Any, sign_in_id: UUID) -> Actor:
    if row is None:
        raise Unauthenticated("账号已停用或登录已失效，请重新登录。", code="signed_out")
    return Actor(
        id=row.id,
        name=row.name,
        role=row.role,
        permissions=RIGHTS[row.role],
        session_id=sign_in_id,
        home=row.enterprise_id,
        enterprise_id=row.enterprise_id,
        office_id=row.office_id,
        unit_path=row.path,
        region_code=row.region_code or "",
        trades=frozenset(row.trades or ()),
    )


@cache
def _acting(dialect: str) -> Select[*tuple[Any, ...]]:
    """The query that finds who acts: every request asks it, so it is made once for each kind of database."""
    return (
        _account(dialect)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.id == bindparam("sign_in_id"), SignIn.revoked_at.is_(None))
    )


@cache
def _account(dialect: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            User.id,
            User.name,
            User.role,
            User.enterprise_id,
            User.office_id,
            OrgUnit.path,
            Office.region_code,
            Office.trades,
            *wall_around(User.enterprise_id, dialect=dialect),
        )
        .outerjoin(OrgUnit, (OrgUnit.enterprise_id == User.enterprise_id) & (OrgUnit.id == User.unit_id))
        .outerjoin(Office, Office.id == User.office_id)
        .where(User.id == bindparam("user_id"), User.disabled_at.is_(None))
    )


def recheck(actor: Actor) -> Actor:
    """The same actor, read afresh."""
    return actor_of(actor.id, actor.session_id)


def add_person(
    actor: Actor, *, login: str, role: Role, password_hash: str, unit_id: UUID | None = None, **described: Any
) -> User:
    """Add an account to the enterprise. Raises Forbidden for a role above one's own, Conflict for a taken name."""
    if role not in OF_ENTERPRISES:
        raise invalid_field("/role", "企业账号的角色只能是员工、负责人、安全管理员或主要负责人。")
    if role is Role.PRINCIPAL and actor.role != Role.PRINCIPAL:
        raise Forbidden("主要负责人的账号只能由主要负责人或平台管理员建立。")
    if unit_id:
        get_unit(actor, unit_id, field="/unit_id")
    elif role is Role.LEADER:
        raise invalid_field("/unit_id", "负责人必须指明所属部门。")
    return _add_to_enterprise(
        actor, actor.enterprise, login=login, role=role, password_hash=password_hash, unit_id=unit_id, **described
    )


def add_first_principal(actor: Actor, enterprise_id: UUID, *, password_hash: str, **described: Any) -> User:
    """Give an enterprise its first account. Raises Conflict when it has a principal, who keeps its people from then."""
    if session().get(Enterprise, enterprise_id) is None:
        raise NotFound
    has_one = select(User.id).where(User.enterprise_id == enterprise_id, User.role == Role.PRINCIPAL)
    if session().scalar(has_one.limit(1)):
        raise Conflict("该企业已有主要负责人账号，后续账号由企业自行建立。", code="principal_exists")
    return _add_to_enterprise(
        actor, enterprise_id, role=Role.PRINCIPAL, password_hash=password_hash, unit_id=None, **described
    )


def add_regulator(office_id: UUID, *, login: str, password_hash: str, **described: Any) -> User:
    """Add an account to a regulator's office. Raises Conflict for a taken name."""
    if session().get(Office, office_id) is None:
        raise NotFound
    if session().scalar(select(User.id).where(User.office_id == office_id, User.login == login)):
        raise Conflict("这个登录名已被使用，请换一个。", code="login_taken")
    user = User(
        id=new_id(), office_id=office_id, login=login, role=Role.REGULATOR, password_hash=password_hash, **described
    )
    session().add(user)
    return user


def add_platform_admin(*, login: str, name: str, password: str) -> User:
    """Add the platform's administrator: from the command line alone."""
    user = User(id=new_id(), login=login, name=name, role=Role.PLATFORM_ADMIN, password_hash=passwords.hashed(password))
    session().add(user)
    return user


def change_person(actor: Actor, user_id: UUID, **changes: Any) -> User:
    """Change or disable an account of the enterprise; a disabled one is out at its next request."""
    user = get_person(actor, user_id)
    if Role.PRINCIPAL in (user.role, changes.get("role")) and actor.role != Role.PRINCIPAL:
        raise Forbidden("主要负责人的账号只能由主要负责人修改。")
    if user.erased_at:
        raise Conflict("该人员的个人信息已经注销，不能再修改；需要时请为其新建账号。", code="erased")
    if user.id == actor.id and (changes.get("disabled") or changes.get("role", user.role) != user.role):
        raise Forbidden("不能停用自己的账号或更改自己的角色。")
    if changes.get("role", user.role) not in OF_ENTERPRISES:
        raise invalid_field("/role", "企业账号的角色只能是员工、负责人、安全管理员或主要负责人。")
    if changes.get("unit_id"):
        get_unit(actor, changes["unit_id"], field="/unit_id")
    if "disabled" in changes:
        user.disabled_at = (user.disabled_at or now()) if changes.pop("disabled") else None
    for name, value in changes.items():
        setattr(user, name, value)
    if user.role is Role.LEADER and user.unit_id is None:
        raise invalid_field("/unit_id", "负责人必须指明所属部门。")
    if user.disabled_at or "password_hash" in changes:
        end_sign_ins(user.id)
    data = {"changed": sorted(changes), "role": user.role, "disabled": user.disabled_at is not None}
    events.append(actor.enterprise, "person.changed", user.id, actor_id=actor.id, data=data)
    return user


def list_people(actor: Actor, *, role: Role | None = None, working: bool = False) -> Select[User]:
    """The accounts of the enterprise, by login; `working` leaves out those that are disabled."""
    statement = select(User).where(User.enterprise_id == actor.enterprise).order_by(User.login)
    if working:
        statement = statement.where(User.disabled_at.is_(None))
    return statement.where(User.role == role) if role else statement


def get_person(actor: Actor, user_id: UUID, *, field: str = "") -> User:
    """An account of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    user = session().get(User, user_id)
    if user is None or user.enterprise_id != actor.enterprise:
        raise invalid_field(field, "本企业没有这个人员，请核对。") if field else NotFound()
    return user


def working_person(actor: Actor, user_id: UUID, *, field: str) -> User:
    """An account that can be given work. Raises Invalid for the field that names a missing or disabled one."""
    user = get_person(actor, user_id, field=field)
    if user.disabled_at:
        raise invalid_field(field, "该人员账号已停用，请改选他人。")
    return user


def names_of(user_ids: set[UUID]) -> dict[UUID, str]:
    """The names of accounts by id, in one query."""
    if not user_ids:
        return {}
    rows = session().execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def end_sign_ins(user_id: UUID) -> None:
    """Revoke every sign-in of an account."""
    session().execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )


def _add_to_enterprise(actor: Actor, enterprise_id: UUID, *, login: str, role: Role, **described: Any) -> User:
    if session().scalar(select(User.id).where(User.enterprise_id == enterprise_id, User.login == login)):
        raise Conflict("这个登录名在本企业已被使用，请换一个。", code="login_taken")
    user = User(id=new_id(), enterprise_id=enterprise_id, login=login, role=role, **described)
    session().add(user)
    personal = {"name": user.name, "login": user.login, **({"phone": user.phone} if user.phone else {})}
    events.append(enterprise_id, "person.added", user.id, actor_id=actor.id, data={"role": role}, personal=personal)
    return user
