"""What the detectors look at, gathered for many records at once: a few queries however many there are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from app.core.actor import Actor
from app.core.clock import LOCAL
from app.core.db import session
from app.evidence.models import Evidence, Photo, Purpose
from app.evidence.photos import fine_hash
from app.evidence.tracing import alike_to_each
from app.evidence.uploads import shown
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Source
from app.inspections.judging import Result, nothing_inspected
from app.inspections.models import Inspection, InspectionItem
from app.public_reports.models import PublicReport
from app.risks.models import RiskPoint
from app.signals.detecting import LIMITS, Place, Rate, Visit
from app.signals.photographs import PhotoUse
from app.tags.models import Tag

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Walks:
    """The visits of each person concerned, in the order of their own times, and what others found at their points."""

    visits: dict[UUID, list[Visit]]
    others: dict[UUID, dict[UUID, Rate]]


def walks(actor: Actor, inspection_ids: Collection[UUID]) -> Walks:
    """Every visit of those who made these inspections, over the time a streak may have and a day after."""
    own = Inspection.enterprise_id == actor.enterprise
    new = session().execute(
        select(Inspection.inspector_id, func.min(Inspection.client_at), func.max(Inspection.client_at))
        .where(own, Inspection.id.in_(inspection_ids))
        .group_by(Inspection.inspector_id)
    )
    spans = {person: (first - timedelta(days=LIMITS["streak"]["days"]), last + DAY) for person, first, last in new}
    if not spans:
        return Walks({}, {})
    theirs = [
        and_(Inspection.inspector_id == person, Inspection.client_at.between(*span)) for person, span in spans.items()
    ]
    answers = _answers(actor, inspection_ids)
    visits: dict[UUID, list[Visit]] = defaultdict(list)
    for row in session().execute(_visits().where(own, or_(*theirs)).order_by(Inspection.client_at, Inspection.id)):
        visit = _visit(row)
        answered, results = answers.get(visit.id, ((), ()))
        inapplicable = len(results) if nothing_inspected(results) else 0
        visits[visit.person].append(replace(visit, answered=answered, inapplicable=inapplicable))
    return Walks(visits, _rates(actor, visits))


def _visits() -> Select[Inspection, RiskPoint, bool]:
    coded = (
        select(Tag.id)
        .where(
            Tag.enterprise_id == Inspection.enterprise_id,
            Tag.point_id == Inspection.point_id,
            func.coalesce(Tag.bound_at, Tag.issued_at) <= Inspection.client_at,
            or_(Tag.revoked_at.is_(None), Tag.revoked_at > Inspection.client_at),
            or_(Tag.good_until.is_(None), Tag.good_until > Inspection.client_at),
        )
        .exists()
    )
    return select(Inspection, RiskPoint, coded.label("coded")).outerjoin(
        RiskPoint, (RiskPoint.enterprise_id == Inspection.enterprise_id) & (RiskPoint.id == Inspection.point_id)
    )


def _visit(row: Row[Inspection, RiskPoint, bool]) -> Visit:
    inspection, point, coded = row
    return Visit(
        id=inspection.id,
        person=inspection.inspector_id,
        point=inspection.point_id,
        client_at=inspection.client_at,
        received_at=inspection.received_at,
        started_at=inspection.started_at,
        scanned_at=inspection.scanned_at,
        scanned_here=inspection.tag_id is not None,
        scannable=coded,
        fix=_place(inspection, inspection.accuracy_metres),
        point_place=_place(point) if point else None,
        failed=inspection.failed,
    )


def _place(row: Inspection | RiskPoint, accuracy: int | None = None) -> Place | None:
    if row.latitude is None or row.longitude is None:
        return None
    return Place(float(row.latitude), float(row.longitude), accuracy)


def _answers(
    actor: Actor, inspection_ids: Collection[UUID]
) -> dict[UUID, tuple[tuple[datetime, ...], tuple[Result, ...]]]:
    """When each item of these inspections was answered, where the phone said so of every one, and how."""
    rows = session().execute(
        select(InspectionItem.inspection_id, InspectionItem.answered_at, InspectionItem.result).where(
            InspectionItem.enterprise_id == actor.enterprise, InspectionItem.inspection_id.in_(inspection_ids)
        )
    )
    times: dict[UUID, list[datetime | None]] = defaultdict(list)
    results: dict[UUID, list[Result]] = defaultdict(list)
    for inspection_id, answered_at, result in rows:
        times[inspection_id].append(answered_at)
        results[inspection_id].append(result)
    return {
        one: (() if None in moments else tuple(at for at in moments if at), tuple(results[one]))
        for one, moments in times.items()
    }


def _rates(actor: Actor, visits: dict[UUID, list[Visit]]) -> dict[UUID, dict[UUID, Rate]]:
    """By person, what the others found at the points of that person in the time a streak looks back."""
    points = {visit.point for made in visits.values() for visit in made if visit.point}
    newest = max(visit.client_at for made in visits.values() for visit in made)
    since = newest - timedelta(days=LIMITS["streak"]["days"])
    rows = session().execute(
        select(
            Inspection.point_id,
            Inspection.inspector_id,
            func.count(),
            func.sum(case((Inspection.failed > 0, 1), else_=0)),
        )
        .where(
            Inspection.enterprise_id == actor.enterprise,
            Inspection.point_id.in_(points),
            Inspection.client_at.between(since, newest),
        )
        .group_by(Inspection.point_id, Inspection.inspector_id)
    )
    made: dict[UUID, dict[UUID, tuple[int, int]]] = defaultdict(dict)
    for point_id, person, count, failures in rows:
        if point_id:
            made[point_id][person] = (count, failures)
    found: dict[UUID, dict[UUID, Rate]] = defaultdict(dict)
    for person in visits:
        for point_id, by in made.items():
            others = [counts for other, counts in by.items() if other != person]
            found[person][point_id] = Rate(sum(count for count, _ in others), sum(failed for _, failed in others))
    return found


@dataclass(frozen=True)
class Photographs:
    """The uses of the photos these records name, of those alike to them, and who belongs together."""

    uses: dict[str, list[PhotoUse]]
    alike: dict[str, list[str]]
    related: dict[UUID, set[UUID]]


def photographs(actor: Actor, subject_ids: Collection[UUID]) -> Photographs:
    """What is known of the photos of these records, and of every other record that names one of them or one alike."""
    named = set(
        session().scalars(
            select(Evidence.sha256).where(
                Evidence.enterprise_id == actor.enterprise, Evidence.subject_id.in_(subject_ids)
            )
        )
    )
    if not named:
        return Photographs({}, {}, {})
    alike = {sha256: [one.sha256 for one in near] for sha256, near in alike_to_each(actor, named).items()}
    wanted = named | {other for near in alike.values() for other in near}
    rows = session().execute(
        select(Evidence, Photo, Inspection, HiddenHazard)
        .outerjoin(Photo, (Photo.enterprise_id == Evidence.enterprise_id) & (Photo.sha256 == Evidence.sha256))
        .outerjoin(
            Inspection, (Inspection.enterprise_id == Evidence.enterprise_id) & (Inspection.id == Evidence.subject_id)
        )
        .outerjoin(
            HiddenHazard,
            (HiddenHazard.enterprise_id == Evidence.enterprise_id) & (HiddenHazard.id == Evidence.subject_id),
        )
        .where(Evidence.enterprise_id == actor.enterprise, Evidence.sha256.in_(wanted))
        .where(~_unnamed())
        .order_by(Evidence.named_at, Evidence.id)
    )
    looked_at = {one for sha256, near in alike.items() if near for one in (sha256, *near)}
    fine = {sha256: _fine(actor, sha256) for sha256 in looked_at}
    uses: dict[str, list[PhotoUse]] = defaultdict(list)
    for evidence, photo, inspection, hazard in rows:
        use = _use(evidence, photo, inspection, hazard)
        uses[use.sha256].append(replace(use, fine=fine.get(use.sha256)))
    subjects = {use.subject for made in uses.values() for use in made}
    return Photographs(dict(uses), alike, _related(actor, subjects))


def _unnamed() -> ColumnElement[bool]:
    """Whether a picture came from someone who gave no name: compared with others it would tell who took it."""
    reported = select(PublicReport.id).where(
        PublicReport.enterprise_id == Evidence.enterprise_id, PublicReport.id == Evidence.subject_id
    )
    found = (func.coalesce(HiddenHazard.source, "") == Source.PUBLIC) & (Evidence.purpose == Purpose.FOUND)
    return found | reported.exists()


def _fine(actor: Actor, sha256: str) -> str | None:
    """The finer hash of a photo that has a like; None when its derivative cannot be read at this moment."""
    try:
        return fine_hash(shown(actor, sha256))
    except OSError:
        return None


def _use(
    evidence: Evidence, photo: Photo | None, inspection: Inspection | None, hazard: HiddenHazard | None
) -> PhotoUse:
    earliest = None
    if inspection:
        earliest = inspection.started_at or inspection.client_at
    elif hazard:
        earliest = hazard.client_found_at or hazard.found_at
    said = photo.claims.get("taken_at") if photo else None
    return PhotoUse(
        sha256=evidence.sha256,
        subject=evidence.subject_id,
        purpose=evidence.purpose,
        named_at=evidence.named_at,
        dhash=photo.dhash if photo else None,
        taken_at=_moment(said) if said else None,
        earliest=None if evidence.purpose is Purpose.GROUNDS else earliest,
        received_at=photo.received_at if photo else None,
    )


def _moment(said: str) -> datetime:
    """When a photo claims to be taken; without a zone it means the clock on the wall."""
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _related(actor: Actor, subject_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Which records name the same photos by right: a check or a public report, and the hidden hazards it raised."""
    raised = select(InspectionItem.inspection_id, InspectionItem.hidden_hazard_id).where(
        InspectionItem.enterprise_id == actor.enterprise, InspectionItem.hidden_hazard_id.in_(subject_ids)
    )
    admitted = select(PublicReport.id, PublicReport.hazard_id).where(
        PublicReport.enterprise_id == actor.enterprise, PublicReport.hazard_id.in_(subject_ids)
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in session().execute(raised.union_all(admitted)):
        if one and other:
            found[one].add(other)
            found[other].add(one)
    return found
