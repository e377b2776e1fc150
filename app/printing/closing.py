"""What a closure certificate says, gathered from the rooms; only of a hidden hazard that is closed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.accounts.service import names_of
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.events import Event, Ledger
from app.enterprises.service import own_enterprise
from app.evidence.models import Purpose
from app.evidence.service import photos_of
from app.evidence.uploads import shown
from app.hidden_hazards.major_schemas import ListingLevel
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.service import get_hazard
from app.hidden_hazards.terms import Source, State
from app.printing.closure_certificate import MOST_PHOTOS, ClosureCertificate, Photos
from app.risks.models import RiskPoint

NOBODY = UUID(int=0)


def certificate(actor: Actor, hazard_id: UUID) -> ClosureCertificate:
    """The closure certificate of a hidden hazard. Raises NotFound, Conflict for one that is not closed."""
    hazard = get_hazard(actor, hazard_id)
    if hazard.state is not State.CLOSED:
        raise Conflict(
            f"{hazard.code} 现为“{hazard.state.label}”，销号后才能打印销号证明。", code="not_closed",
            facts={"state": hazard.state},
        )  # fmt: skip
    told = events.timeline(actor.enterprise, hazard.id)
    rechecked_by = _who(told, "pass_recheck") if hazard.rechecked_at else None
    people = {hazard.found_by, hazard.rectifier_id, hazard.accepted_by, rechecked_by} - {None}
    names = names_of({person for person in people if person})
    ledger = session().get_one(Ledger, actor.enterprise)
    return ClosureCertificate(
        enterprise=own_enterprise(actor).name,
        code=hazard.code,
        place=_place(actor, hazard),
        description=hazard.description,
        gravity=hazard.gravity.label if hazard.gravity else "",
        criteria=hazard.criteria or "",
        source=f"{hazard.source.label}（{hazard.channel.label}）",
        finder=names.get(hazard.found_by or NOBODY, "群众" if hazard.source is Source.PUBLIC else ""),
        found_at=hazard.found_at,
        measures=hazard.measures or "",
        rectifier=names.get(hazard.rectifier_id or NOBODY, ""),
        extensions=hazard.extensions,
        regradings=sum(event.kind == "hidden_hazard.regrade" for event in told),
        regradings_down=hazard.regradings_down,
        reopenings=hazard.reopenings,
        original_deadline_at=hazard.original_deadline_at,
        deadline_at=hazard.deadline_at,
        submitted_at=hazard.submitted_at,
        acceptor=_acceptor(hazard, names),
        accepted_at=hazard.accepted_at,
        rechecker=names.get(rechecked_by or NOBODY, ""),
        rechecked_at=hazard.rechecked_at,
        listing=_listing(hazard),
        listed_at=hazard.listed_at,
        delisted_at=hazard.delisted_at,
        stopped_at=hazard.stopped_at,
        resumed_at=hazard.resumed_at,
        closed_at=hazard.closed_at or now(),
        before=_photos(actor, hazard, Purpose.FOUND),
        after=_photos(actor, hazard, Purpose.RECTIFIED),
        seq=ledger.seq,
        hash=ledger.hash,
        algorithm=session().get_one(Event, (actor.enterprise, ledger.seq)).algorithm,
        printed_at=now(),
    )


def _who(told: Sequence[Event], action: str) -> UUID | None:
    """Who last made a move of a hidden hazard."""
    return next((event.actor_id for event in reversed(told) if event.kind == f"hidden_hazard.{action}"), None)


def _place(actor: Actor, hazard: HiddenHazard) -> str:
    """The place, and the point with its code where the place does not name it."""
    if hazard.point_id is None:
        return hazard.place
    point = session().execute(
        select(RiskPoint.code, RiskPoint.name).where(
            RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id == hazard.point_id
        )
    ).one()  # fmt: skip
    named = f"{point.code} {point.name}"
    return named if hazard.place in ("", named) else f"{named}（{hazard.place}）"


def _acceptor(hazard: HiddenHazard, names: dict[UUID, str]) -> str:
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


def _photos(actor: Actor, hazard: HiddenHazard, purpose: Purpose) -> Photos:
    """Those that have arrived: the first few, and how many there are."""
    arrived = [
        photo["sha256"]
        for photo in photos_of(actor, [hazard.id])[hazard.id]
        if photo["arrived"] and photo["purpose"] is purpose
    ]
    return Photos(tuple(shown(actor, sha256) for sha256 in arrived[:MOST_PHOTOS]), len(arrived))
