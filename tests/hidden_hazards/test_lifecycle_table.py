"""The life of a hidden hazard as a table: every state × action × role × gravity × source, and each guard."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from app.accounts.policy import RIGHTS, Role
from app.hidden_hazards.guards import Situation
from app.hidden_hazards.lifecycle import (
    MOVES,
    Action,
    allowed_actions,
    is_overdue,
    lacks_right,
    missing_facts,
    refusal,
    surplus_facts,
)
from app.hidden_hazards.terms import Gravity, Source, State

ACTOR, RECTIFIER, FINDER = UUID(int=1), UUID(int=2), UUID(int=3)
ENTERPRISE = {Role.WORKER, Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL}
HANDLERS = {Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL}
MAJOR_HANDLERS = {Role.SAFETY_MANAGER, Role.PRINCIPAL}
PRINCIPAL = {Role.PRINCIPAL}
OFFICE = {Role.REGULATOR}
NOBODY: set[Role] = set()
OPEN = {"reported", "graded", "rectifying", "pending_acceptance", "pending_review"}
ENDED = {"closed", "dismissed", "duplicate"}

# action: from which states, to which ("" stays), who when general, who when major, who when it is listed.
RULES: dict[str, tuple[set[str], str, set[Role], set[Role], set[Role]]] = {
    "stop_work": (OPEN, "", ENTERPRISE, ENTERPRISE, ENTERPRISE),
    "add_evidence": (OPEN, "", ENTERPRISE, ENTERPRISE, ENTERPRISE),
    "grade": ({"reported"}, "graded", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "regrade": ({"graded", "rectifying"}, "graded", MAJOR_HANDLERS, MAJOR_HANDLERS, OFFICE),
    "dismiss": ({"reported", "graded"}, "dismissed", HANDLERS, MAJOR_HANDLERS, OFFICE),
    "mark_duplicate": ({"reported", "graded"}, "duplicate", HANDLERS, MAJOR_HANDLERS, OFFICE),
    "assign": ({"graded"}, "rectifying", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "hand_over": ({"rectifying"}, "", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "revise_plan": ({"rectifying"}, "", NOBODY, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "fix_on_the_spot": ({"reported", "graded"}, "pending_acceptance", ENTERPRISE, NOBODY, NOBODY),
    "ask_extension": ({"rectifying"}, "", HANDLERS, HANDLERS, HANDLERS),
    "grant_extension": ({"rectifying"}, "", MAJOR_HANDLERS, PRINCIPAL, OFFICE),
    "refuse_extension": ({"rectifying"}, "", MAJOR_HANDLERS, PRINCIPAL, OFFICE),
    "submit": ({"rectifying"}, "pending_acceptance", ENTERPRISE, ENTERPRISE, ENTERPRISE),
    "accept": ({"pending_acceptance"}, "closed", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "accept_entrusted": ({"pending_acceptance"}, "closed", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "reject": ({"pending_acceptance"}, "rectifying", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "pass_recheck": ({"pending_acceptance"}, "closed", OFFICE, OFFICE, OFFICE),
    "fail_recheck": ({"pending_acceptance"}, "rectifying", OFFICE, OFFICE, OFFICE),
    "list": ({"graded", "rectifying", "pending_acceptance"}, "", NOBODY, OFFICE, NOBODY),
    "delist": ({"pending_review"}, "closed", OFFICE, OFFICE, OFFICE),
    "fail_review": ({"pending_review"}, "rectifying", OFFICE, OFFICE, OFFICE),
    "reopen": ({"closed"}, "graded", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
    "resume_work": (ENDED, "", HANDLERS, MAJOR_HANDLERS, MAJOR_HANDLERS),
}
NOT_FOR_GOVERNMENT = {"dismiss", "mark_duplicate", "accept", "accept_entrusted", "reject", "reopen"}
ANSWERED_BY_THE_GOVERNMENT = {"grant_extension", "refuse_extension"}  # of what it found
ANYWHERE = {"stop_work", "add_evidence", "submit", "fix_on_the_spot"}  # of a leader, of another unit too
FOR_GOVERNMENT_ONLY = {"pass_recheck", "fail_recheck"}
REVIEWED_WHEN_LISTED = {"accept", "accept_entrusted", "pass_recheck"}
# What must be so for a move to be possible at all, where it is not so of itself.
NEEDED: dict[str, dict[str, object]] = {
    "accept_entrusted": {"micro": True},
    "grant_extension": {"extension_asked_by": FINDER},
    "refuse_extension": {"extension_asked_by": FINDER},
    "resume_work": {"stopped": True},
    "submit": {"actor_id": RECTIFIER},
}
REFUSALS: list[tuple[str, dict[str, object], str]] = [  # of a safety manager, a general one, found by the enterprise
    ("accept", {"rectifier_id": ACTOR}, "验收人不能是整改人"),
    ("reject", {"rectifier_id": ACTOR}, "验收人不能是整改人"),
    ("dismiss", {"finder_id": ACTOR}, "发现人"),
    ("mark_duplicate", {"finder_id": ACTOR}, "发现人"),
    ("regrade", {"grader_id": ACTOR, "gravity": Gravity.MAJOR}, "定级人"),
    ("submit", {"actor_id": ACTOR}, "整改人"),
    ("ask_extension", {"extension_asked_by": FINDER}, "等待答复"),
    ("ask_extension", {"deadline_passed": True}, "期限已过"),
    ("ask_extension", {"extension_too_late": "只剩 3 个工作日"}, "只剩 3 个工作日"),
    ("grant_extension", {"extension_asked_by": None}, "没有等待答复"),
    ("grant_extension", {"extension_asked_by": ACTOR}, "自己的延期申请"),
    ("grant_extension", {"rectifier_id": ACTOR}, "自己的延期申请"),
    ("grant_extension", {"deadline_passed": True}, "期限已过"),
    ("refuse_extension", {"extension_asked_by": ACTOR}, "自己的延期申请"),
    ("accept", {"missing_photos": ("abcdef0123",)}, "abcdef01"),
    ("accept_entrusted", {"missing_photos": ("abcdef0123",)}, "照片"),
    ("grant_extension", {"missing_grounds": ("abcdef0123",)}, "abcdef01"),
    ("resume_work", {"dismisser_id": ACTOR}, "作出认定的人"),
    ("accept_entrusted", {"micro": False}, "小微企业"),
    ("resume_work", {"stopped": False}, "没有停止"),
]


def standing(state: State, role: Role, gravity: Gravity | None, source: Source, **other: object) -> Situation:
    situation = {
        "finder_id": FINDER, "rectifier_id": RECTIFIER, "actor_id": ACTOR,
        "permissions": RIGHTS[role], "leads": True, **other,
    }  # fmt: skip
    return Situation(**{"state": state, "gravity": gravity, "source": source, **situation})  # type: ignore[arg-type]


def ready(action: str, state: State, role: Role, gravity: Gravity | None, source: Source, **other: object) -> Situation:
    """A situation in which nothing but state, role, gravity, source and unit can stand against the action."""
    return standing(state, role, gravity, source, **{**NEEDED.get(action, {}), **other})


@pytest.mark.parametrize("action", list(Action))
def test_a_move_is_allowed_exactly_where_the_table_says(action: Action) -> None:
    states, _, general, major, when_listed = RULES[action]
    for state, role, gravity, source, listed, leads in product(
        State, Role, (None, *Gravity), Source, (False, True), (True, False)
    ):
        now = ready(action, state, role, gravity, source, listed=listed, leads=leads)
        if (listed and gravity is not Gravity.MAJOR) or (role is not Role.LEADER and not leads):
            continue  # only major ones are listed, and only a leader is bound to units
        who = when_listed if listed else major if gravity is Gravity.MAJOR else general
        government = source is Source.GOVERNMENT
        if government and action in ANSWERED_BY_THE_GOVERNMENT:
            who = OFFICE
        if role is Role.LEADER and not leads:
            who = who & ({Role.LEADER} if action in ANYWHERE else NOBODY)
        expected = (
            state in states
            and role in who
            and not (government and action in NOT_FOR_GOVERNMENT and who is not OFFICE)
            and not (not government and action in FOR_GOVERNMENT_ONLY)
        )
        assert (refusal(action, now) == "") is expected, (state, role, gravity, source, listed, leads)
        assert (action in allowed_actions(now)) is expected


@pytest.mark.parametrize("action", list(Action))
def test_a_move_leads_where_the_table_says(action: Action) -> None:
    states, reaches, *_ = RULES[action]
    assert {state.value for state in MOVES[action].leaves} == states
    for state, listed in product(MOVES[action].leaves, (False, True)):
        now = ready(action, state, Role.PRINCIPAL, Gravity.MAJOR, Source.SELF_CHECK, listed=listed)
        expected = "pending_review" if listed and action in REVIEWED_WHEN_LISTED else reaches or state
        assert MOVES[action].state_after(now) == expected


def test_every_action_has_a_rule_here_and_an_end_is_left_only_by_reopening() -> None:
    assert set(RULES) == {action.value for action in Action} == {action.value for action in MOVES}
    leaving = {(action, state) for action, move in MOVES.items() for state in move.leaves if state in ENDED}
    assert {(action, state) for action, state in leaving if MOVES[action].reaches} == {(Action.REOPEN, State.CLOSED)}


@pytest.mark.parametrize(("action", "other", "told"), REFUSALS)
def test_a_guard_says_why(action: str, other: dict[str, object], told: str) -> None:
    state = MOVES[Action(action)].leaves[0]
    role = Role.PRINCIPAL if other.get("gravity") is Gravity.MAJOR else Role.SAFETY_MANAGER
    free = ready(action, state, role, Gravity.GENERAL, Source.SELF_CHECK)
    assert refusal(Action(action), free) == ""
    assert told in refusal(Action(action), replace(free, **other))  # type: ignore[arg-type]


def test_whoever_graded_it_general_may_raise_it_himself() -> None:
    now = standing(State.GRADED, Role.SAFETY_MANAGER, Gravity.GENERAL, Source.SELF_CHECK, grader_id=ACTOR)
    assert refusal(Action.REGRADE, now, {"gravity": Gravity.MAJOR}) == ""


def test_a_worker_asks_for_an_extension_of_his_own_work_only() -> None:
    own = standing(State.RECTIFYING, Role.WORKER, Gravity.GENERAL, Source.SELF_CHECK, rectifier_id=ACTOR)
    assert refusal(Action.ASK_EXTENSION, own) == ""
    others = standing(State.RECTIFYING, Role.WORKER, Gravity.GENERAL, Source.SELF_CHECK)
    assert "整改人" in refusal(Action.ASK_EXTENSION, others)


def test_the_deadline_of_a_finding_is_moved_by_the_government_alone() -> None:
    for role, action in product(Role, (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION)):
        now = ready(action, State.RECTIFYING, role, Gravity.GENERAL, Source.GOVERNMENT)
        assert (refusal(action, now) == "") is (role in OFFICE)


def test_facts_of_a_request_never_lower_the_right_a_major_one_needs() -> None:
    """Over the wire every fact is there, None where it was not given."""
    for action, given in product(Action, (None, {"gravity": None}, {"gravity": Gravity.GENERAL}, {})):
        state = MOVES[action].leaves[0]
        now = standing(state, Role.LEADER, Gravity.MAJOR, Source.SELF_CHECK)
        if action in (Action.DISMISS, Action.ASSIGN, Action.ACCEPT, Action.REJECT):
            assert "安全管理员" in lacks_right(action, now, given), (action, given)
    ungraded = standing(State.REPORTED, Role.LEADER, None, Source.SELF_CHECK)
    assert lacks_right(Action.GRADE, ungraded, {"gravity": Gravity.MAJOR})
    assert not lacks_right(Action.GRADE, ungraded, {"gravity": Gravity.GENERAL})


def test_nothing_is_closed_before_its_photos_are_there() -> None:
    for action, role, source in (
        (Action.ACCEPT, Role.SAFETY_MANAGER, Source.SELF_CHECK),
        (Action.PASS_RECHECK, Role.REGULATOR, Source.GOVERNMENT),
    ):
        now = standing(State.PENDING_ACCEPTANCE, role, Gravity.GENERAL, source, missing_photos=("a" * 64,))
        assert "照片" in refusal(action, now)


def test_a_leader_handles_only_what_is_his_own_but_may_always_rectify_it() -> None:
    for action in (Action.GRADE, Action.DISMISS, Action.ASSIGN, Action.ACCEPT, Action.REJECT):
        now = standing(MOVES[action].leaves[0], Role.LEADER, Gravity.GENERAL, Source.SELF_CHECK, leads=False)
        assert "本部门" in refusal(action, now)
    now = standing(State.RECTIFYING, Role.LEADER, None, Source.SELF_CHECK, leads=False, actor_id=RECTIFIER)
    assert refusal(Action.SUBMIT, now) == ""


def test_a_major_one_needs_its_criteria_its_plan_and_its_dual_report() -> None:
    assert missing_facts(Action.GRADE, Gravity.MAJOR, {"gravity": Gravity.MAJOR}) == ["criteria"]
    assert missing_facts(Action.GRADE, Gravity.MAJOR, {"gravity": Gravity.MAJOR, "clauses": ["a/1"]}) == []
    assert missing_facts(Action.ASSIGN, Gravity.MAJOR, {}) == [
        "rectifier_id", "deadline_at", "treatment_plan", "dual_report", "guarantees", "interim_measures",
    ]  # fmt: skip
    assert missing_facts(Action.ASSIGN, Gravity.GENERAL, {}) == ["rectifier_id", "deadline_at"]


def test_facts_an_action_has_no_use_for_are_named() -> None:
    facts = {"gravity": "general", "opinion": "合格", "reason": None, "photos": []}
    assert surplus_facts(Action.GRADE, Gravity.GENERAL, facts) == ["opinion"]
    assert surplus_facts(Action.ASSIGN, Gravity.GENERAL, {"treatment_plan": {"goal": "x"}}) == ["treatment_plan"]


def test_overdue_is_derived_from_the_deadline_and_the_submission() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert not is_overdue(State.RECTIFYING, None, None, at=noon)
    assert not is_overdue(State.RECTIFYING, noon + hour, None, at=noon)
    assert is_overdue(State.RECTIFYING, noon, None, at=noon)
    assert not is_overdue(State.PENDING_ACCEPTANCE, noon - hour, noon - hour, at=noon)
    assert is_overdue(State.PENDING_ACCEPTANCE, noon - hour, noon, at=noon)
    for state in (State.CLOSED, State.DISMISSED, State.DUPLICATE):
        assert not is_overdue(state, noon - hour, None, at=noon)
