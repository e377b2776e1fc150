"""The life of a hidden hazard as a table: every state × action × role × gravity × source, and each guard."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from app.accounts.policy import RIGHTS, Role
from app.hidden_hazards.lifecycle import (
    MOVES,
    Action,
    Gravity,
    Situation,
    Source,
    State,
    allowed_actions,
    is_overdue,
    lacks_right,
    missing_facts,
    refusal,
    surplus_facts,
)

ACTOR, RECTIFIER, FINDER = UUID(int=1), UUID(int=2), UUID(int=3)
ENTERPRISE = {Role.WORKER, Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL}
HANDLERS = {Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL}
MAJOR_HANDLERS = {Role.SAFETY_MANAGER, Role.PRINCIPAL}
OFFICE = {Role.REGULATOR}

# action: from which states, to which, who when general, who when major.
RULES: dict[str, tuple[set[str], str, set[Role], set[Role]]] = {
    "grade": ({"reported"}, "graded", HANDLERS, MAJOR_HANDLERS),
    "dismiss": ({"reported", "graded"}, "dismissed", HANDLERS, MAJOR_HANDLERS),
    "assign": ({"graded"}, "rectifying", HANDLERS, MAJOR_HANDLERS),
    "fix_on_the_spot": ({"reported", "graded"}, "pending_acceptance", ENTERPRISE, set()),
    "submit": ({"rectifying"}, "pending_acceptance", ENTERPRISE, ENTERPRISE),
    "accept": ({"pending_acceptance"}, "closed", HANDLERS, MAJOR_HANDLERS),
    "reject": ({"pending_acceptance"}, "rectifying", HANDLERS, MAJOR_HANDLERS),
    "pass_recheck": ({"pending_acceptance"}, "closed", OFFICE, OFFICE),
    "fail_recheck": ({"pending_acceptance"}, "rectifying", OFFICE, OFFICE),
}
NOT_FOR_GOVERNMENT = {"dismiss", "accept", "reject"}
FOR_GOVERNMENT_ONLY = {"pass_recheck", "fail_recheck"}


def standing(state: State, role: Role, gravity: Gravity | None, source: Source, **other: object) -> Situation:
    situation = {
        "finder_id": FINDER, "rectifier_id": RECTIFIER, "evidence_complete": True, "actor_id": ACTOR,
        "permissions": RIGHTS[role], "leads": True, **other,
    }  # fmt: skip
    return Situation(state=state, gravity=gravity, source=source, **situation)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", list(Action))
def test_a_move_is_allowed_exactly_where_the_table_says(action: Action) -> None:
    states, reaches, general, major = RULES[action]
    assert MOVES[action].reaches == reaches
    for state, role, gravity, source in product(State, Role, (None, *Gravity), Source):
        who = RECTIFIER if action is Action.SUBMIT else ACTOR
        now = standing(state, role, gravity, source, actor_id=who)
        government = source is Source.GOVERNMENT
        expected = (
            state in states
            and role in (major if gravity is Gravity.MAJOR else general)
            and not (government and action in NOT_FOR_GOVERNMENT)
            and not (not government and action in FOR_GOVERNMENT_ONLY)
        )
        assert (refusal(action, now) == "") is expected, (state, role, gravity, source)
        assert (action in allowed_actions(now)) is expected


def test_every_action_has_a_rule_here_and_the_last_states_are_left_by_none() -> None:
    assert set(RULES) == {action.value for action in Action} == {action.value for action in MOVES}
    for move in MOVES.values():
        assert State.CLOSED not in move.leaves
        assert State.DISMISSED not in move.leaves


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


def test_the_acceptor_is_never_the_rectifier() -> None:
    for role, action in product(HANDLERS, (Action.ACCEPT, Action.REJECT)):
        now = standing(
            State.PENDING_ACCEPTANCE, role, Gravity.GENERAL, Source.SELF_CHECK, rectifier_id=ACTOR
        )  # fmt: skip
        assert "验收人不能是整改人" in refusal(action, now)


def test_the_dismisser_is_never_the_finder() -> None:
    for role, state in product(HANDLERS, (State.REPORTED, State.GRADED)):
        now = standing(state, role, Gravity.GENERAL, Source.SELF_CHECK, finder_id=ACTOR)
        assert "发现人" in refusal(Action.DISMISS, now)


def test_only_the_rectifier_submits() -> None:
    for role in ENTERPRISE:
        now = standing(State.RECTIFYING, role, Gravity.GENERAL, Source.SELF_CHECK)
        assert "整改人" in refusal(Action.SUBMIT, now)


def test_nothing_is_closed_before_its_photos_are_there() -> None:
    for action, role, source in (
        (Action.ACCEPT, Role.SAFETY_MANAGER, Source.SELF_CHECK),
        (Action.PASS_RECHECK, Role.REGULATOR, Source.GOVERNMENT),
    ):
        now = standing(State.PENDING_ACCEPTANCE, role, Gravity.GENERAL, source, evidence_complete=False)
        assert "照片" in refusal(action, now)


def test_a_leader_handles_only_what_is_his_own_but_may_always_rectify_it() -> None:
    for action in (Action.GRADE, Action.DISMISS, Action.ASSIGN, Action.ACCEPT, Action.REJECT):
        now = standing(MOVES[action].leaves[0], Role.LEADER, Gravity.GENERAL, Source.SELF_CHECK, leads=False)
        assert "本部门" in refusal(action, now)
    now = standing(State.RECTIFYING, Role.LEADER, None, Source.SELF_CHECK, leads=False, actor_id=RECTIFIER)
    assert refusal(Action.SUBMIT, now) == ""


def test_a_major_one_needs_its_criteria_its_plan_and_its_dual_report() -> None:
    assert missing_facts(Action.GRADE, Gravity.MAJOR, {"gravity": Gravity.MAJOR}) == ["criteria"]
    assert missing_facts(Action.ASSIGN, Gravity.MAJOR, {}) == [
        "rectifier_id", "deadline_at", "treatment_plan", "dual_report",
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
    for state in (State.CLOSED, State.DISMISSED):
        assert not is_overdue(state, noon - hour, None, at=noon)
