"""Which report deserves a reward: the first of a hidden hazard that is one, each kind once."""

from uuid import UUID

from sqlalchemy import select

from app.accounts.service import get_person
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, invalid_field
from app.core.events import Event
from app.core.rows import own
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import State
from app.public_reports.models import PublicReport
from app.public_reports.service import original_of
from app.rewards.models import Reward, RewardKind, RewardState


def must_be_the_original(actor: Actor, hazard: HiddenHazard, kind: RewardKind) -> None:
    """Raise Conflict for a duplicate, naming the original and its reward, or for what turned out to be no hazard."""
    if hazard.state is State.DISMISSED:
        raise Conflict(
            f"{hazard.code} 已认定不构成隐患，没有奖励。", code="not_rewardable", facts={"state": hazard.state}
        )
    original = original_of(hazard)
    if original is hazard:
        return
    reward = _standing_reward(actor, original.id, kind)
    rewarded = f"奖励{reward.state.label}" if reward else "还没有奖励"
    raise _duplicate(f"{hazard.code} 与先报告的 {original.code} 重复，只奖励先报告的（{rewarded}）。", original, reward)


def must_be_the_only(actor: Actor, hazard: HiddenHazard, kind: RewardKind) -> None:
    """Raise Conflict when this hidden hazard has a reward of the kind that was not refused."""
    reward = _standing_reward(actor, hazard.id, kind)
    if reward:
        raise _duplicate(f"{hazard.code} 已有{kind.label}（{reward.state.label}），不重复奖励。", hazard, reward)


def _duplicate(text: str, hazard: HiddenHazard, reward: Reward | None) -> Conflict:
    original = {"hazard_id": hazard.id, "hazard_code": hazard.code, "reward_id": reward.id if reward else None}
    return Conflict(text, code="reward_duplicate", facts={"original": original})


def _standing_reward(actor: Actor, hazard_id: UUID, kind: RewardKind) -> Reward | None:
    return session().scalar(
        select(Reward).where(
            Reward.enterprise_id == actor.enterprise,
            Reward.hazard_id == hazard_id,
            Reward.kind == kind,
            Reward.state != RewardState.REFUSED,
        )
    )


def receiver(actor: Actor, hazard: HiddenHazard, person_id: UUID | None, report_id: UUID | None) -> UUID:
    """Who gets an internal reward: someone of the enterprise, and nobody who found it after the first."""
    if report_id:
        raise invalid_field("/report_id", "内部奖励给本企业人员，不填举报编号。")
    found = person_id or hazard.found_by
    if found is None:
        raise invalid_field("/person_id", "这项隐患没有企业内的发现人；匿名举报请用 public。")
    get_person(actor, found, field="/person_id")
    if found != hazard.found_by and _found_it_later(actor, hazard, found):
        reward = _standing_reward(actor, hazard.id, RewardKind.INTERNAL)
        raise _duplicate(f"{hazard.code} 由他人先报告，该人员是之后再次发现，只奖励先报告的。", hazard, reward)
    return found


def _found_it_later(actor: Actor, hazard: HiddenHazard, person_id: UUID) -> bool:
    """Whether a person's own find joined this one: as a further occurrence, or reported apart and marked so later."""
    joined = select(Event.data).where(
        Event.enterprise_id == actor.enterprise,
        Event.subject_id == hazard.id,
        Event.kind == "hidden_hazard.found_again",
        Event.actor_id == person_id,
    )
    apart = select(HiddenHazard.id).where(
        HiddenHazard.enterprise_id == actor.enterprise,
        HiddenHazard.duplicate_of_id == hazard.id,
        HiddenHazard.found_by == person_id,
    )
    # Whoever marks a duplicate acts on the original too, and has found nothing by that.
    found = any("duplicate_id" not in data for data in session().scalars(joined))
    return found or session().scalar(apart.limit(1)) is not None


def must_be_its_report(actor: Actor, hazard: HiddenHazard, report_id: UUID | None, person_id: UUID | None) -> None:
    """Raise Invalid unless this is the report without an account that the hidden hazard was admitted from."""
    if person_id:
        raise invalid_field("/person_id", "举报奖励凭回执码发放，不填人员。")
    if report_id is None:
        raise invalid_field("/report_id", "举报奖励须指明受理的举报。")
    report = own(actor, PublicReport, report_id, field="/report_id", absent="本企业没有这条举报，请核对。")
    if report.hazard_id != hazard.id:
        raise invalid_field("/report_id", f"{hazard.code} 不是由这条举报受理的，请核对。")
