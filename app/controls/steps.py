"""The way of an identification: draft → in review → confirmed, and back; which step is allowed when, and whose.

Identified by the team, reviewed by the safety manager, confirmed by whoever may: red by the principal, once reviewed.
"""

from enum import StrEnum

from app.risks.models import Status


class Step(StrEnum):
    """What someone does with an identification."""

    SUBMIT = "submit"
    REVIEW = "review"
    CONFIRM = "confirm"
    RETURN = "return"

    @property
    def label(self) -> str:
        return {"submit": "送审", "review": "审核", "confirm": "确认", "return": "退回"}[self.value]

    @property
    def permission(self) -> str:
        return "risk:identify" if self is Step.SUBMIT else "risk:review"


CONFIRMS_RED = "risk:confirm-red"


def refusal(step: Step, status: Status, *, reviewed: bool, red: bool) -> str | None:
    """Why a point in this status cannot take the step, and what to do instead; None when it can.

    `reviewed` says of the open round whether it was, `red` whether the point is red for this purpose.
    """
    if step is Step.SUBMIT:
        return None if status is Status.DRAFT else _NO_DRAFT[status]
    if status is not Status.IN_REVIEW:
        return f"没有在审核中，请先送审再{step.label}" if status is Status.DRAFT else "已确认；内容修改后须重新送审"
    if step is Step.REVIEW and reviewed:
        return "已审核，请确认或退回"
    if step is Step.CONFIRM and red and not reviewed:
        return "是重大风险，须先由安全管理员审核，再由主要负责人确认"
    return None


_NO_DRAFT = {
    Status.IN_REVIEW: "已送审，请等待审核，或由安全管理员退回",
    Status.CONFIRMED: "已确认，内容没有改动，不必送审",
}
