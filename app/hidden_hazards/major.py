"""What is decided of a major hidden hazard beside its state: its grounds, its plan, its listing, how late it may be.

Each function that answers a move returns the columns it changes; `moves` writes them. An order and a listing bind the
enterprise: its deadline is never later than theirs (`check_deadline`, at the assignment), an extension of a listed one
is asked early (`extension_may_be_asked`), and one that is granted moves the listing's due date too (`due_moved`).
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.core.actor import Actor
from app.core.clock import LOCAL, local_text, months_after, now, today
from app.core.db import session
from app.core.errors import FieldError, Invalid, invalid_field
from app.enterprises.models import Enterprise
from app.enterprises.workdays import workdays_between
from app.hidden_hazards import criteria
from app.hidden_hazards.deadlines import end_of_day
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity

Facts = Mapping[str, Any]
MADE_FROM_CLAUSES = 2000  # characters of `criteria` that are filled from the clauses


@cache
def times(part: str) -> dict[str, Any]:
    """How long the steps of `part` may take: "listing" or "recheck"; dated data, one city's practice."""
    document = tomllib.loads(Path(__file__).with_name("times.toml").read_text(encoding="utf-8"))
    return dict(document[part])


def has_grounds(facts: Facts) -> bool:
    """Whether a grading says why: by a clause, or by a text of why none fits."""
    return bool(facts.get("clauses") or facts.get("criteria"))


