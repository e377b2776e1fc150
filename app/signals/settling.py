"""What is noticed as time goes: the ledger of each enterprise is read on from where it was left, and signals written.

Nothing waits for it and nothing is refused by it. Finding is done in a read, which holds no lock; what was found is
written in one short transaction, each signal once, so that two that look at once write what one would have.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import func, select

from app.core.actor import Actor, system
from app.core.clock import now
from app.core.db import insert_new, insert_once, reading, session, writing
from app.core.events import Event, Ledger
from app.core.ids import new_id
from app.evidence.models import Purpose
from app.hidden_hazards.models import HiddenHazard
from app.inspections.models import Inspection
from app.signals import detecting, photographs
from app.signals.detecting import Found
from app.signals.gathering import photographs as gather_photographs
from app.signals.gathering import walks
from app.signals.models import Signal, SignalCursor
from app.signals.subjects import HIDDEN_HAZARD, INSPECTION

log = logging.getLogger("dual.ticks")
AT_ONCE = 500  # events
RECORDED, ARRIVED, OF_HAZARDS = "inspection.recorded", "photo.received", "hidden_hazard."


def settle_signals() -> int:
    """Look through what every enterprise's ledger has gained; how many signals are new."""
    with reading():
        behind = (
            session()
            .scalars(
                select(Ledger.enterprise_id)
                .outerjoin(SignalCursor, SignalCursor.enterprise_id == Ledger.enterprise_id)
                .where(Ledger.seq > func.coalesce(SignalCursor.seq, 0))
                .order_by(Ledger.enterprise_id)
            )
            .all()
        )
    found = 0
    for enterprise_id in behind:
        try:
            found += _settle(system(enterprise_id))
        except Exception:  # what fails in one enterprise stops no other
            log.exception("signals failed in enterprise %s", enterprise_id)
    return found


def _settle(actor: Actor) -> int:
    """Look through one enterprise's ledger to its end, a batch at a time."""
    found = 0
    while True:
        with reading():
            cursor = session().get(SignalCursor, actor.enterprise)
            after = cursor.seq if cursor else 0
            batch = (
                session()
                .execute(
                    select(Event.seq, Event.kind, Event.subject_id)
                    .where(Event.enterprise_id == actor.enterprise, Event.seq > after)
                    .order_by(Event.seq)
                    .limit(AT_ONCE)
                )
                .all()
            )
            if not batch:
                return found
            inspections = {row.subject_id for row in batch if row.kind == RECORDED}
            pictured = {row.subject_id for row in batch if row.kind == ARRIVED or row.kind.startswith(OF_HAZARDS)}
            rows = _rows(actor, [*_of_visits(actor, inspections), *_of_photos(actor, inspections | pictured)])
        with writing():
            found += _write(actor, rows, seq=batch[-1].seq)


def _of_visits(actor: Actor, inspection_ids: Collection[UUID]) -> Iterator[Found]:
    gathered = walks(actor, inspection_ids)
    ids = {str(one) for one in inspection_ids}
    for person, visits in gathered.visits.items():
        fast = detecting.impossible_speed(visits)
        yield from (one for one in fast if one.subject in inspection_ids or one.cause in ids)
        yield from detecting.all_normal_streak(visits, gathered.others[person])
        for visit in visits:
            if visit.id in inspection_ids:
                yield from detecting.of_visit(visit)


def _of_photos(actor: Actor, subject_ids: Collection[UUID]) -> Iterator[Found]:
    gathered = gather_photographs(actor, subject_ids)
    by_subject: dict[UUID, list[photographs.PhotoUse]] = defaultdict(list)
    for sha256, uses in gathered.uses.items():
        yield from photographs.photo_reused(uses, gathered.related)
        others = [use for other in gathered.alike.get(sha256, ()) for use in gathered.uses.get(other, ())]
        for use in uses:
            by_subject[use.subject].append(use)
            yield from photographs.photo_alike(use, others, gathered.related)
            if use.subject in subject_ids:
                yield from photographs.photo_times_disagree(use)
    for uses in by_subject.values():
        yield from photographs.before_after_alike(uses)


def _rows(actor: Actor, found: list[Found]) -> list[dict[str, object]]:
    """The signals as they are stored, each with what its subject is and whose it is; two queries for all."""
    ids = {one.subject for one in found}
    made = select(Inspection.id, Inspection.inspector_id).where(
        Inspection.enterprise_id == actor.enterprise, Inspection.id.in_(ids)
    )
    inspectors = {row.id: row.inspector_id for row in session().execute(made)}
    hazards = {
        hazard.id: hazard
        for hazard in session().scalars(
            select(HiddenHazard).where(HiddenHazard.enterprise_id == actor.enterprise, HiddenHazard.id.in_(ids))
        )
    }
    return [
        {
            "enterprise_id": actor.enterprise,
            "id": new_id(),
            "kind": one.kind,
            "subject_kind": INSPECTION if one.subject in inspectors else HIDDEN_HAZARD,
            "subject_id": one.subject,
            "person_id": inspectors.get(one.subject) or _shown_by(hazards[one.subject], one.data.get("purpose")),
            "cause": one.cause,
            "data": dict(one.data),
            "at": now(),
        }
        for one in found
        if one.subject in inspectors or one.subject in hazards  # a report nobody admitted has nobody to show it to
    ]


def _shown_by(hazard: HiddenHazard, purpose: object) -> UUID | None:
    return hazard.rectifier_id if purpose == Purpose.RECTIFIED else hazard.found_by


def _write(actor: Actor, rows: list[dict[str, object]], *, seq: int) -> int:
    new = insert_new(Signal, rows)
    insert_once(SignalCursor, {"enterprise_id": actor.enterprise, "seq": 0})
    cursor = session().get_one(SignalCursor, actor.enterprise, with_for_update=True)
    cursor.seq = max(cursor.seq, seq)
    return len(new)
