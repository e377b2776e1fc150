"""When a move of a hidden hazard may not be made (pure): each guard looks at the situation and says why, in Chinese."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from app.hidden_hazards.terms import Gravity, Source, State


@dataclass(frozen=True)
class Situation:
    """What the rules look at: the hidden hazard as it stands, and who wants to move it."""

    state: State
    gravity: Gravity | None
    source: Source
    finder_id: UUID | None
    rectifier_id: UUID | None
    actor_id: UUID
    permissions: frozenset[str]
    leads: bool  # the point is the actor's to act on
    missing_photos: tuple[str, ...] = ()  # of the present submission, by hash
    missing_grounds: tuple[str, ...] = ()  # of the extension that is asked for
    dismisser_id: UUID | None = None  # of one whose work stands still
    grader_id: UUID | None = None
    extension_asked_by: UUID | None = None
    deadline_passed: bool = False
    listed: bool = False  # and not delisted
    ordered: bool = False
    by_recheck: bool = False  # the move is an item of a recheck of its order
    stopped: bool = False  # work stands still and was not resumed
    micro: bool = False  # the enterprise may entrust an acceptance
    extension_too_late: str = ""  # why one can no longer be asked for, where a listing says how early it must be

    def may(self, permission: str) -> bool:
        return permission in self.permissions and (self.leads or permission != HANDLE)


HANDLE = "hidden-hazard:handle"
HANDLE_MAJOR = "hidden-hazard:handle-major"
RECTIFY = "hidden-hazard:rectify"
REPORT = "hidden-hazard:report"
EXTEND = "extension:grant"
EXTEND_MAJOR = "extension:grant-major"
RECHECK = "finding:recheck"
KEEP_LISTING = "listing:keep"

ORDER_RECHECK_NEEDED = "责令限期整改的隐患由整改复查意见书复查（POST /supervision/orders/{id}/rechecks）。"

Guard = Callable[[Situation], str]  # the Chinese refusal, empty when the move may be made


def the_acceptor_is_not_the_rectifier(now: Situation) -> str:
    return "验收人不能是整改人，请由他人验收。" if now.actor_id == now.rectifier_id else ""


def the_dismisser_is_not_the_finder(now: Situation) -> str:
    return "不能由发现人自己作出这项认定，请由他人认定。" if now.actor_id == now.finder_id else ""


def the_grader_does_not_lower_it(now: Situation) -> str:
    """A regrading changes the gravity, so that of a major one lowers it; whoever sees a worse one may raise it."""
    lowers = now.gravity is Gravity.MAJOR and now.actor_id == now.grader_id
    return "不能由定级人自己降低级别，请由他人复核后改定。" if lowers else ""


def only_the_rectifier_submits(now: Situation) -> str:
    return "" if now.actor_id == now.rectifier_id else "只有指派的整改人可以提交整改。"


def the_rectifier_or_who_handles_it_asks(now: Situation) -> str:
    handles = now.may(HANDLE) or now.may(HANDLE_MAJOR)
    return "" if now.actor_id == now.rectifier_id or handles else "只有整改人或其负责人可以申请延期。"


def no_extension_is_asked(now: Situation) -> str:
    return "已有一项延期申请等待答复。" if now.extension_asked_by else ""


def an_extension_is_asked(now: Situation) -> str:
    return "" if now.extension_asked_by else "没有等待答复的延期申请。"


def the_granter_is_not_the_asker(now: Situation) -> str:
    mine = now.actor_id in (now.extension_asked_by, now.rectifier_id)
    return "不能答复自己的延期申请，请由他人答复。" if mine else ""


def the_deadline_has_not_passed(now: Situation) -> str:
    return "整改期限已过，不能再延期；请尽快整改并提交。" if now.deadline_passed else ""


def an_extension_is_asked_in_time(now: Situation) -> str:
    return now.extension_too_late


def only_a_major_one(now: Situation) -> str:
    return "" if now.gravity is Gravity.MAJOR else "只有重大隐患有这一步。"


def it_is_not_listed(now: Situation) -> str:
    return "已经挂牌督办。" if now.listed else ""


def a_major_one_is_not_fixed_on_the_spot(now: Situation) -> str:
    return "重大隐患不能即查即改，须制定治理方案后整改。" if now.gravity is Gravity.MAJOR else ""


def the_evidence_has_arrived(now: Situation) -> str:
    missing = now.missing_photos
    return (
        f"本次提交的整改照片还有 {len(missing)} 张没有收到（{named(missing)}），"
        "请补传后再验收；补不上的退回，重新拍照提交。"
        if missing
        else ""
    )


def the_grounds_have_arrived(now: Situation) -> str:
    missing = now.missing_grounds
    return (
        f"申请延期所附的照片还有 {len(missing)} 张没有收到（{named(missing)}），收到后才能同意；"
        "补不上的答复不同意，请对方重新申请。"
        if missing
        else ""
    )


def the_enterprise_closes_its_own(now: Situation) -> str:
    return "政府检查发现的隐患由监管人员复查后销号。" if now.source is Source.GOVERNMENT else ""


def the_government_rechecks_its_own(now: Situation) -> str:
    return "" if now.source is Source.GOVERNMENT else "只有政府检查发现的隐患需要复查。"


def an_ordered_one_is_rechecked_with_its_order(now: Situation) -> str:
    return ORDER_RECHECK_NEEDED if now.ordered and not now.by_recheck else ""


def the_enterprise_may_not_dismiss_a_finding(now: Situation) -> str:
    government = now.source is Source.GOVERNMENT and not now.may(RECHECK)
    return "政府检查发现的隐患不能由企业认定为不构成隐患或重复。" if government else ""


def the_enterprise_has_nobody_else(now: Situation) -> str:
    return "" if now.micro else "只有小微企业可以委托企业外的人员验收；请由本企业整改人以外的人验收。"


def work_stands_still(now: Situation) -> str:
    return "" if now.stopped else "没有停止的作业、撤出的人员或停用的设备。"


def the_resumer_is_not_the_dismisser(now: Situation) -> str:
    return "作出认定的人不能自己恢复作业，请由他人复核后恢复。" if now.actor_id == now.dismisser_id else ""


def named(hashes: Collection[str]) -> str:
    """Photos as a refusal names them."""
    return "、".join(f"{sha256[:8]}…" for sha256 in hashes)