def settle_criteria(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """The grounds of a grading: the clauses as they stood at the finding, and the text, made of them if none is given.

    Raises Invalid for a clause that is not in force for the enterprise's trade at the finding, or for a general one.
    """
    keys = list(dict.fromkeys(facts.get("clauses") or []))
    if keys and facts.get("gravity") is not Gravity.MAJOR:
        raise invalid_field("/clauses", "一般隐患不引用重大隐患判定条款，请删去，或定为重大隐患。")
    held = criteria.named(keys, hazard.trade, found_on(hazard))
    wrong = [
        FieldError(f"/clauses/{place}", f"“{key}”不是发现之日适用于本企业行业的判定条款，请从可选条款中选。")
        for place, key in enumerate(keys)
        if key not in held
    ]
    if wrong:
        raise Invalid("引用的判定条款不适用，请按 errors 改正，或用 criteria 说明依据。", errors=wrong)
    recorded = [clause_shown(held[key]) for key in keys]
    text = "；".join(f"{one['title']}（{one['number']}）{one['clause']}：{one['text']}" for one in recorded)
    return {"criteria": facts.get("criteria") or text[:MADE_FROM_CLAUSES] or None, "clauses": recorded}


def clause_shown(match: criteria.Match) -> dict[str, Any]:
    """A clause as it is offered and recorded: where it stands, in which edition, and what it says."""
    file, clause = match.file, match.clause
    return {
        "key": match.key,
        "file": file.name,
        "title": file.title,
        "number": file.number,
        "edition": file.edition,
        "clause": clause.clause,
        "text": clause.text,
    }


def offered(hazard: HiddenHazard) -> list[dict[str, Any]]:
    """The clauses that fit what a hidden hazard says of itself, the closest first, as they stood at its finding."""
    text = f"{hazard.place} {hazard.description}"
    return [offer(match) for match in criteria.matching(text, hazard.trade, found_on(hazard))]


def list_criteria(
    actor: Actor, *, trade: str = "", text: str = "", subject: str = "", on: date | None = None
) -> list[dict[str, Any]]:
    """The clauses in force for a trade (the actor's enterprise's) on a day (today); those that fit a text if given."""
    if not trade and actor.home:
        trade = session().get_one(Enterprise, actor.home).trade
    held = criteria.in_force(trade, [subject] if subject else [], on or today())
    return [offer(match) for match in (criteria.closest(text, held) if text else held)]


def offer(match: criteria.Match) -> dict[str, Any]:
    """A clause with what it takes to choose it: how sure its wording is, and why it is offered."""
    return {
        **clause_shown(match),
        "certainty": match.file.certainty,
        "note": match.file.note,
        "reasons": list(match.reasons),
    }


def found_on(hazard: HiddenHazard) -> date:
    """The local day of the finding: the criteria in force then decide."""
    return hazard.found_at.astimezone(LOCAL).date()


def plan_given(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """At the assignment: treatment plan, dual report, 五落实 and interim measures, which only a major one has.

    Raises Invalid for a report that has not happened yet, or is said to have been made before the finding.
    """
    report = facts.get("dual_report")
    if report and max(report.values()) > now():
        raise invalid_field("/dual_report", "双报告的时间不能晚于现在，请在报告后填写。")
    known_at = min(filter(None, (hazard.found_at, hazard.client_found_at))).replace(second=0, microsecond=0)
    if report and min(report.values()) < known_at:
        raise invalid_field("/dual_report", f"双报告不能早于隐患发现的时间 {local_text(known_at)}，请核对。")
    return {
        "treatment_plan": facts.get("treatment_plan"),
        "dual_report": {name: at.isoformat() for name, at in report.items()} if report else None,
        "guarantees": facts.get("guarantees"),
        "interim_measures": facts.get("interim_measures"),
    }


def plan_revised(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """A revised treatment plan, with the 五落实 and interim measures where they are given anew."""
    names = ("treatment_plan", "guarantees", "interim_measures")
    return {name: facts[name] for name in names if facts.get(name)}


def listed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """The listing by a regulator: until a due instant within a year, which no deadline of the enterprise outlasts."""
    given = facts["listing"]
    due_at = _due_of(given)
    kept = {name: given[name] for name in ("level", "number", "regulator_owner", "enterprise_owner")}
    for name, pointer in (("filed_on", "/listing/filed_on"), ("published_on", "/listing/published_on")):
        if given.get(name) and given[name] > today():
            raise invalid_field(pointer, "日期不能晚于今天，请在办理后填写。")
    kept |= {
        "level": str(given["level"]),
        "due_at": due_at.astimezone(UTC).isoformat(),
        "filed_on": (given.get("filed_on") or today()).isoformat(),
        "published_on": given["published_on"].isoformat() if given.get("published_on") else None,
    }
    changes: dict[str, Any] = {"listing": kept, "listed_at": now(), "delisted_at": None}
    if hazard.deadline_at and hazard.deadline_at > due_at:
        changes["deadline_at"] = due_at
    return changes


def delisted(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Delisted after the regulator's own review, with which it is closed."""
    return {"delisted_at": now()}


def review_failed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Back to rectification: what was submitted and accepted is not what ends it."""
    gone = dict.fromkeys(("submitted_at", "accepted_at", "accepted_by", "entrusted", "rechecked_at"))
    return {**gone, "rejections": hazard.rejections + 1}


def due_moved(hazard: HiddenHazard, deadline_at: datetime) -> dict[str, Any]:
    """What a granted extension changes of the listing: the regulator consented, so its due date moves along."""
    if is_listed(hazard) and hazard.listing and deadline_at > listing_due(hazard.listing):
        return {"listing": {**hazard.listing, "due_at": deadline_at.astimezone(UTC).isoformat()}}
    return {}


def check_deadline(hazard: HiddenHazard, deadline_at: datetime) -> None:
    """Raise Invalid for a deadline of the enterprise later than what an order or a listing has set."""
    limit, by = deadline_limit(hazard)
    if limit and deadline_at > limit:
        raise invalid_field(
            "/deadline_at", f"整改期限不能晚于{by}的期限 {local_text(limit)}，请改早；确需延长的申请延期。",
            code="later_than_ordered",
        )  # fmt: skip


def deadline_limit(hazard: HiddenHazard) -> tuple[datetime | None, str]:
    """The latest deadline an assignment may set, and by whom: an order's own or extended one, a listing's due date."""
    ordered = max(filter(None, (hazard.original_deadline_at, hazard.deadline_at)), default=None)
    limits = [(ordered, "责令限期整改指令书")] if hazard.ordered and ordered else []
    if is_listed(hazard) and hazard.listing:
        limits.append((listing_due(hazard.listing), "挂牌督办"))
    return min(limits, key=lambda limit: limit[0], default=(None, ""))


def extension_may_be_asked(hazard: HiddenHazard) -> str:
    """Why an extension of a listed one is asked too late, in Chinese; empty when it is early enough or not listed."""
    days = times("listing")["extension_asked_workdays_before"]
    if not is_listed(hazard) or hazard.deadline_at is None:
        return ""
    left = workdays_between(today(), hazard.deadline_at.astimezone(LOCAL).date())
    if left >= days:
        return ""
    ends = local_text(hazard.deadline_at)
    return f"挂牌督办的隐患应在期限届满 {days} 个工作日前申请延期；期限为 {ends}，只剩 {left} 个工作日，请按期整改。"


def is_listed(hazard: HiddenHazard) -> bool:
    """Whether it is listed and not delisted."""
    return hazard.listed_at is not None and hazard.delisted_at is None


def listing_due(listing: Mapping[str, Any]) -> datetime:
    """The instant a listing is due."""
    return datetime.fromisoformat(listing["due_at"])


def _due_of(given: Mapping[str, Any]) -> datetime:
    """The due instant of a listing; a day is due with its end, and without either it is due in a year."""
    years = times("listing")["longest_years"]
    latest = end_of_day(months_after(today(), 12 * years))
    due_at = end_of_day(given["due_on"]) if given.get("due_on") else given.get("due_at") or latest
    if due_at <= now():
        raise invalid_field("/listing/due_at", "督办期限应晚于现在。")
    if due_at > latest:
        raise invalid_field("/listing/due_at", f"督办期限最长为挂牌之日起 {years} 年（{local_text(latest)}），请改早。")
    return due_at
