"""The life of a hidden hazard (pure): which move is possible from which state, by whom, with which facts.

The table `MOVES` is the rule; pages draw their buttons from it, the guide its diagram, the tests every state × action.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.hidden_hazards.guards import (
    EXTEND,
    EXTEND_MAJOR,
    HANDLE,
    HANDLE_MAJOR,
    KEEP_LISTING,
    RECHECK,
    RECTIFY,
    REPORT,
    Guard,
    Situation,
    a_major_one_is_not_fixed_on_the_spot,
    an_extension_is_asked,
    an_extension_is_asked_in_time,
    an_ordered_one_is_rechecked_with_its_order,
    it_is_not_listed,
    no_extension_is_asked,
    only_a_major_one,
    only_the_rectifier_submits,
    the_acceptor_is_not_the_rectifier,
    the_deadline_has_not_passed,
    the_dismisser_is_not_the_finder,
    the_enterprise_closes_its_own,
    the_enterprise_has_nobody_else,
    the_enterprise_may_not_dismiss_a_finding,
    the_evidence_has_arrived,
    the_government_rechecks_its_own,
    the_grader_does_not_lower_it,
    the_granter_is_not_the_asker,
    the_grounds_have_arrived,
    the_rectifier_or_who_handles_it_asks,
    the_resumer_is_not_the_dismisser,
    work_stands_still,
)
from app.hidden_hazards.terms import ENDED, OPEN, Gravity, Source, State


class Action(StrEnum):
    """What can be done to a hidden hazard."""

    STOP_WORK = "stop_work"
    ADD_EVIDENCE = "add_evidence"
    GRADE = "grade"
    REGRADE = "regrade"
    DISMISS = "dismiss"
    MARK_DUPLICATE = "mark_duplicate"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    REVISE_PLAN = "revise_plan"
    FIX_ON_THE_SPOT = "fix_on_the_spot"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUBMIT = "submit"
    ACCEPT = "accept"
    ACCEPT_ENTRUSTED = "accept_entrusted"
    REJECT = "reject"
    PASS_RECHECK = "pass_recheck"
    FAIL_RECHECK = "fail_recheck"
    LIST = "list"
    DELIST = "delist"
    FAIL_REVIEW = "fail_review"
    REOPEN = "reopen"
    RESUME_WORK = "resume_work"

    @property
    def label(self) -> str:
        return MOVES[self].label


@dataclass(frozen=True)
class Move:
    """One row of the table; `reaches` is None where the state stays."""

    label: str
    leaves: tuple[State, ...]
    reaches: State | None
    permission: str
    facts: tuple[str, ...]
    may_add: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    permission_when_major: str = ""
    permission_when_listed: str = ""  # a listed one moves so only with the regulator's consent: by the regulator
    permission_when_government: str = ""  # the deadline of what the government found is the government's to move
    facts_when_major: tuple[str, ...] = ()
    reaches_when_listed: State | None = None

    def permission_for(self, gravity: Gravity | None, *, listed: bool = False, government: bool = False) -> str:
        if listed and self.permission_when_listed:
            return self.permission_when_listed
        if government and self.permission_when_government:
            return self.permission_when_government
        if gravity is Gravity.MAJOR and self.permission_when_major:
            return self.permission_when_major
        return self.permission

    def facts_for(self, gravity: Gravity | None) -> tuple[str, ...]:
        return self.facts + (self.facts_when_major if gravity is Gravity.MAJOR else ())

    def state_after(self, now: Situation) -> State:
        """The state this move leads to as things stand."""
        return (self.reaches_when_listed if now.listed else None) or self.reaches or now.state


REPORTED, GRADED, RECTIFYING = State.REPORTED, State.GRADED, State.RECTIFYING
PENDING, REVIEW, CLOSED = State.PENDING_ACCEPTANCE, State.PENDING_REVIEW, State.CLOSED
STANDS_IN = {"criteria": "clauses"}  # a clause of the criteria files says why as well as a text does
MAJOR_PLAN = ("treatment_plan", "dual_report", "guarantees", "interim_measures")

MOVES: dict[Action, Move] = {
    Action.STOP_WORK: Move(
        "停止作业、撤人、停用", OPEN, None, REPORT, ("stop_kinds", "reason"), ("photos",),
    ),
    Action.ADD_EVIDENCE: Move("补充证据", OPEN, None, REPORT, ("photos",), ("reason",)),
    Action.GRADE: Move(
        "定级", (REPORTED,), GRADED, HANDLE, ("gravity",), ("criteria", "clauses"),
        permission_when_major=HANDLE_MAJOR, facts_when_major=("criteria",),
    ),
    Action.REGRADE: Move(
        "改定级别", (GRADED, RECTIFYING), GRADED, HANDLE_MAJOR, ("gravity", "reason", "photos"),
        ("criteria", "clauses"), guards=(the_grader_does_not_lower_it,), permission_when_listed=KEEP_LISTING,
        facts_when_major=("criteria",),
    ),
    Action.DISMISS: Move(
        "认定不构成隐患", (REPORTED, GRADED), State.DISMISSED, HANDLE, ("reason", "photos"),
        guards=(the_dismisser_is_not_the_finder, the_enterprise_may_not_dismiss_a_finding),
        permission_when_major=HANDLE_MAJOR, permission_when_listed=KEEP_LISTING,
    ),
    Action.MARK_DUPLICATE: Move(
        "认定为重复", (REPORTED, GRADED), State.DUPLICATE, HANDLE, ("original_id", "reason", "photos"),
        guards=(the_dismisser_is_not_the_finder, the_enterprise_may_not_dismiss_a_finding),
        permission_when_major=HANDLE_MAJOR, permission_when_listed=KEEP_LISTING,
    ),
    Action.ASSIGN: Move(
        "指派整改", (GRADED,), RECTIFYING, HANDLE, ("rectifier_id", "deadline_at"),
        permission_when_major=HANDLE_MAJOR, facts_when_major=MAJOR_PLAN,
    ),
    Action.HAND_OVER: Move(
        "移交整改人", (RECTIFYING,), None, HANDLE, ("rectifier_id", "reason"), permission_when_major=HANDLE_MAJOR,
    ),
    Action.REVISE_PLAN: Move(
        "修订治理方案", (RECTIFYING,), None, HANDLE_MAJOR, ("treatment_plan", "reason"),
        ("guarantees", "interim_measures"), guards=(only_a_major_one,),
    ),
    Action.FIX_ON_THE_SPOT: Move(
        "即查即改", (REPORTED, GRADED), PENDING, RECTIFY, ("measures", "photos"), ("cost",),
        guards=(a_major_one_is_not_fixed_on_the_spot,),
    ),
    Action.ASK_EXTENSION: Move(
        "申请延期", (RECTIFYING,), None, RECTIFY, ("deadline_at", "reason", "photos"),
        guards=(
            the_rectifier_or_who_handles_it_asks, no_extension_is_asked, the_deadline_has_not_passed,
            an_extension_is_asked_in_time,
        ),
    ),
    Action.GRANT_EXTENSION: Move(
        "同意延期", (RECTIFYING,), None, EXTEND, ("opinion",),
        guards=(
            an_extension_is_asked, the_granter_is_not_the_asker, the_deadline_has_not_passed, the_grounds_have_arrived,
        ),
        permission_when_major=EXTEND_MAJOR, permission_when_listed=KEEP_LISTING, permission_when_government=RECHECK,
    ),
    Action.REFUSE_EXTENSION: Move(
        "不同意延期", (RECTIFYING,), None, EXTEND, ("opinion",),
        guards=(an_extension_is_asked, the_granter_is_not_the_asker),
        permission_when_major=EXTEND_MAJOR, permission_when_listed=KEEP_LISTING, permission_when_government=RECHECK,
    ),
    Action.SUBMIT: Move(
        "提交整改", (RECTIFYING,), PENDING, RECTIFY, ("measures", "photos"), ("cost",),
        guards=(only_the_rectifier_submits,),
    ),
    Action.ACCEPT: Move(
        "验收通过", (PENDING,), CLOSED, HANDLE, ("opinion",), ("photos",),
        guards=(the_acceptor_is_not_the_rectifier, the_enterprise_closes_its_own, the_evidence_has_arrived),
        permission_when_major=HANDLE_MAJOR, reaches_when_listed=REVIEW,
    ),
    Action.ACCEPT_ENTRUSTED: Move(
        "委托验收通过", (PENDING,), CLOSED, HANDLE, ("entrusted", "opinion", "photos"),
        guards=(the_enterprise_has_nobody_else, the_enterprise_closes_its_own, the_evidence_has_arrived),
        permission_when_major=HANDLE_MAJOR, reaches_when_listed=REVIEW,
    ),
    Action.REJECT: Move(
        "验收不通过", (PENDING,), RECTIFYING, HANDLE, ("reason",), ("photos",),
        guards=(the_acceptor_is_not_the_rectifier, the_enterprise_closes_its_own),
        permission_when_major=HANDLE_MAJOR,
    ),
    Action.PASS_RECHECK: Move(
        "复查通过", (PENDING,), CLOSED, RECHECK, ("opinion",), ("photos",),
        guards=(the_government_rechecks_its_own, an_ordered_one_is_rechecked_with_its_order, the_evidence_has_arrived),
        reaches_when_listed=REVIEW,
    ),
    Action.FAIL_RECHECK: Move(
        "复查不通过", (PENDING,), RECTIFYING, RECHECK, ("reason",), ("photos",),
        guards=(the_government_rechecks_its_own, an_ordered_one_is_rechecked_with_its_order),
    ),
    Action.LIST: Move(
        "挂牌督办", (GRADED, RECTIFYING, PENDING), None, KEEP_LISTING, ("listing",), ("photos",),
        guards=(only_a_major_one, it_is_not_listed),
    ),
    Action.DELIST: Move(
        "核查通过，摘牌销号", (REVIEW,), CLOSED, KEEP_LISTING, ("opinion",), ("photos",),
        guards=(the_evidence_has_arrived,), reaches_when_listed=CLOSED,
    ),
    Action.FAIL_REVIEW: Move("核查不通过", (REVIEW,), RECTIFYING, KEEP_LISTING, ("reason",), ("photos",)),
    Action.REOPEN: Move(
        "重新打开", (CLOSED,), GRADED, HANDLE, ("reason", "photos"), guards=(the_enterprise_closes_its_own,),
        permission_when_major=HANDLE_MAJOR,
    ),
    Action.RESUME_WORK: Move(
        "恢复作业", ENDED, None, HANDLE, ("opinion",), ("photos",),
        guards=(work_stands_still, the_resumer_is_not_the_dismisser), permission_when_major=HANDLE_MAJOR,
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
    government = now.source is Source.GOVERNMENT
    needed = move.permission_for(given or now.gravity, listed=now.listed, government=government)
    if now.may(needed):
        return ""
    if needed in now.permissions:
        return "只能处理本部门（班组）风险点的隐患，请联系该部门负责人或安全管理员。"
    who = "重大隐患须由安全管理员或主要负责人处理。" if needed == HANDLE_MAJOR else "您的角色不能进行这项操作。"
    return who


def missing_facts(action: Action, gravity: Gravity | None, facts: Mapping[str, Any]) -> list[str]:
    """The facts an action still needs."""
    needed = MOVES[action].facts_for(gravity)
    return [name for name in needed if not is_given(facts, name) and not is_given(facts, STANDS_IN.get(name, ""))]


def surplus_facts(action: Action, gravity: Gravity | None, facts: Mapping[str, Any]) -> list[str]:
    """The facts an action has no use for."""
    known = {*MOVES[action].facts_for(gravity), *MOVES[action].may_add}
    return [name for name in facts if name not in known and is_given(facts, name)]


def is_given(facts: Mapping[str, Any], name: str) -> bool:
    """Whether a fact is there; over the wire every fact is, empty where it was not given."""
    return facts.get(name) not in (None, "", [], ())


def is_overdue(state: State, deadline_at: datetime | None, submitted_at: datetime | None, *, at: datetime) -> bool:
    """Whether rectification is late: the deadline has passed and nothing was submitted by then. Never stored."""
    if deadline_at is None or state not in OPEN or deadline_at > at:
        return False
    return submitted_at is None or submitted_at > deadline_at


def _guarded(move: Move, now: Situation) -> Iterator[str]:
    return (guard(now) for guard in move.guards)
