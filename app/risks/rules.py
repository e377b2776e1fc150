"""The rules an enterprise may settle for itself: tiers, current level, reviews, plans, default profiles.

The product's defaults stand in `rules.toml`; an enterprise keeps only the parts it settled otherwise.
"""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from app.core import events
from app.core.actor import Actor
from app.core.db import insert_once, session
from app.enterprises.models import UnitKind
from app.risks.models import RaiseKind, RiskRules
from risk_models import RiskLevel

UNCHANGED = "unchanged"
ONE_HIGHER = "one_higher"


class EscalatedTo(StrEnum):
    """Whom a hidden hazard that stays open past its deadline is told to, from the bottom up."""

    TEAM = "team"
    WORKSHOP = "workshop"
    COMPANY = "company"
    REGULATOR = "regulator"

    @property
    def label(self) -> str:
        return {"team": "班组", "workshop": "部门/车间", "company": "公司", "regulator": "监管部门"}[self.value]


@dataclass(frozen=True)
class Rules:
    """The rules in force in one enterprise, each part by its name in `rules.toml`."""

    document: dict[str, dict[str, Any]]

    def tiers_of(self, level: RiskLevel | None) -> tuple[UnitKind, ...]:
        """The tiers that control a point of this governing level; none while it is unassessed."""
        return tuple(UnitKind(tier) for tier in self.document["tiers"][level]) if level else ()

    def raised(self, kind: RaiseKind, shown: RiskLevel | None) -> RiskLevel | None:
        """The level a reason of this kind asks for at a point that shows `shown`; None where it asks for nothing."""
        wanted = self.document["current"][kind]
        if wanted == UNCHANGED:
            return None
        if wanted == ONE_HIGHER:
            return one_higher(shown)
        return RiskLevel(wanted)

    def needs_plan(self, level: RiskLevel | None) -> bool:
        """Whether a point of this governing level needs a special control plan."""
        return level in self.document["plan"]["levels"]

    def profile_of(self, method: str) -> str | None:
        """The profile an assessment by this method uses where it names none."""
        return self.document["profiles"].get(method)

    def escalation(self, *, major: bool) -> list[tuple[timedelta, EscalatedTo]]:
        """The steps up the tiers, in order: how long past the deadline, and to whom."""
        steps = self.document["escalation"]["major" if major else "steps"]
        return [(timedelta(hours=step["after_hours"]), EscalatedTo(step["to"])) for step in steps]

    @property
    def accept_within(self) -> timedelta:
        """How long a submitted rectification may wait before its acceptors are reminded."""
        return timedelta(hours=self.document["escalation"]["accept_within_hours"])

    def longest_deadline(self, *, major: bool) -> int:
        """How many days ahead a deadline may lie at most."""
        return int(self.document["deadlines"]["major_days" if major else "general_days"])

    @property
    def government_days(self) -> int:
        """The same for what the government found without an order, where the regulator does not decide."""
        return int(self.document["deadlines"]["government_days"])

    @property
    def reassess_months(self) -> int:
        return int(self.document["review"]["reassess_months"])


def one_higher(level: RiskLevel | None) -> RiskLevel:
    """The level above, red at most; a point not assessed counts as blue and goes to yellow."""
    worst_first = sorted(RiskLevel, key=lambda each: each.order)
    place = worst_first.index(level) if level else len(worst_first) - 1
    return worst_first[max(0, place - 1)]


@cache
def default_rules() -> dict[str, dict[str, Any]]:
    """The product's defaults."""
    return tomllib.loads(files("app.risks").joinpath("rules.toml").read_text(encoding="utf-8"))


def rules_of(enterprise_id: UUID) -> Rules:
    """The rules in force in an enterprise: one read by key, kept by the session."""
    kept = session().get(RiskRules, enterprise_id)
    return rules_with(kept.settled if kept else {})


def rules_with(settled: dict[str, dict[str, Any]]) -> Rules:
    """The product's defaults with what was settled otherwise."""
    return Rules({part: {**default, **settled.get(part, {})} for part, default in default_rules().items()})


def settle_rules(actor: Actor, **parts: dict[str, Any]) -> Rules:
    """Settle parts of the rules otherwise; what is not named stays. The caller settles the levels they change."""
    insert_once(RiskRules, {"enterprise_id": actor.enterprise, "settled": {}})
    kept = session().get_one(RiskRules, actor.enterprise, populate_existing=True)
    kept.settled = {**kept.settled, **{part: {**kept.settled.get(part, {}), **said} for part, said in parts.items()}}
    events.append(actor.enterprise, "risk_rules.settled", actor.enterprise, actor_id=actor.id, data=parts)
    return rules_of(actor.enterprise)
