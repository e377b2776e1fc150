"""What each move changes of a hidden hazard beside its state: who, by when, with what, and which dates it sets.

Each function is given the facts of the move and returns columns with their new values; `moves` writes them. The date of
an end (closed, dismissed) goes with the state and is set there.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.accounts.service import names_of, working_person
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import invalid_field
from app.hidden_hazards import dating, duplicates, extending, grounds, major, stopping
from app.hidden_hazards.deadlines import end_of_day
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity
from app.risks.rules import rules_of

Facts = Mapping[str, Any]
Columns = dict[str, Any]


def graded(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """The gravity, why, and who graded: that person does not lower it alone."""
    return {
        "gravity": facts["gravity"],
        "graded_by": actor.id,
        **major.settle_criteria(actor, hazard, facts),
    }


def regraded(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Another gravity; a lowering is counted. The deadlines stay, and a request to extend them has lost its object."""
    wanted: Gravity = facts["gravity"]
    if wanted is hazard.gravity:
        raise invalid_field("/gravity", f"现在就是{wanted.label}，没有改变；请选另一个级别。")
    lowered = hazard.gravity is Gravity.MAJOR
    if lowered:
        grounds.must_have_arrived(actor, hazard, facts)
    return {
        **graded(actor, hazard, facts),
        "regradings_down": hazard.regradings_down + lowered,
        **extending.lapsed(actor, hazard, because="级别已改定，需要延期的请重新申请"),
    }


def assigned(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Who rectifies by when, and for a major one by which plan. The first deadline ever set stays the original one."""
    working_person(actor, facts["rectifier_id"], field="/rectifier_id")
    reopened = dating.reopened_last(actor, [hazard])
    return {
        "rectifier_id": facts["rectifier_id"],
        **dating.deadline_set(hazard, facts["deadline_at"], rules=rules_of(actor.enterprise), reopened=bool(reopened)),
        **major.plan_given(actor, hazard, facts),
    }


def handed_over(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Another rectifier under the same deadline."""
    working_person(actor, facts["rectifier_id"], field="/rectifier_id")
    if facts["rectifier_id"] == hazard.rectifier_id:
        raise invalid_field("/rectifier_id", "已经由该人员整改，请选另一人。")
    return {"rectifier_id": facts["rectifier_id"]}


def fixed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """On the spot: general by nature, due by the end of the day it was found on or fixed on."""
    deadline = hazard.deadline_at or end_of_day(today())
    return {
        "gravity": hazard.gravity or Gravity.GENERAL,
        "graded_by": hazard.graded_by or actor.id,
        "rectifier_id": actor.id,
        "deadline_at": deadline,
        "original_deadline_at": hazard.original_deadline_at or deadline,
        **submitted(actor, hazard, facts),
    }


def submitted(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """What was done, when and at which cost; an unanswered request to extend ends."""
    done = {"submitted_at": now(), "measures": facts["measures"], "cost": facts.get("cost")}
    return {**done, **extending.lapsed(actor, hazard, because="整改已提交")}


def accepted(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Accepted by the enterprise, which closes it unless it is listed."""
    return {"accepted_at": now(), "accepted_by": actor.id, "entrusted": None}


def accepted_entrusted(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Accepted by someone outside a micro-enterprise. Raises Invalid when that is the rectifier by name."""
    rectifier = names_of({hazard.rectifier_id}) if hazard.rectifier_id else {}
    if _plain(facts["entrusted"]["name"]) in {_plain(name) for name in rectifier.values()}:
        raise invalid_field("/entrusted/name", "受托验收人不能是整改人，请委托其他人员验收。")
    return {"accepted_at": now(), "accepted_by": None, "entrusted": dict(facts["entrusted"])}


def rejected(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Back to rectification: what was submitted is not what ends it."""
    return {"rejections": hazard.rejections + 1, "submitted_at": None, "accepted_at": None, "accepted_by": None}


def rechecked(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Rechecked by the government and passed."""
    return {"rechecked_at": now()}


def recheck_failed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Rechecked by the government and not passed."""
    return {**rejected(actor, hazard, facts), **rechecked(actor, hazard, facts)}


def reopened(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """The fault is back: it was not rectified, so its dates go, and its deadline and any listing stand as they were."""
    gone = dict.fromkeys(
        ("submitted_at", "accepted_at", "accepted_by", "entrusted", "rechecked_at", "delisted_at", "closed_at")
    )
    return {**gone, "reopenings": hazard.reopenings + 1}


def dismissed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Nothing beside the state and its date."""
    grounds.must_have_arrived(actor, hazard, facts)
    return {}


def evidence_added(actor: Actor, hazard: HiddenHazard, facts: Facts) -> Columns:
    """Nothing beside the photos, which the move names."""
    return {}


CHANGES: dict[Action, Callable[[Actor, HiddenHazard, Facts], Columns]] = {
    Action.STOP_WORK: stopping.stopped,
    Action.ADD_EVIDENCE: evidence_added,
    Action.GRADE: graded,
    Action.REGRADE: regraded,
    Action.DISMISS: dismissed,
    Action.MARK_DUPLICATE: duplicates.marked,
    Action.ASSIGN: assigned,
    Action.HAND_OVER: handed_over,
    Action.REVISE_PLAN: major.plan_revised,
    Action.FIX_ON_THE_SPOT: fixed,
    Action.ASK_EXTENSION: extending.asked,
    Action.GRANT_EXTENSION: extending.granted,
    Action.REFUSE_EXTENSION: extending.refused,
    Action.SUBMIT: submitted,
    Action.ACCEPT: accepted,
    Action.ACCEPT_ENTRUSTED: accepted_entrusted,
    Action.REJECT: rejected,
    Action.PASS_RECHECK: rechecked,
    Action.FAIL_RECHECK: recheck_failed,
    Action.LIST: major.listed,
    Action.DELIST: major.delisted,
    Action.FAIL_REVIEW: major.review_failed,
    Action.REOPEN: reopened,
    Action.RESUME_WORK: stopping.resumed,
}


def _plain(name: str) -> str:
    """A name without the blanks that forms put into it."""
    return "".join(name.split())
