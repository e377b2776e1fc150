"""What closure certificates say, gathered from the rooms in a few queries; only of hidden hazards that are closed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.service import names_of
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, invalid_field
from app.core.events import Event
from app.enterprises.service import own_enterprise
from app.evidence.models import Purpose
from app.evidence.service import photos_of
from app.hidden_hazards.major_schemas import ListingLevel
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Source, State
from app.printing.closure_certificate import ClosureCertificate, Link
from app.printing.forms import MOST_PHOTOS, Photos
from app.risks.models import RiskPoint

NOBODY = UUID(int=0)


def closed_hazards(actor: Actor, hazard_ids: Sequence[UUID]) -> list[HiddenHazard]:
    """The hidden hazards to certify, in their order. Raises Invalid for an absent one, Conflict for one not closed."""
    found = named_hazards(actor, hazard_ids)
    for hazard in found:
        if hazard.state is not State.CLOSED:
            raise Conflict(
                f"{hazard.code} 现为“{hazard.state.label}”，销号后才能打印销号证明。", code="not_closed",
                facts={"state": hazard.state},
            )  # fmt: skip
    return found


def named_hazards(actor: Actor, hazard_ids: Sequence[UUID]) -> list[HiddenHazard]:
    """The hidden hazards an order names, each once, in its order. Raises Invalid for an absent one."""
    found = hazards_by_id(actor, hazard_ids)
    for place, hazard_id in enumerate(hazard_ids):
        if hazard_id not in found:
            raise invalid_field(f"/hidden_hazard_ids/{place}", "没有这项隐患，请核对编号。")
    return [found[hazard_id] for hazard_id in dict.fromkeys(hazard_ids)]


def hazards_by_id(actor: Actor, hazard_ids: Collection[UUID]) -> dict[UUID, HiddenHazard]:
    """The hidden hazards of the enterprise among these, by id."""
    rows = session().scalars(
        select(HiddenHazard).where(HiddenHazard.enterprise_id == actor.enterprise, HiddenHazard.id.in_(hazard_ids))
    )
    return {hazard.id: hazard for hazard in rows}


def certificates(actor: Actor, hazard_ids: Sequence[UUID]) -> dict[UUID, ClosureCertificate]:
    """The closure certificate of each hidden hazard that is closed."""
    found = {key: one for key, one in hazards_by_id(actor, hazard_ids).items() if one.state is State.CLOSED}
    told = told_of(actor, found)
    rechecked = {key: _who(told[key], "pass_recheck") for key, hazard in found.items() if hazard.rechecked_at}
    people = {
        person
        for key, hazard in found.items()
        for person in (hazard.found_by, hazard.rectifier_id, hazard.accepted_by, rechecked.get(key))
    }
    names = names_of({person for person in people if person})
    places, photos = places_of(actor, found.values()), photos_of(actor, list(found))
    enterprise = own_enterprise(actor).name
    return {
        key: ClosureCertificate(
            enterprise=enterprise,
            place=places[key],
            finder=names.get(hazard.found_by or NOBODY, "群众" if hazard.source is Source.PUBLIC else ""),
            rectifier=names.get(hazard.rectifier_id or NOBODY, ""),
            regradings=sum(event.kind == "hidden_hazard.regrade" for event in told[key]),
            acceptor=_acceptor(hazard, names),
            rechecker=names.get(rechecked.get(key) or NOBODY, ""),
            before=photos_for(actor, photos[key], Purpose.FOUND),
            after=photos_for(actor, photos[key], Purpose.RECTIFIED),
            closing=_closing(told[key]),
            **_said(hazard),
        )
        for key, hazard in found.items()
    }


def told_of(actor: Actor, hazard_ids: Collection[UUID], *kinds: str) -> dict[UUID, list[Event]]:
    """Everything that happened to each hidden hazard, oldest first, or what of some kinds did: one query."""
    told: dict[UUID, list[Event]] = defaultdict(list)
    statement = select(Event).where(Event.enterprise_id == actor.enterprise, Event.subject_id.in_(hazard_ids))
    if kinds:
        statement = statement.where(Event.kind.in_(kinds))
    for event in session().scalars(statement.order_by(Event.seq)):
        told[event.subject_id].append(event)
    return told


def places_of(actor: Actor, hazards: Collection[HiddenHazard]) -> dict[UUID, str]:
    """The place of each, and the point with its code where the place does not name it: one query."""
    points = select(RiskPoint.id, RiskPoint.code, RiskPoint.name).where(
        RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_({hazard.point_id for hazard in hazards} - {None})
    )
    named = {row.id: f"{row.code} {row.name}" for row in session().execute(points)}
    return {hazard.id: _place(hazard, named.get(hazard.point_id or NOBODY, "")) for hazard in hazards}


def photos_for(actor: Actor, photos: Sequence[dict[str, Any]], purpose: Purpose) -> Photos:
    """Those of a purpose that have arrived: the first few, and how many there are."""
    arrived = [photo["sha256"] for photo in photos if photo["arrived"] and photo["purpose"] is purpose]
    return Photos(actor.enterprise, tuple(arrived[:MOST_PHOTOS]), len(arrived))


def _said(hazard: HiddenHazard) -> dict[str, Any]:
    """What a certificate takes from the hidden hazard as it is."""
    taken = (
        "code", "description", "found_at", "extensions", "regradings_down", "reopenings", "original_deadline_at",
        "deadline_at", "submitted_at", "accepted_at", "rechecked_at", "listed_at", "delisted_at", "stopped_at",
        "resumed_at",
    )  # fmt: skip
    return {name: getattr(hazard, name) for name in taken} | {
        "gravity": hazard.gravity.label if hazard.gravity else "",
        "criteria": hazard.criteria or "",
        "source": f"{hazard.source.label}（{hazard.channel.label}）",
        "measures": hazard.measures or "",
        "listing": _listing(hazard),
        "closed_at": hazard.closed_at or now(),
    }


def _who(told: Sequence[Event], action: str) -> UUID | None:
    """Who last made a move of a hidden hazard."""
    return next((event.actor_id for event in reversed(told) if event.kind == f"hidden_hazard.{action}"), None)


def _closing(told: Sequence[Event]) -> Link:
    """The event that closed it: the last that left it closed, whatever was added since."""
    closing = [event for event in told if event.data.get("row", {}).get("state", event.data.get("to")) == State.CLOSED]
    event = (closing or told)[-1]
    return Link(event.seq, event.hash, event.algorithm, event.at)


def _place(hazard: HiddenHazard, named: str) -> str:
    return named if hazard.place in ("", named) else f"{named}（{hazard.place}）" if named else hazard.place


def _acceptor(hazard: HiddenHazard, names: Mapping[UUID, str]) -> str:
    if hazard.entrusted:
        given = hazard.entrusted
        return f"{given['name']}（受托验收，{given['organisation']}，{given['qualification']}）"
    return names.get(hazard.accepted_by or NOBODY, "")


def _listing(hazard: HiddenHazard) -> str:
    listing = hazard.listing
    if not listing or not hazard.listed_at:
        return ""
    owners = f"监管责任人：{listing['regulator_owner']}　企业责任人：{listing['enterprise_owner']}"
    return f"{ListingLevel(listing['level']).label}　{listing['number']}　{owners}"
