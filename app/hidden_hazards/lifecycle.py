"""The life of a hidden hazard (pure): which move is possible from which state, by whom, with which facts.

The table `MOVES` is the rule; pages draw their buttons from it, the guide its diagram, the tests every state × action.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class State(StrEnum):
    """Where a hidden hazard is in its life."""

    REPORTED = "reported"
    GRADED = "graded"
    RECTIFYING = "rectifying"
    PENDING_ACCEPTANCE = "pending_acceptance"
    CLOSED = "closed"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self.value]


_STATE_LABELS = {
    "reported": "已上报",
    "graded": "已定级",
    "rectifying": "整改中",
    "pending_acceptance": "待验收",
    "closed": "已销号",
    "dismissed": "不构成隐患",
}
OPEN = (State.REPORTED, State.GRADED, State.RECTIFYING, State.PENDING_ACCEPTANCE)


class Gravity(StrEnum):
    """隐患级别: general is put right at once or soon; major needs a stop, time, or help from outside."""

    GENERAL = "general"
    MAJOR = "major"

    @property
    def label(self) -> str:
        return {"general": "一般隐患", "major": "重大隐患"}[self.value]


class Source(StrEnum):
    """Who found it: the enterprise itself, the government, or the public. Never counted together."""

    SELF_CHECK = "self_check"
    GOVERNMENT = "government"
    PUBLIC = "public"

    @property
    def label(self) -> str:
        return {"self_check": "企业自查", "government": "政府检查", "public": "群众举报"}[self.value]


class Action(StrEnum):
    """What can be done to a hidden hazard."""

    GRADE = "grade"
    DISMISS = "dismiss"
    ASSIGN = "assign"
    FIX_ON_THE_SPOT = "fix_on_the_spot"
    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    PASS_RECHECK = "pass_recheck"
    FAIL_RECHECK = "fail_recheck"

    @property
    def label(self) -> str:
        return MOVES[self].label


@dataclass(frozen=True)
class Situation:
    """What the rules look at: the hidden hazard as it stands, and who wants to move it."""

    state: State
    gravity: Gravity | None
    source: Source
    finder_id: UUID | None
    rectifier_id: UUID | None
    evidence_complete: bool
    actor_id: UUID
    permissions: frozenset[str]
    leads: bool  # the point is the actor's to act on

    def may(self, permission: str) -> bool:
        return permission in self.permissions and (self.leads or permission != HANDLE)


HANDLE = "hidden-hazard:handle"
HANDLE_MAJOR = "hidden-hazard:handle-major"
RECTIFY = "hidden-hazard:rectify"
REPORT = "hidden-hazard:report"
RECHECK = "finding:recheck"

Guard = Callable[[Situation], str]  # the Chinese refusal, empty when the move may be made


@dataclass(frozen=True)
class Move:
    """One row of the table."""

    label: str
    leaves: tuple[State, ...]
    reaches: State
    permission: str
    facts: tuple[str, ...]
    may_add: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    permission_when_major: str = ""
    facts_when_major: tuple[str, ...] = ()

    def permission_for(self, gravity: Gravity | None) -> str:
        return (
            self.permission_when_major if gravity is Gravity.MAJOR and self.permission_when_major else self.permission
        )

    def facts_for(self, gravity: Gravity | None) -> tuple[str, ...]:
        return self.facts + (self.facts_when_major if gravity is Gravity.MAJOR else ())


def the_acceptor_is_not_the_rectifier(now: Situation) -> str:
    return "验收人不能是整改人，请由他人验收。" if now.actor_id == now.rectifier_id else ""


def the_dismisser_is_not_the_finder(now: Situation) -> str:
    return "不能由发现人自己认定不构成隐患，请由他人认定。" if now.actor_id == now.finder_id else ""


def only_the_rectifier_submits(now: Situation) -> str:
    return "" if now.actor_id == now.rectifier_id else "只有指派的整改人可以提交整改。"


def a_major_one_is_not_fixed_on_the_spot(now: Situation) -> str:
    return "重大隐患不能即查即改，须制定治理方案后整改。" if now.gravity is Gravity.MAJOR else ""


def the_evidence_has_arrived(now: Situation) -> str:
    return "" if now.evidence_complete else "还有照片没有传完，请等整改照片全部收到后再验收。"


def the_enterprise_closes_its_own(now: Situation) -> str:
    return "政府检查发现的隐患由监管人员复查后销号。" if now.source is Source.GOVERNMENT else ""


def the_government_rechecks_its_own(now: Situation) -> str:
    return "" if now.source is Source.GOVERNMENT else "只有政府检查发现的隐患需要复查。"


def the_enterprise_may_not_dismiss_a_finding(now: Situation) -> str:
    return "政府检查发现的隐患不能由企业认定为不构成隐患。" if now.source is Source.GOVERNMENT else ""


MOVES: dict[Action, Move] = {
    Action.GRADE: Move(
        "定级", (State.REPORTED,), State.GRADED, HANDLE, ("gravity",), ("criteria",),
        permission_when_major=HANDLE_MAJOR, facts_when_major=("criteria",),
    ),
    Action.DISMISS: Move(
        "认定不构成隐患", (State.REPORTED, State.GRADED), State.DISMISSED, HANDLE, ("reason", "photos"),
        guards=(the_dismisser_is_not_the_finder, the_enterprise_may_not_dismiss_a_finding),
        permission_when_major=HANDLE_MAJOR,
    ),
    Action.ASSIGN: Move(
        "指派整改", (State.GRADED,), State.RECTIFYING, HANDLE, ("rectifier_id", "deadline_at"),
        permission_when_major=HANDLE_MAJOR, facts_when_major=("treatment_plan", "dual_report"),
    ),
    Action.FIX_ON_THE_SPOT: Move(
        "即查即改", (State.REPORTED, State.GRADED), State.PENDING_ACCEPTANCE, RECTIFY, ("measures", "photos"),
        ("cost",), guards=(a_major_one_is_not_fixed_on_the_spot,),
    ),
    Action.SUBMIT: Move(
        "提交整改", (State.RECTIFYING,), State.PENDING_ACCEPTANCE, RECTIFY, ("measures", "photos"), ("cost",),
        guards=(only_the_rectifier_submits,),
    ),
    Action.ACCEPT: Move(
        "验收通过并销号", (State.PENDING_ACCEPTANCE,), State.CLOSED, HANDLE, ("opinion",),
        guards=(the_acceptor_is_not_the_rectifier, the_enterprise_closes_its_own, the_evidence_has_arrived),
        permission_when_major=HANDLE_MAJOR,
    ),
    Action.REJECT: Move(
        "验收不通过", (State.PENDING_ACCEPTANCE,), State.RECTIFYING, HANDLE, ("reason",), ("photos",),
        guards=(the_acceptor_is_not_the_rectifier, the_enterprise_closes_its_own),
        permission_when_major=HANDLE_MAJOR,
    ),
    Action.PASS_RECHECK: Move(
        "复查通过并销号", (State.PENDING_ACCEPTANCE,), State.CLOSED, RECHECK, ("opinion",),
        guards=(the_government_rechecks_its_own, the_evidence_has_arrived),
    ),
    Action.FAIL_RECHECK: Move(
        "复查不通过", (State.PENDING_ACCEPTANCE,), State.RECTIFYING, RECHECK, ("reason",), ("photos",),
        guards=(the_government_rechecks_its_own,),
    ),
}  # fmt: skip


def allowed_actions(now: Situation) -> list[Action]:
    """The actions this person can take now."""
    return [action for action in MOVES if not refusal(action, now)]


def refusal(action: Action, now: Situation, facts: Mapping[str, Any] | None = None) -> str:
    """Why an action is refused as things stand, in Chinese; empty when it is allowed."""
    move = MOVES[action]
    if now.state not in move.leaves:
        return f"当前状态为“{now.state.label}”，不能{move.label}。"
    return lacks_right(action, now, facts) or next((text for text in _guarded(move, now) if text), "")


def lacks_right(action: Action, now: Situation, facts: Mapping[str, Any] | None = None) -> str:
    """Why this person may not take the action at all; empty when the role and the unit allow it."""
    move = MOVES[action]
    given = (facts or {}).get("gravity") if "gravity" in move.facts else None
    needed = move.permission_for(given or now.gravity)
    if now.may(needed):
        return ""
    if needed in now.permissions:
        return "只能处理本部门（班组）风险点的隐患，请联系该部门负责人或安全管理员。"
    who = "重大隐患须由安全管理员或主要负责人处理。" if needed == HANDLE_MAJOR else "您的角色不能进行这项操作。"
    return who


def missing_facts(action: Action, gravity: Gravity | None, facts: Mapping[str, Any]) -> list[str]:
    """The facts an action still needs."""
    return [name for name in MOVES[action].facts_for(gravity) if facts.get(name) in (None, "", [], ())]


def surplus_facts(action: Action, gravity: Gravity | None, facts: Mapping[str, Any]) -> list[str]:
    """The facts an action has no use for."""
    known = {*MOVES[action].facts_for(gravity), *MOVES[action].may_add}
    return [name for name, value in facts.items() if name not in known and value not in (None, "", [], ())]


def is_overdue(state: State, deadline_at: datetime | None, submitted_at: datetime | None, *, at: datetime) -> bool:
    """Whether rectification is late: the deadline has passed and nothing was submitted by then. Never stored."""
    if deadline_at is None or state not in OPEN or deadline_at > at:
        return False
    return submitted_at is None or submitted_at > deadline_at


def _guarded(move: Move, now: Situation) -> Iterator[str]:
    return (guard(now) for guard in move.guards)
