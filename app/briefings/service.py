"""Asking the people of risk points to sign that they were told: once for the same telling; a newer ends the last.

Many points are asked about together, and each person gets one message for all of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.briefings.affected import affected
from app.briefings.content import NOTHING
from app.briefings.models import Briefing, Cause, Signature, about
from app.core import events
from app.core.actor import SYSTEM, Actor
from app.core.clock import now
from app.core.db import insert_rows, session
from app.core.ids import new_id
from app.messages.service import tell
from app.risks.models import RiskPoint

LONGEST_TITLE = 200
NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Asked:
    """What the people of one point are to be told; `told` has some of the names `content.told_of` gives.

    `cause_key` is as in warning_card:3: what is told of, a colon, which telling it is. Without a version it is the one
    after the last about the same at the point.
    """

    point: RiskPoint
    cause_key: str
    title: str
    version: int | None
    told: dict[str, Any]


@dataclass(frozen=True)
class _Before:
    """A briefing the point had before."""

    id: UUID
    cause: Cause
    cause_key: str
    version: int
    open: bool

    def is_the_same(self, asked: Asked) -> bool:
        return self.cause_key == asked.cause_key and (self.open or self.version == asked.version)

    def precedes(self, asked: Asked, cause: Cause) -> bool:
        """Whether it is an earlier telling about the same."""
        return self.cause is cause and about(self.cause_key) == about(asked.cause_key)


def ask(
    actor: Actor,
    point: RiskPoint,
    *,
    cause: Cause,
    cause_key: str,
    title: str,
    version: int | None = None,
    told: dict[str, Any],
) -> Briefing | None:
    """Ask the people a point concerns to sign that they were told; None when the same telling stands already."""
    made = _ask(actor, [Asked(point, cause_key, title, version, told)], cause=cause)
    return made[0] if made else None


def ask_many(actor: Actor, asked: Sequence[Asked], *, cause: Cause) -> int:
    """The same for many points, each named once: as few statements as for one, one message a person.

    Gives how many briefings were made; a point whose telling stands already has none.
    """
    return len(_ask(actor, asked, cause=cause))


def _ask(actor: Actor, asked: Sequence[Asked], *, cause: Cause) -> list[Briefing]:
    events.lock_ledger(actor.enterprise)  # so that of two at once the later finds what the earlier asked
    before = _before(actor, [one.point.id for one in asked])
    fresh = [one for one in asked if not any(former.is_the_same(one) for former in before[one.point.id])]
    if not fresh:
        return []
    former = {one.point.id: [each for each in before[one.point.id] if each.precedes(one, cause)] for one in fresh}
    ended = {point_id: [each.id for each in those if each.open] for point_id, those in former.items()}
    _end(actor, [each for ids in ended.values() for each in ids])
    people = affected(actor, [one.point for one in fresh])
    made = [_briefing(actor, one, cause, former[one.point.id]) for one in fresh]
    session().add_all(made)
    session().flush()
    insert_rows(
        Signature,
        [
            {"enterprise_id": actor.enterprise, "id": new_id(), "briefing_id": briefing.id, "person_id": person_id}
            for briefing in made
            for person_id in sorted(people[briefing.point_id])
        ],
    )
    for briefing in made:
        _record(actor, briefing, ended[briefing.point_id], people[briefing.point_id])
    _tell(actor, fresh, made, {person_id for found in people.values() for person_id in found})
    return made


def _before(actor: Actor, point_ids: Sequence[UUID]) -> dict[UUID, list[_Before]]:
    columns = (Briefing.id, Briefing.cause, Briefing.cause_key, Briefing.version, Briefing.ended_at.is_(None))
    statement = select(Briefing.point_id, *columns).where(
        Briefing.enterprise_id == actor.enterprise, Briefing.point_id.in_(point_ids)
    )
    found: dict[UUID, list[_Before]] = defaultdict(list)
    for point_id, briefing_id, cause, cause_key, version, is_open in session().execute(statement):
        found[point_id].append(_Before(briefing_id, cause, cause_key, version, is_open))
    return found


def _end(actor: Actor, briefing_ids: Sequence[UUID]) -> None:
    if briefing_ids:
        session().execute(
            update(Briefing)
            .where(Briefing.enterprise_id == actor.enterprise, Briefing.id.in_(briefing_ids))
            .values(ended_at=now())
            .execution_options(synchronize_session=False)
        )


def _briefing(actor: Actor, asked: Asked, cause: Cause, former: Sequence[_Before]) -> Briefing:
    last = max((each.version for each in former), default=0)
    return Briefing(
        enterprise_id=actor.enterprise, id=new_id(), point_id=asked.point.id, cause=cause, cause_key=asked.cause_key,
        title=asked.title[:LONGEST_TITLE], version=last + 1 if asked.version is None else asked.version,
        told={**NOTHING, **asked.told}, asked_by=None if actor.id == SYSTEM else actor.id, asked_at=now(),
    )  # fmt: skip


def _record(actor: Actor, briefing: Briefing, ended: Sequence[UUID], people: set[UUID]) -> None:
    data = {
        "point_id": str(briefing.point_id), "cause": briefing.cause, "cause_key": briefing.cause_key,
        "version": briefing.version, "people": len(people), "ended": [str(each) for each in ended],
    }  # fmt: skip
    events.append(actor.enterprise, "briefing.asked", briefing.id, actor_id=actor.id, data=data)


def _tell(actor: Actor, asked: Sequence[Asked], made: Sequence[Briefing], people: set[UUID]) -> None:
    """One message for all of them: whoever several of them concern is not told point by point."""
    first, named = made[0], "、".join(f"{one.point.code} {one.point.name}" for one in asked[:NAMED_AT_MOST])
    title, text = f"请签收：{named}，{first.title}", "请在“我的工作”中看清内容，确认已经知晓。"
    if len(made) > 1:
        title = f"请签收：{len(made)} 个风险点有新的告知（{first.cause.label}）"
        text = f"{named}{' 等' if len(made) > NAMED_AT_MOST else ''}，其中与您有关的，{text}"
    tell(
        actor, people, kind="briefing.asked", key=f"briefing:{first.id}", title=title, text=text,
        subject_kind="briefing", subject_id=first.id if len(made) == 1 else None,
    )  # fmt: skip
