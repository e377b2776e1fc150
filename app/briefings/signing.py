"""What may happen to briefings: each of the people asked signs for himself, once; paper is recorded by another.

One that a newer has ended is signed no more, for what it told no longer holds.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, exists, func, or_, select

from app.accounts.models import User
from app.accounts.service import names_of
from app.briefings.models import Briefing, Cause, Signature, about
from app.core import events
from app.core.actor import Actor
from app.core.clock import LOCAL, now, today
from app.core.db import session
from app.core.errors import Conflict, Forbidden, invalid_field
from app.core.rows import own
from app.enterprises.service import get_unit
from app.risks.models import RiskPoint
from app.risks.points import get_point, must_lead, of_own_units


def list_briefings(
    actor: Actor, *, point_id: UUID | None = None, cause: Cause | None = None, unsigned: bool = False
) -> Select[Briefing]:
    """The briefings, newest first; of a leader those of his own units.

    `unsigned` are those that still stand and wait for someone whose account is in use.
    """
    statement = select(Briefing).where(Briefing.enterprise_id == actor.enterprise)
    if actor.role == "leader":
        led = of_own_units(actor, select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise))
        statement = statement.where(Briefing.point_id.in_(led.with_only_columns(RiskPoint.id)))
    if point_id:
        statement = statement.where(Briefing.point_id == point_id)
    if cause:
        statement = statement.where(Briefing.cause == cause)
    if unsigned:
        waits = exists().where(
            Signature.enterprise_id == Briefing.enterprise_id,
            Signature.briefing_id == Briefing.id,
            Signature.signed_at.is_(None),
            User.id == Signature.person_id,
            User.disabled_at.is_(None),
        )
        statement = statement.where(Briefing.ended_at.is_(None), waits)
    return statement.order_by(Briefing.asked_at.desc(), Briefing.id.desc())


def with_counts(actor: Actor, briefings: Sequence[Briefing]) -> list[dict[str, Any]]:
    """Briefings, each with its point and how many were asked, have signed and signed on paper: two queries."""
    has_signed = case((Signature.person_id.is_not(None) & Signature.signed_at.is_not(None), 1))
    rows = session().execute(
        select(Signature.briefing_id, func.count(Signature.person_id), func.count(has_signed), func.count())
        .where(
            Signature.enterprise_id == actor.enterprise,
            Signature.briefing_id.in_([briefing.id for briefing in briefings]),
        )
        .group_by(Signature.briefing_id)
    )
    counts = {briefing_id: numbers for briefing_id, *numbers in rows}
    shown = []
    for row in with_points(actor, briefings):
        asked, signed, in_all = counts.get(row["briefing"].id, (0, 0, 0))
        shown.append({**row, "asked": asked, "signed": signed, "on_paper": in_all - asked})
    return shown


def with_points(actor: Actor, briefings: Sequence[Briefing]) -> list[dict[str, Any]]:
    """Briefings, each with its point: one query."""
    ids = {briefing.point_id for briefing in briefings}
    of_these = select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids))
    points = {point.id: point for point in session().scalars(of_these)} if ids else {}
    return [{"briefing": briefing, "point": points[briefing.point_id]} for briefing in briefings]


def get_briefing(actor: Actor, briefing_id: UUID) -> Briefing:
    """A briefing of the enterprise, else NotFound; Forbidden for a leader outside his own units."""
    briefing = own(actor, Briefing, briefing_id)
    if actor.role == "leader":
        must_lead(actor, get_unit(actor, get_point(actor, briefing.point_id).unit_id))
    return briefing


def in_full(actor: Actor, briefing: Briefing) -> dict[str, Any]:
    """A briefing with its counts and everybody on it: who has not signed first, those on paper last."""
    rows = session().execute(
        select(Signature, User.name)
        .outerjoin(User, User.id == Signature.person_id)
        .where(Signature.enterprise_id == actor.enterprise, Signature.briefing_id == briefing.id)
        .order_by(Signature.person_id.is_(None), Signature.signed_at.is_not(None), Signature.signed_at, Signature.id)
    )
    people = [{"signature": signature, "name": name or signature.name} for signature, name in rows]
    return {**with_counts(actor, [briefing])[0], "people": people}


def mine(actor: Actor, *, waiting: bool = False) -> Select[Briefing]:
    """What the actor is to sign, newest first, then (unless only what is `waiting` is asked for) what he has signed."""
    statement = (
        select(Briefing)
        .join(
            Signature,
            (Signature.enterprise_id == Briefing.enterprise_id) & (Signature.briefing_id == Briefing.id),
        )
        .join(RiskPoint, (RiskPoint.enterprise_id == Briefing.enterprise_id) & (RiskPoint.id == Briefing.point_id))
        .where(Briefing.enterprise_id == actor.enterprise, Signature.person_id == actor.id)
    )
    # Of a point that is used no more there is nothing left to be told.
    to_sign = Signature.signed_at.is_(None) & Briefing.ended_at.is_(None) & RiskPoint.retired_at.is_(None)
    statement = statement.where(to_sign if waiting else or_(to_sign, Signature.signed_at.is_not(None)))
    return statement.order_by(Signature.signed_at.is_not(None), Briefing.asked_at.desc(), Briefing.id.desc())


def with_my_signature(actor: Actor, briefings: Sequence[Briefing]) -> list[dict[str, Any]]:
    """Briefings, each with its point and when the actor signed it: two queries."""
    signed = select(Signature.briefing_id, Signature.signed_at).where(
        Signature.enterprise_id == actor.enterprise,
        Signature.person_id == actor.id,
        Signature.briefing_id.in_([briefing.id for briefing in briefings]),
    )
    times = {row.briefing_id: row.signed_at for row in session().execute(signed)}
    return [{**row, "signed_at": times[row["briefing"].id]} for row in with_points(actor, briefings)]


def get_mine(actor: Actor, briefing_id: UUID) -> tuple[Briefing, Signature]:
    """A briefing the actor is asked to sign. Raises NotFound, or Forbidden when he is not among those asked."""
    briefing = own(actor, Briefing, briefing_id)
    statement = select(Signature).where(
        Signature.enterprise_id == actor.enterprise,
        Signature.briefing_id == briefing_id,
        Signature.person_id == actor.id,
    )
    signature = session().scalars(statement).first()
    if signature is None:
        raise Forbidden(
            "这份告知没有请您签收，不能代别人签收。请由被告知的人用自己的账号签收；没有账号的，由管理人员登记纸质签收。",
            code="not_asked",
        )
    return briefing, signature


def sign(actor: Actor, briefing_id: UUID) -> Briefing:
    """Sign that one was told, by the server's time; once signed it stays as it was, however often it is sent.

    Raises NotFound, Forbidden for who is not asked, Conflict for one that was ended, naming the newer.
    """
    briefing, signature = get_mine(actor, briefing_id)
    if signature.signed_at:
        return briefing
    if briefing.ended_at:
        raise ended(actor, briefing)
    signature.signed_at = now()
    _record(actor, briefing, "briefing.signed", signature.id)
    return briefing


def sign_on_paper(
    actor: Actor, briefing_id: UUID, signature_id: UUID, *, name: str, organisation: str, signed_on: date
) -> Signature:
    """Record that someone without an account signed on paper; never by the one who is named.

    Raises Invalid for a day before the briefing or after today, Conflict for one after it was ended.
    """
    briefing = get_briefing(actor, briefing_id)
    if _bare(name) == _bare(actor.name):
        raise Forbidden("不能登记本人的纸质签收：有账号的请用自己的账号签收，没有的请他人登记。", code="second_person")
    if _bare(name) in {_bare(asked) for asked in _asked_by_name(actor, briefing_id)}:
        said = (
            "请签收的人里有同名的账号：请本人用自己的账号签收；确是另一个人的，请在姓名后注明，如“张伟（宏达公司）”。"
        )
        raise Conflict(said, code="has_account")
    if not briefing.asked_at.astimezone(LOCAL).date() <= signed_on <= today():
        raise invalid_field("/signed_on", "签字日期应在告知之日到今天之间，请核对纸上的日期。")
    if briefing.ended_at and signed_on > briefing.ended_at.astimezone(LOCAL).date():
        raise ended(actor, briefing)
    signature = Signature(
        enterprise_id=actor.enterprise, id=signature_id, briefing_id=briefing_id, name=name, organisation=organisation,
        signed_at=now(), signed_on=signed_on, recorded_by=actor.id,
    )  # fmt: skip
    session().add(signature)
    session().flush()
    personal = {"name": name, "organisation": organisation}
    told = {"signed_on": signed_on.isoformat()}
    _record(actor, briefing, "briefing.signed_on_paper", signature_id, personal=personal, **told)
    return signature


def _bare(name: str) -> str:
    return "".join(name.split())


def _asked_by_name(actor: Actor, briefing_id: UUID) -> set[str]:
    """The names of the accounts that are asked to sign."""
    asked = session().scalars(
        select(Signature.person_id).where(
            Signature.enterprise_id == actor.enterprise,
            Signature.briefing_id == briefing_id,
            Signature.person_id.is_not(None),
        )
    )
    return set(names_of({person for person in asked if person}).values())


def newer_than(actor: Actor, briefing: Briefing) -> Briefing | None:
    """The briefing that stands in place of one that was ended."""
    standing = select(Briefing).where(
        Briefing.enterprise_id == actor.enterprise,
        Briefing.point_id == briefing.point_id,
        Briefing.cause == briefing.cause,
        Briefing.cause_key.startswith(f"{about(briefing.cause_key)}:", autoescape=True),
        Briefing.ended_at.is_(None),
    )
    return session().scalars(standing.order_by(Briefing.asked_at.desc(), Briefing.id.desc()).limit(1)).first()


def ended(actor: Actor, briefing: Briefing) -> Conflict:
    """The refusal of a signature on a briefing that was ended, with what to sign in its place."""
    newer = newer_than(actor, briefing)
    onward = "请向安全管理员了解现在的情况。"
    if newer:
        onward = f"请看清并签收新的一份：{newer.title}（第 {newer.version} 版）。"
    facts = {"newer_id": str(newer.id)} if newer else {}
    return Conflict(
        f"这份告知（第 {briefing.version} 版）已被新的取代，不能再签收。{onward}", code="briefing_ended", facts=facts
    )  # fmt: skip


def _record(
    actor: Actor,
    briefing: Briefing,
    kind: str,
    signature_id: UUID,
    *,
    personal: dict[str, str] | None = None,
    **told: str,
) -> None:
    data = {
        "signature_id": str(signature_id), "point_id": str(briefing.point_id), "cause": briefing.cause,
        "version": briefing.version, **told,
    }  # fmt: skip
    events.append(actor.enterprise, kind, briefing.id, actor_id=actor.id, data=data, personal=personal)
