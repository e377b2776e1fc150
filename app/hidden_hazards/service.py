"""What may happen to hidden hazards: they are reported, moved through their life, and looked up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import events, once
from app.core.actor import Actor
from app.core.clock import LOCAL, now
from app.core.db import session
from app.core.errors import NotFound, invalid_field
from app.core.ids import new_id
from app.enterprises.models import Enterprise, OrgUnit
from app.evidence.models import Purpose
from app.evidence.photos import Picture
from app.evidence.service import name_photos, name_photos_of_each, photos_of, receive
from app.hidden_hazards import grounds
from app.hidden_hazards.extending import waiting
from app.hidden_hazards.guards import Situation
from app.hidden_hazards.lifecycle import allowed_actions
from app.hidden_hazards.major import extension_may_be_asked, is_listed
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.proof import REPORTED, record, row_of
from app.hidden_hazards.stopping import dismissers_of
from app.hidden_hazards.terms import OPEN, USUAL_CHANNEL, Channel, Source, State
from app.risks.mergers import taken_over_by
from app.risks.models import RiskPoint
from app.risks.points import get_point


def report(
    actor: Actor,
    hazard_id: UUID,
    *,
    description: str,
    place: str = "",
    point_id: UUID | None = None,
    source: Source = Source.SELF_CHECK,
    channel: Channel | None = None,
    client_at: datetime | None = None,
    photos: Sequence[dict[str, Any]] = (),
    origin: str = "",
    item_key: str | None = None,
    previous_id: UUID | None = None,
) -> HiddenHazard:
    """Report a hidden hazard under the id its client made; it exists at once, its photos follow.

    Raises Invalid for an absent point, and for a channel by which another than `source` finds.
    """
    channel = channel or USUAL_CHANNEL[source]
    if channel.source is not source:
        fitting = "、".join(f"{one.value}（{one.label}）" for one in Channel if one.source is source)
        raise invalid_field("/channel", f"{source.label}的隐患，排查来源只能是：{fitting}。")
    point = get_point(actor, point_id, field="/risk_point_id") if point_id else None
    enterprise = session().get_one(Enterprise, actor.enterprise)
    hazard = HiddenHazard(
        enterprise_id=actor.enterprise,
        id=hazard_id,
        code=events.next_code(actor.enterprise, f"YH-{now().astimezone(LOCAL).year}", 6),
        point_id=point_id,
        place=place or (f"{point.code} {point.name}" if point else ""),
        description=description,
        source=source,
        channel=channel,
        origin=origin,
        item_key=item_key,
        previous_id=previous_id,
        region_code=enterprise.region_code,
        industry=enterprise.industry,
        trade=enterprise.trade,
        found_by=None if source is Source.PUBLIC else actor.id,  # whoever enters or admits a tip-off did not find it
        found_at=now(),
        client_found_at=client_at,
        state=State.REPORTED,
        version=1,
        occurrences=1,
        rejections=0,
    )
    session().add(hazard)
    name_photos(actor, hazard_id, photos, purpose=Purpose.FOUND)
    data = {
        "code": hazard.code,
        "source": source,
        "channel": channel,
        "point_id": str(point_id) if point_id else None,
        "origin": origin,
    }
    if previous_id:
        data["recurrence_of"] = str(previous_id)
    record(actor, hazard, REPORTED, before={}, data=data, client_at=client_at)
    return hazard


def report_failed_items(
    actor: Actor,
    point: RiskPoint | None,
    failed: Sequence[dict[str, Any]],
    *,
    origin: str,
    client_at: datetime | None,
    channel: Channel | None = None,
) -> dict[str, HiddenHazard]:
    """Report each failed item {key, description, photos}, by its key.

    An item that is already an open hidden hazard at this point joins it as a further occurrence; one that was closed
    before is linked to the last. Without a point the items are of how the enterprise is run (基础管理).
    """
    if not failed:
        return {}
    known = _known_at(actor, point.id if point else None, [item["key"] for item in failed])
    _held = session().get_one(Enterprise, actor.enterprise)  # while it is held, no report has to ask for it again
    found: dict[str, HiddenHazard] = {}
    for item in failed:
        earlier = known.get(item["key"])
        if earlier and earlier.state in OPEN:
            found[item["key"]] = _join(actor, earlier, item, origin=origin, client_at=client_at)
            continue
        found[item["key"]] = report(
            actor,
            new_id(),
            description=item["description"],
            point_id=point.id if point else None,
            channel=channel,
            client_at=client_at,
            place="" if point else "基础管理",
            origin=origin,
            item_key=item["key"],
            previous_id=earlier.id if earlier and earlier.state is State.CLOSED else None,
        )
    shown_by = {found[item["key"]].id: item["photos"] for item in failed}
    name_photos_of_each(actor, shown_by, purpose=Purpose.FOUND)
    once.reserve(actor, [hazard.id for hazard in found.values() if hazard.occurrences == 1], kind="hidden_hazard")
    return found


def is_late() -> tuple[Any, ...]:
    """The conditions of `lifecycle.is_overdue`, for a query."""
    late = HiddenHazard.submitted_at.is_(None) | (HiddenHazard.submitted_at > HiddenHazard.deadline_at)
    return (HiddenHazard.state.in_(OPEN), HiddenHazard.deadline_at <= now(), late)


def get_hazard(actor: Actor, hazard_id: UUID) -> HiddenHazard:
    """A hidden hazard of the enterprise, else NotFound."""
    hazard = session().get(HiddenHazard, (actor.enterprise, hazard_id))
    if hazard is None:
        raise NotFound
    return hazard


def receive_photo(actor: Actor, hazard_id: UUID, picture: Picture | None) -> list[dict[str, Any]]:
    """Take in a photo the report or a move has named."""
    get_hazard(actor, hazard_id)
    return receive(actor, hazard_id, picture)


def situations(actor: Actor, hazards: Sequence[HiddenHazard]) -> dict[UUID, Situation]:
    """What the rules look at for each hidden hazard and this person: a few queries however many there are."""
    photos = photos_of(actor, [hazard.id for hazard in hazards])
    asked = waiting(actor, hazards)
    dismissers = dismissers_of(actor, hazards)
    paths = unit_paths(actor, {hazard.point_id for hazard in hazards if hazard.point_id})
    micro = bool(hazards) and session().get_one(Enterprise, actor.enterprise).micro
    return {
        hazard.id: Situation(
            state=hazard.state,
            gravity=hazard.gravity,
            source=hazard.source,
            finder_id=hazard.found_by,
            rectifier_id=hazard.rectifier_id,
            missing_photos=grounds.missing(photos[hazard.id], Purpose.RECTIFIED, hazard.submitted_at),
            missing_grounds=grounds.missing(
                photos[hazard.id], Purpose.GROUNDS, asked[hazard.id].asked_at if hazard.id in asked else None
            ),
            dismisser_id=dismissers.get(hazard.id),
            actor_id=actor.id,
            permissions=actor.permissions,
            grader_id=hazard.graded_by,
            extension_asked_by=hazard.extension_asked_by,
            deadline_passed=hazard.deadline_at is not None and hazard.deadline_at <= now(),
            listed=is_listed(hazard),
            ordered=hazard.ordered,
            stopped=hazard.stands_still,
            micro=micro,
            extension_too_late=extension_may_be_asked(hazard),
            leads=actor.leads(paths.get(hazard.point_id) if hazard.point_id else None),
        )
        for hazard in hazards
    }


def shown(actor: Actor, hazards: Sequence[HiddenHazard]) -> list[dict[str, Any]]:
    """Hidden hazards with their photos and what this person can do to each."""
    photos = photos_of(actor, [hazard.id for hazard in hazards])
    now_at = situations(actor, hazards)
    asked = waiting(actor, hazards)
    return [
        {
            "hazard": hazard,
            "photos": photos[hazard.id],
            "complete": all(photo["arrived"] for photo in photos[hazard.id]),
            "allowed_actions": allowed_actions(now_at[hazard.id]),
            "extension": asked.get(hazard.id),
        }
        for hazard in hazards
    ]


def unit_paths(actor: Actor, point_ids: set[UUID]) -> dict[UUID, str]:
    """The path of the responsible unit of each point, for a leader; others need none."""
    if actor.role != "leader" or not point_ids:
        return {}
    rows = session().execute(
        select(RiskPoint.id, OrgUnit.path)
        .join(OrgUnit, (OrgUnit.enterprise_id == RiskPoint.enterprise_id) & (OrgUnit.id == RiskPoint.unit_id))
        .where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(point_ids))
    )
    return {row.id: row.path for row in rows}


def _known_at(actor: Actor, point_id: UUID | None, keys: list[str]) -> dict[str, HiddenHazard]:
    """The latest hidden hazard of each item at a point or one merged into it, an open one before any other.

    Without a point: of the management half.
    """
    rows = session().scalars(
        select(HiddenHazard)
        .where(
            HiddenHazard.enterprise_id == actor.enterprise,
            HiddenHazard.point_id.in_(taken_over_by(actor.enterprise, point_id))
            if point_id
            else HiddenHazard.point_id.is_(None),
            HiddenHazard.item_key.in_(keys),
            HiddenHazard.state.not_in((State.DISMISSED, State.DUPLICATE)),
        )
        .order_by(HiddenHazard.found_at)
    )
    found: dict[str, HiddenHazard] = {}
    for hazard in rows:
        key = hazard.item_key or ""
        if key not in found or found[key].state not in OPEN:
            found[key] = hazard
    return found


def _join(
    actor: Actor, hazard: HiddenHazard, item: dict[str, Any], *, origin: str, client_at: datetime | None
) -> HiddenHazard:
    before = row_of(hazard)
    hazard.occurrences += 1
    data = {"occurrences": hazard.occurrences, "origin": origin, "description": item["description"]}
    record(actor, hazard, "hidden_hazard.found_again", before=before, data=data, client_at=client_at)
    return hazard
