"""挂牌督办: the board of listed major hidden hazards, and which step of each is late by the listing clock."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_, update

from app.core.actor import Actor
from app.core.clock import LOCAL, now, today
from app.core.db import session
from app.core.errors import Conflict, NotFound, invalid_field
from app.enterprises.models import Enterprise
from app.enterprises.scope import within
from app.enterprises.workdays import workdays_after
from app.hidden_hazards import major
from app.hidden_hazards.major_schemas import ListingLevel
from app.hidden_hazards.models import Extension, HiddenHazard
from app.hidden_hazards.proof import record, row_of
from app.hidden_hazards.terms import Source, State
from app.supervision.counting import in_region
from app.supervision.overview import with_enterprises


def list_listed(
    actor: Actor,
    *,
    enterprise: UUID | None = None,
    region_code: str = "",
    trade: str = "",
    state: State | None = None,
    overdue: bool = False,
) -> Select[Any]:
    """The hidden hazards that are or were listed, those not delisted first, the one due next on top."""
    due_at = HiddenHazard.listing["due_at"].as_string()
    statement = select(HiddenHazard).where(
        HiddenHazard.enterprise_id.in_(within(actor, select(Enterprise.id))), HiddenHazard.listed_at.is_not(None)
    )
    if enterprise:
        statement = statement.where(HiddenHazard.enterprise_id == enterprise)
    if region_code:
        statement = statement.where(in_region(HiddenHazard.region_code, region_code))
    if trade:
        statement = statement.where(HiddenHazard.trade == trade)
    if state:
        statement = statement.where(HiddenHazard.state == state)
    if overdue:
        statement = statement.where(HiddenHazard.delisted_at.is_(None), due_at < now().isoformat())
    return statement.order_by(
        HiddenHazard.delisted_at.is_not(None), due_at, HiddenHazard.enterprise_id, HiddenHazard.id
    )


def shown(hazards: list[HiddenHazard]) -> list[dict[str, Any]]:
    """Listed hidden hazards with their enterprise, what is asked of them, and their clock: two queries."""
    asked = _asked(hazards)
    return [{**row, **_standing(row["hazard"], asked.get(row["hazard"].id))} for row in with_enterprises(hazards)]


def note(actor: Actor, hazard_id: UUID, **days: date | None) -> HiddenHazard:
    """Note the days on which a listing was filed and published.

    Raises NotFound for what never was listed, Conflict for what is delisted, Invalid for a day to come.
    """
    hazard = session().get(HiddenHazard, (actor.enterprise, hazard_id))
    if hazard is None or hazard.listing is None or hazard.listed_at is None:
        raise NotFound
    if hazard.delisted_at:
        raise Conflict("已经摘牌，不能再登记；请核对是否为另一项隐患。", code="delisted")
    for name, day in days.items():
        if day and day > today():
            raise invalid_field(f"/{name}", "日期不能晚于今天，请在办理后填写。")
    before = row_of(hazard)
    noted = {name: day.isoformat() if day else None for name, day in days.items()}
    session().execute(
        update(HiddenHazard)
        .where(HiddenHazard.enterprise_id == actor.enterprise, HiddenHazard.id == hazard_id)
        .values(listing={**hazard.listing, **noted})
    )
    session().refresh(hazard)
    record(actor, hazard, "hidden_hazard.listing_noted", before=before, data=noted)
    return hazard


def steps(hazard: HiddenHazard, extension: Extension | None, *, on: date) -> Iterator[dict[str, Any]]:
    """The steps of a listing with the day each is due by the clock, the day it was done, and whether it is late."""
    clock, listing, listed_on = major.times("listing"), hazard.listing or {}, _day(hazard.listed_at)
    if listed_on is None:
        return
    known_on = min(_known_on(hazard), listed_on)
    yield _step("file", "立案", workdays_after(known_on, clock["file_within_workdays"]), listing.get("filed_on"), on)
    due_on = workdays_after(listed_on, clock["publish_within_workdays"])
    yield _step("publish", "向社会公布", due_on, listing.get("published_on"), on)
    if extension:
        asked_on = extension.asked_at.astimezone(LOCAL).date()
        due_on = workdays_after(asked_on, clock["extension_answered_within_workdays"])
        yield _step("answer_extension", "答复延期申请", due_on, None, on)
    delisted_on = _day(hazard.delisted_at)
    done = delisted_on.isoformat() if delisted_on else None
    yield _step("delist", "核查摘牌", _last_day(major.listing_due(listing)), done, on)


def _standing(hazard: HiddenHazard, extension: Extension | None) -> dict[str, Any]:
    listing = hazard.listing or {}
    due_at = major.listing_due(listing)
    clock = list(steps(hazard, extension, on=today()))
    return {
        **listing,
        "level_label": ListingLevel(listing["level"]).label,
        "due_at": due_at,
        "days_left": None if hazard.delisted_at else (_last_day(due_at) - today()).days,
        "overdue": hazard.delisted_at is None and due_at <= now(),
        "extension": extension,
        "steps": clock,
        "late_steps": [step["name"] for step in clock if step["late"]],
        "clock_source": major.times("listing")["source"],
    }


def _asked(hazards: list[HiddenHazard]) -> dict[UUID, Extension]:
    """The extension that waits for an answer, of each hidden hazard that has one."""
    keys = [(hazard.enterprise_id, hazard.id) for hazard in hazards if hazard.extension_asked_by]
    rows = session().scalars(
        select(Extension).where(
            tuple_(Extension.enterprise_id, Extension.hazard_id).in_(keys), Extension.granted.is_(None)
        )
    )
    return {extension.hazard_id: extension for extension in rows} if keys else {}


def _known_on(hazard: HiddenHazard) -> date:
    """The day the regulator knew: of the dual report, of its own finding, else of the listing."""
    if hazard.source is Source.GOVERNMENT:
        return hazard.found_at.astimezone(LOCAL).date()
    reported = (hazard.dual_report or {}).get("to_regulator_at")
    known = datetime.fromisoformat(reported) if reported else hazard.listed_at
    return known.astimezone(LOCAL).date() if known else today()


def _step(name: str, label: str, due_on: date, done: str | None, on: date) -> dict[str, Any]:
    done_on = date.fromisoformat(done) if done else None
    return {"name": name, "label": label, "due_on": due_on, "done_on": done_on, "late": (done_on or on) > due_on}


def _last_day(moment: datetime) -> date:
    """The last local day before an instant: what is due at midnight is due with the day before."""
    local = moment.astimezone(LOCAL)
    return date.fromordinal(local.toordinal() - (local.hour == local.minute == local.second == 0))


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(LOCAL).date() if moment else None
