"""What opens a review, and how it ends: finished with a conclusion, or waived with a reason.

One review is open for each cause. Where it asks for reassessment, its point is due until every hazard source in use
has been assessed since, and the review cannot be finished before.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select, update

from app.assessments.models import Assessment, Occasion
from app.core import events
from app.core.actor import Actor
from app.core.clock import LOCAL, months_after, now, today
from app.core.db import AT_ONCE, batched, insert_rows, session
from app.core.errors import Conflict, Invalid, invalid_field
from app.core.ids import new_id
from app.core.rows import own
from app.enterprises.service import get_unit
from app.reviews.models import MOST_POINTS, Change, ChangeKind, Outcome, Review, ReviewKind
from app.risks.mergers import survivor_of
from app.risks.models import HazardSource, RiskPoint
from app.risks.points import get_point, is_due, list_points, must_lead, of_own_units, workable_points
from app.risks.relocating import merge_point as merge_risks
from app.risks.rules import rules_of

ASKING = tuple(kind for kind in ReviewKind if kind.asks_for_reassessment)


def open_review(actor: Actor, point_id: UUID, *, kind: ReviewKind, because: str, reason: str) -> None:
    """Open a review of a point (of the one it was merged into), unless one is open for the same cause."""
    open_reviews(actor, point_id, kind=kind, reasons={because: reason})


def open_reviews(actor: Actor, point_id: UUID, *, kind: ReviewKind, reasons: Mapping[str, str]) -> None:
    """Open a review of a point for each cause that has none open, with its reason: as few statements as for one."""
    standing = select(Review.because).where(
        Review.enterprise_id == actor.enterprise, Review.because.in_(reasons), Review.outcome.is_(None)
    )
    known = set(session().scalars(standing)) if reasons else set()
    fresh = {because: reason for because, reason in reasons.items() if because not in known}
    if fresh:
        point = survivor_of(get_point(actor, point_id))
        _open(actor, [point.id], kind=kind, reasons=fresh)


def record_change(
    actor: Actor,
    *,
    kind: ChangeKind,
    description: str,
    happened_on: date,
    point_ids: Sequence[UUID] = (),
    zone_id: UUID | None = None,
) -> Change:
    """Record a change and open a review of every point it touches: those named, and all in the zone.

    Raises Invalid when it touches none or too many, or lies in the future; Forbidden for a leader's other units.
    """
    if happened_on > today():
        raise invalid_field("/happened_on", "变更日期不能晚于今天；尚未发生的变更请在发生后登记。")
    touched = _touched(actor, point_ids, zone_id)
    change = Change(
        enterprise_id=actor.enterprise, id=new_id(), kind=kind, description=description, happened_on=happened_on,
        code=events.next_code(actor.enterprise, f"BG-{now().astimezone(LOCAL).year}", 4), recorded_by=actor.id,
    )  # fmt: skip
    session().add(change)
    session().flush()
    data = {"code": change.code, "kind": kind, "description": description, "points": [str(one) for one in touched]}
    events.append(actor.enterprise, "change.recorded", change.id, actor_id=actor.id, data=data)
    reason = f"{change.code} {kind.label}：{description}"[:300]
    _open(actor, touched, kind=kind.opens, reasons={f"change:{change.id}": reason}, change_id=change.id)
    return change


def list_changes(actor: Actor) -> Select[Change]:
    """The recorded changes, newest first."""
    statement = select(Change).where(Change.enterprise_id == actor.enterprise)
    return statement.order_by(Change.recorded_at.desc(), Change.id.desc())


def list_reviews(
    actor: Actor,
    *,
    point_id: UUID | None = None,
    change_id: UUID | None = None,
    kind: ReviewKind | None = None,
    state: str | None = None,
) -> Select[Review]:
    """The reviews, those due first; `state` is open, overdue or closed."""
    statement = select(Review).where(Review.enterprise_id == actor.enterprise)
    for column, value in ((Review.point_id, point_id), (Review.change_id, change_id), (Review.kind, kind)):
        if value is not None:
            statement = statement.where(column == value)
    if state == "closed":
        statement = statement.where(Review.outcome.is_not(None))
    elif state:
        statement = statement.where(Review.outcome.is_(None))
    if state == "overdue":
        statement = statement.where(Review.due_on < today())
    return statement.order_by(Review.outcome.is_not(None), Review.due_on, Review.opened_at, Review.id)


def finish(actor: Actor, review_id: UUID, *, conclusion: str) -> Review:
    """Finish a review with what was found of measures, checklist and assessment.

    Raises Conflict when it is closed, or asks for a reassessment that a hazard source in use has not had.
    """
    review = _open_one(actor, review_id)
    if review.kind.asks_for_reassessment:
        waiting = _not_reassessed(actor, review)
        if waiting:
            raise Conflict(
                f"还有危险源在{review.kind.label}后没有重新评估：{'、'.join(waiting[:5])}"
                f"{' 等' if len(waiting) > 5 else ''}。请先重新评估，再办结。",
                code="not_reassessed",
            )
    return _close(actor, review, Outcome.DONE, conclusion)


def waive(actor: Actor, review_id: UUID, *, reason: str) -> Review:
    """Waive a review with a reason. Raises Conflict when it is closed."""
    return _close(actor, _open_one(actor, review_id), Outcome.WAIVED, reason)


def merge_point(actor: Actor, point_id: UUID, *, into_id: UUID) -> RiskPoint:
    """Merge a point into another, as `relocating.merge_point`; its open reviews go over too, and what they ask for."""
    into = merge_risks(actor, point_id, into_id=into_id)
    session().flush()
    still_open = (Review.enterprise_id == actor.enterprise, Review.point_id == point_id, Review.outcome.is_(None))
    for review_id in session().scalars(select(Review.id).where(*still_open).order_by(Review.id)).all():
        data = {"from_id": str(point_id), "into_id": str(into_id)}
        events.append(actor.enterprise, "review.went_over", review_id, actor_id=actor.id, data=data)
    handed_over = update(Review).where(*still_open).values(point_id=into_id)
    session().execute(handed_over.execution_options(synchronize_session="fetch"))
    _ask_for_reassessment(actor, [point_id, into_id])
    return into


def list_due(actor: Actor, *, within_days: int = 0, **filters: Any) -> Select[RiskPoint]:
    """The points that are to be assessed again within so many days, by code."""
    return list_points(actor, **filters).where(is_due(actor, within_days=within_days))


def reasons_due(actor: Actor, points: Sequence[RiskPoint], *, within_days: int = 0) -> list[dict[str, Any]]:
    """Points that are to be assessed again, each with why: one query however many."""
    asked: dict[UUID, list[str]] = {}
    statement = select(Review).where(
        Review.enterprise_id == actor.enterprise,
        Review.point_id.in_([point.id for point in points]),
        Review.outcome.is_(None),
        Review.kind.in_(ASKING),
    )
    for review in session().scalars(statement.order_by(Review.due_on, Review.id)):
        asked.setdefault(review.point_id, []).append(f"{review.reason}，{review.due_on:%Y-%m-%d} 前完成")
    months, by = rules_of(actor.enterprise).reassess_months, today() + timedelta(days=within_days)
    return [{"point": point, "reasons": [*_by_age(point, months, by), *asked.get(point.id, [])]} for point in points]


def _by_age(point: RiskPoint, months: int, by: date) -> list[str]:
    if point.assessed_on is None:
        return ["还有危险源没有评估，或尚未辨识危险源"]
    last = months_after(point.assessed_on, months)
    return [f"上次评估 {point.assessed_on:%Y-%m-%d}，应每 {months} 个月评估一次"] if last <= by else []


def _touched(actor: Actor, point_ids: Sequence[UUID], zone_id: UUID | None) -> list[UUID]:
    touched = dict.fromkeys(point.id for point in workable_points(actor, point_ids, field="/risk_point_ids"))
    if zone_id:
        within = of_own_units(actor, list_points(actor, zone_id=zone_id)).with_only_columns(RiskPoint.id)
        touched.update(dict.fromkeys(session().scalars(within)))
    if not touched:
        raise Invalid("请指明受影响的风险点，或有风险点的分区。", code="nothing_selected")
    if len(touched) > MOST_POINTS:
        raise Invalid(f"一次变更最多涉及 {MOST_POINTS} 个风险点，请分开登记。", code="too_many_points")
    return list(touched)


def _open(
    actor: Actor, point_ids: Sequence[UUID], *, kind: ReviewKind, reasons: Mapping[str, str], **told: Any
) -> None:
    """Open a review of each point for each cause with its reason, each cause an event of its own."""
    due_on = today() + timedelta(days=int(rules_of(actor.enterprise).document["review"]["due_days"]))
    row = {
        "enterprise_id": actor.enterprise, "kind": kind, "change_id": None,
        "opened_at": now(), "due_on": due_on, "outcome": None, "conclusion": "", "closed_by": None, "closed_at": None,
    }  # fmt: skip
    insert_rows(
        Review,
        [
            {**row, **told, "id": new_id(), "point_id": point_id, "because": because, "reason": reason}
            for because, reason in reasons.items()
            for point_id in point_ids
        ],
    )
    subject = told.get("change_id") or point_ids[0]
    for reason in reasons.values():
        data = {"kind": kind, "reason": reason, "points": [str(one) for one in point_ids], "due_on": due_on.isoformat()}
        events.append(actor.enterprise, "review.opened", subject, actor_id=actor.id, data=data)
    if kind.asks_for_reassessment:
        session().flush()
        for ids in batched(point_ids, AT_ONCE):
            _ask_for_reassessment(actor, ids)


def _ask_for_reassessment(actor: Actor, point_ids: Sequence[UUID]) -> None:
    """Points are asked for by the earliest day an open review names; by none when there is none."""
    earliest = (
        select(func.min(Review.due_on))
        .where(
            Review.enterprise_id == RiskPoint.enterprise_id,
            Review.point_id == RiskPoint.id,
            Review.outcome.is_(None),
            Review.kind.in_(ASKING),
        )
        .scalar_subquery()
    )
    session().execute(
        update(RiskPoint)
        .where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(point_ids))
        .values(reassess_by=earliest)
        .execution_options(synchronize_session="fetch")
    )


def _open_one(actor: Actor, review_id: UUID) -> Review:
    review = own(actor, Review, review_id)
    must_lead(actor, get_unit(actor, get_point(actor, review.point_id).unit_id))
    if review.outcome:
        raise Conflict(f"这项复查已{review.outcome.label}，不能再次办结。", code="review_closed")
    return review


def _close(actor: Actor, review: Review, outcome: Outcome, conclusion: str) -> Review:
    review.outcome, review.conclusion, review.closed_by, review.closed_at = outcome, conclusion, actor.id, now()
    session().flush()
    data = {"outcome": outcome, "conclusion": conclusion, "kind": review.kind, "point_id": str(review.point_id)}
    events.append(actor.enterprise, "review.closed", review.id, actor_id=actor.id, data=data)
    if review.kind.asks_for_reassessment:
        _ask_for_reassessment(actor, [review.point_id])
    return review


def _not_reassessed(actor: Actor, review: Review) -> list[str]:
    """The sources nobody has judged since: a copy and another table are no judgement, nor is one of an earlier day."""
    change = session().get_one(Change, (actor.enterprise, review.change_id)) if review.change_id else None
    since = exists().where(
        Assessment.enterprise_id == HazardSource.enterprise_id,
        Assessment.source_id == HazardSource.id,
        Assessment.assessed_at >= review.opened_at,
        Assessment.assessed_on >= (change.happened_on if change else review.opened_at.astimezone(LOCAL).date()),
        Assessment.occasion.not_in((Occasion.PROFILE, Occasion.COPY)),
    )
    statement = select(HazardSource.code, HazardSource.name).where(
        HazardSource.enterprise_id == actor.enterprise,
        HazardSource.point_id == review.point_id,
        HazardSource.retired_at.is_(None),
        ~since,
    )
    return [f"{code} {name}" for code, name in session().execute(statement.order_by(HazardSource.code))]
