"""An enterprise of the demo while it is played: who and what stands on it, by the keys of its document."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from app.accounts.models import User
from app.accounts.policy import RIGHTS
from app.core.actor import Actor
from app.core.clock import stopped_at
from app.core.ids import new_id
from app.demo.readings import Gauge
from app.enterprises.models import Enterprise, Office, OrgUnit
from app.inspections.models import Checklist
from app.risks.models import RiskPoint

Given = ParamSpec("Given")
Result = TypeVar("Result")

ENTRY_TAKES = timedelta(seconds=15)  # what a practised person needs to enter one thing


@dataclass
class Watch:
    """A clock for entering things one after another."""

    moment: datetime

    def do(self, act: Callable[Given, Result], *args: Given.args, **named: Given.kwargs) -> Result:
        """Do the next thing, a little later than the last."""
        self.moment += ENTRY_TAKES
        with stopped_at(self.moment):
            return act(*args, **named)


@dataclass(frozen=True)
class Act:
    """Something that happens at its time."""

    at: datetime
    do: Callable[[], None]


@dataclass
class Stage:
    """One enterprise of the demo. `open_items` are the checks known to fail, each with its hidden hazard's code."""

    document: dict[str, Any]
    enterprise: Enterprise
    chance: Random
    actors: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, OrgUnit] = field(default_factory=dict)
    points: dict[str, RiskPoint] = field(default_factory=dict)
    checklists: dict[str, Checklist] = field(default_factory=dict)
    hazards: dict[str, UUID] = field(default_factory=dict)
    open_items: dict[tuple[str, str], str] = field(default_factory=dict)
    gauges: dict[tuple[str, str], Gauge] = field(default_factory=dict)


def acting(user: User, *, unit: OrgUnit | None = None, office: Office | None = None) -> Actor:
    """The account as services are handed it, without the sign-in that a request would have come with."""
    return Actor(
        id=user.id,
        name=user.name,
        role=user.role,
        permissions=RIGHTS[user.role],
        session_id=new_id(),
        home=user.enterprise_id,
        enterprise_id=user.enterprise_id,
        office_id=user.office_id,
        unit_path=unit.path if unit else None,
        region_code=office.region_code if office else "",
        trades=frozenset(office.trades) if office else frozenset(),
    )
